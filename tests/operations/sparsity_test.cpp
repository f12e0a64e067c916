#include "operations/sparsity.h"

#include <gtest/gtest.h>

#include <numeric>
#include <set>
#include <vector>

namespace breakeven {
namespace {

TEST(Sparsity, KeepsOneOfEachGroupAlongItsAxis) {
  for (const std::size_t axis : {0, 1, 2}) {
    for (const std::int64_t one_in : {1, 2, 3, 7, 100}) {
      const TensorSpec spec{"A", {5, 6, 7}, Dtype::f32, Role::input, {{axis}, one_in}};
      std::vector<float> data(static_cast<std::size_t>(spec.elements()), 1.0f);
      thin_out({data.data(), spec.dtype, spec.elements()}, spec, 3);
      const std::int64_t steps[] = {42, 7, 1};
      const std::int64_t extent = spec.shape[axis], step = steps[axis];
      for (std::int64_t i = 0; i < spec.elements(); ++i) {
        if (i / step % extent != 0) continue;  // the first of a line
        for (std::int64_t group = 0; group < extent; group += one_in) {
          int kept = 0;
          for (std::int64_t at = group; at < std::min(group + one_in, extent); ++at) {
            kept += data[static_cast<std::size_t>(i + at * step)] != 0;
          }
          const bool whole = group + one_in <= extent;
          EXPECT_TRUE(kept == 1 || (kept == 0 && !whole)) << axis << " " << one_in << " " << kept;
        }
      }
    }
  }
}

TEST(Sparsity, CountsSeveralAxesThroughAsOne) {
  const TensorSpec spec{"w", {5, 6, 7}, Dtype::f32, Role::input, {{0, 2}, 4}};
  std::vector<float> data(static_cast<std::size_t>(spec.elements()), 1.0f);
  thin_out({data.data(), spec.dtype, spec.elements()}, spec, 3);
  for (std::size_t line = 0; line < 6; ++line) {
    std::vector<float> elements;  // of axes 0 and 2, in the order of memory
    for (std::size_t i = 0; i < 35; ++i) elements.push_back(data[i / 7 * 42 + line * 7 + i % 7]);
    for (std::size_t group = 0; group + 4 <= 35; group += 4) {
      EXPECT_EQ(std::accumulate(&elements[group], &elements[group] + 4, 0.0f), 1) << line;
    }
  }
}

TEST(Sparsity, DrawsAnewForEachLineAndTheSameForASeed) {
  const TensorSpec spec{"A", {50, 16}, Dtype::s8, Role::input, {{1}, 16}};
  const auto drawn = [&](std::uint64_t seed) {
    std::vector<std::int8_t> data(800, 1);
    thin_out({data.data(), spec.dtype, spec.elements()}, spec, seed);
    return data;
  };
  const auto data = drawn(1);
  std::set<std::size_t> places;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data[i] != 0) places.insert(i % 16);
  }
  EXPECT_GT(places.size(), 10u);
  EXPECT_EQ(drawn(1), data);
  EXPECT_NE(drawn(2), data);
}

}  // namespace
}  // namespace breakeven
