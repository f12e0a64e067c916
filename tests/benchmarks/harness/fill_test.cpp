#include "benchmarks/harness/fill.h"

#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <set>

#include "benchmarks/harness/buffers.h"

namespace breakeven {
namespace {

/// One tensor in host memory.
class Filled {
 public:
  Filled(Dtype dtype, std::int64_t elements)
      : buffers_({{"x", {elements}, dtype, Role::input}}, 1), tensor(buffers_.tensors(0)[0]) {}
  double at(std::int64_t i) const {
    return with_type(tensor.dtype, [&]<class T>(T) { return double(tensor.as<T>()[i]); });
  }
  std::vector<double> values() const {
    std::vector<double> all;
    for (std::int64_t i = 0; i < tensor.elements; ++i) all.push_back(at(i));
    return all;
  }

 private:
  HostBuffers buffers_;

 public:
  Tensor tensor;
};

/// What no timed input may be: so much of nothing.
bool has_many_zeros(const Tensor& tensor) { return statistics_of(tensor).zero_fraction > 0.01; }

// Half and int8 inputs drawn as floats in (0, 1] and converted to integers: nearly all zeros, up
// to 15 % too fast.
TEST(Fill, PositiveNumbersAre) {
  const TensorSpec spec{.name = "variance",
                        .shape = {1000},
                        .dtype = Dtype::f32,
                        .role = Role::input,
                        .positive = true};
  HostBuffers buffers({spec}, 1);
  const Tensor tensor = buffers.tensors(0)[0];
  for (const Fill fill : {Fill::normal, Fill::integers, Fill::zeros}) {
    fill_tensor(tensor, spec, fill, 100, 3);
    for (std::int64_t i = 0; i < tensor.elements; ++i) ASSERT_GE(tensor.as<float>()[i], 1);
  }
  fill_tensor(tensor, spec, Fill::normal, 100, 3);
  EXPECT_GT(statistics_of(tensor).standard_deviation, 0.3);
}

TEST(Fill, IndicesAreBelowTheirBoundAndAllOfThem) {
  const TensorSpec spec{.name = "labels",
                        .shape = {1000},
                        .dtype = Dtype::s32,
                        .role = Role::input,
                        .indices_below = 7};
  HostBuffers buffers({spec}, 1);
  const Tensor tensor = buffers.tensors(0)[0];
  for (const Fill fill : {Fill::normal, Fill::integers, Fill::zeros}) {
    fill_tensor(tensor, spec, fill, 100, 3);
    int count[7] = {};
    for (std::int64_t i = 0; i < tensor.elements; ++i) {
      const std::int32_t index = tensor.as<std::int32_t>()[i];
      ASSERT_GE(index, 0);
      ASSERT_LT(index, 7);
      ++count[index];
    }
    for (const int times : count) EXPECT_NEAR(times, 1000 / 7, 60);
  }
}

TEST(Traps, HalfAndInt8InputsThatAreNearlyAllZerosAreRejected) {
  for (Dtype dtype : kDtypes) {
    for (Fill fill : {Fill::normal, Fill::integers}) {
      for (int range : {1, 2, 100}) {
        Filled filled(dtype, 1 << 16);
        fill_tensor(filled.tensor, fill, range, 5);
        EXPECT_FALSE(has_many_zeros(filled.tensor)) << name_of(dtype) << ' ' << name_of(fill);
        if (fill == Fill::integers || dtype == Dtype::f32) {
          EXPECT_EQ(statistics_of(filled.tensor).zero_fraction, 0);
        }
      }
    }
    // The defect itself would be seen.
    Filled trap(dtype, 1 << 14);
    std::mt19937_64 random(5);
    std::uniform_real_distribution<double> unit(0, 1);
    with_type(dtype, [&]<class T>(T) {
      for (std::int64_t i = 0; i < trap.tensor.elements; ++i) {
        trap.tensor.as<T>()[i] = static_cast<T>(static_cast<int>(unit(random)));
      }
    });
    EXPECT_TRUE(has_many_zeros(trap.tensor));
  }
}

TEST(Fill, NormalHasItsMomentsAndNoRepeats) {
  for (Dtype dtype : kDtypes) {
    Filled filled(dtype, 1 << 16);
    fill_tensor(filled.tensor, Fill::normal, 1, 1);
    const InputStatistics statistics = statistics_of(filled.tensor);
    const double deviation = is_integer(dtype) ? 48 : 1;
    EXPECT_NEAR(statistics.mean / deviation, 0, 0.02);
    EXPECT_NEAR(statistics.standard_deviation / deviation, 1, 0.02);
    const auto values = filled.values();
    if (size_of(dtype) >= 4 && !is_integer(dtype)) {
      EXPECT_GT(std::set<double>(values.begin(), values.end()).size(), values.size() * 98 / 100);
    }
    for (double value : values) EXPECT_TRUE(std::isfinite(value));
  }
}

TEST(Fill, IntegersAreNonZeroAndInRangeAndUseAllOfIt) {
  for (Dtype dtype : kDtypes) {
    for (int range : {1, 3, static_cast<int>(std::min(64.0, largest_exact_integer(dtype)))}) {
      Filled filled(dtype, 1 << 14);
      fill_tensor(filled.tensor, Fill::integers, range, 2);
      std::set<double> seen;
      for (double value : filled.values()) {
        EXPECT_EQ(value, std::trunc(value));
        EXPECT_GE(std::abs(value), 1);
        EXPECT_LE(std::abs(value), range);
        seen.insert(value);
      }
      EXPECT_EQ(seen.size(), 2u * static_cast<unsigned>(range));
    }
  }
}

TEST(Fill, ZerosAreAllZero) {
  Filled filled(Dtype::f32, 1000);
  fill_tensor(filled.tensor, Fill::zeros, 3, 1);
  EXPECT_EQ(statistics_of(filled.tensor).zero_fraction, 1);
}

TEST(Fill, IsReproducibleAndFollowsTheSeed) {
  for (Fill fill : {Fill::normal, Fill::integers}) {
    Filled a(Dtype::f32, 5000), b(Dtype::f32, 5000), other(Dtype::f32, 5000);
    fill_tensor(a.tensor, fill, 100, 7);
    fill_tensor(b.tensor, fill, 100, 7);
    fill_tensor(other.tensor, fill, 100, 8);
    EXPECT_EQ(a.values(), b.values());
    EXPECT_NE(a.values(), other.values());
    // Tensors of neighbouring seeds are no shifted copies of each other.
    int same = 0;
    for (std::int64_t i = 1; i < 5000; ++i) same += a.at(i) == other.at(i - 1);
    EXPECT_LT(same, 100);
  }
}

TEST(Fill, DoesNotDependOnTheNumberOfThreads) {
  const int before = omp_get_max_threads();
  Filled one(Dtype::f64, 10007), four(Dtype::f64, 10007);
  omp_set_num_threads(1);
  fill_tensor(one.tensor, Fill::normal, 1, 3);
  omp_set_num_threads(4);
  fill_tensor(four.tensor, Fill::normal, 1, 3);
  omp_set_num_threads(before);
  EXPECT_EQ(one.values(), four.values());
}

TEST(Fill, PoisonIsNaNOrOutOfReach) {
  for (Dtype dtype : kDtypes) {
    Filled filled(dtype, 100);
    poison_tensor(filled.tensor);
    for (double value : filled.values()) {
      if (is_integer(dtype)) {
        EXPECT_LE(value, dtype == Dtype::s32 ? -2e9 : -128);
      } else {
        EXPECT_TRUE(std::isnan(value)) << name_of(dtype);
      }
    }
  }
}

TEST(Fill, NamesAreParsedBack) {
  for (Fill fill : {Fill::normal, Fill::integers, Fill::zeros}) {
    EXPECT_EQ(parse_fill(name_of(fill)), fill);
  }
  EXPECT_EQ(parse_fill("Normal"), std::nullopt);
  EXPECT_EQ(parse_fill(""), std::nullopt);
}

TEST(Statistics, OfKnownValues) {
  Filled filled(Dtype::f32, 4);
  const float values[] = {0, 2, 4, -2};
  std::memcpy(filled.tensor.data, values, sizeof values);
  const InputStatistics statistics = statistics_of(filled.tensor);
  EXPECT_DOUBLE_EQ(statistics.mean, 1);
  EXPECT_DOUBLE_EQ(statistics.standard_deviation, std::sqrt(5.0));
  EXPECT_DOUBLE_EQ(statistics.zero_fraction, 0.25);
}

TEST(Hash, SeesEverySingleBit) {
  // 103 elements: the last ones lie behind the last whole block.
  Filled filled(Dtype::f32, 103);
  fill_tensor(filled.tensor, Fill::normal, 1, 1);
  const std::uint64_t original = hash_of(filled.tensor);
  auto* bytes = filled.tensor.as<unsigned char>();
  for (std::size_t bit = 0; bit < 8 * filled.tensor.bytes(); ++bit) {
    bytes[bit / 8] ^= static_cast<unsigned char>(1u << bit % 8);
    EXPECT_NE(hash_of(filled.tensor), original) << bit;
    bytes[bit / 8] ^= static_cast<unsigned char>(1u << bit % 8);
  }
  EXPECT_EQ(hash_of(filled.tensor), original);
}

TEST(Hash, SeesExchangedElementsAndLengths) {
  Filled filled(Dtype::f32, 64);
  fill_tensor(filled.tensor, Fill::normal, 1, 1);
  const std::uint64_t original = hash_of(filled.tensor);
  for (std::int64_t i = 1; i < 64; ++i) {
    std::swap(filled.tensor.as<float>()[0], filled.tensor.as<float>()[i]);
    EXPECT_NE(hash_of(filled.tensor), original) << i;
    std::swap(filled.tensor.as<float>()[0], filled.tensor.as<float>()[i]);
  }
  Tensor shorter = filled.tensor;
  shorter.elements = 63;
  EXPECT_NE(hash_of(shorter), original);
}

}  // namespace
}  // namespace breakeven
