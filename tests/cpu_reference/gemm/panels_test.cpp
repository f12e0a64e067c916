#include "cpu_reference/gemm/panels.h"

#include <gtest/gtest.h>

#include <vector>

namespace breakeven::cpu_gemm {
namespace {

constexpr int kWidth = 3;
constexpr std::int64_t kLines = 8, kDepth = 11;

/// Holds 100·line + k, stored along k or along lines.
template <class T>
std::vector<T> stored(bool along_k) {
  std::vector<T> data(static_cast<std::size_t>(kLines * kDepth));
  for (std::int64_t line = 0; line < kLines; ++line) {
    for (std::int64_t k = 0; k < kDepth; ++k) {
      data[static_cast<std::size_t>(along_k ? line * kDepth + k : k * kLines + line)] =
          static_cast<T>(100 * line + k);
    }
  }
  return data;
}

/// Packs k in [begin, end) of the lines from `first` on, to `depth`, and looks at each place.
template <int group>
void expect_packed(std::int64_t first, std::int64_t begin, std::int64_t end, std::int64_t depth) {
  for (const bool along_k : {false, true}) {
    const auto data = stored<float>(along_k);
    const Lines<float> lines{data.data(), kLines, along_k ? kDepth : 1, along_k ? 1 : kLines};
    // One more element than a panel has: it must stay as it is.
    std::vector<float> panel(static_cast<std::size_t>(depth * kWidth + 1), -1.0f);
    pack_panel<kWidth, group>(lines, first, begin, end, depth, panel.data());
    for (std::int64_t k = 0; k < depth; ++k) {
      for (std::int64_t line = 0; line < kWidth; ++line) {
        const auto at = k / group * kWidth * group + line * group + k % group;
        const bool inside = first + line < kLines && begin + k < end;
        EXPECT_EQ(panel[static_cast<std::size_t>(at)],
                  inside ? static_cast<float>(100 * (first + line) + begin + k) : 0.0f)
            << "line " << line << ", k " << k << ", along k " << along_k;
      }
    }
    EXPECT_EQ(panel.back(), -1.0f);
  }
}

TEST(Panels, HoldLinesSideBySide) { expect_packed<1>(3, 0, kDepth, kDepth); }

TEST(Panels, BeginAndEndWhereABlockDoes) { expect_packed<1>(0, 4, 9, 5); }

TEST(Panels, HoldZerosBeyondTheLastLine) { expect_packed<1>(6, 0, kDepth, kDepth); }

TEST(Panels, KeepNeighboursAlongKTogether) {
  expect_packed<2>(0, 0, 10, 10);
  expect_packed<4>(3, 2, 10, 8);
}

TEST(Panels, FillTheLastGroupWithZeros) {
  expect_packed<2>(3, 0, kDepth, 12);
  expect_packed<4>(6, 5, kDepth, 8);
  expect_packed<2>(0, 0, 5, 8);  // deeper than its own group needs, as the other operand's may
}

TEST(Panels, AddTo128WhereBytesBecomeUnsigned) {
  const std::int8_t bytes[] = {-128, -1, 0, 127};
  std::uint8_t panel[8] = {};
  pack_panel<2, 4>(Lines<std::int8_t>{bytes, 1, 4, 1}, 0, 0, 4, 4, panel);
  const std::uint8_t expected[] = {0, 127, 128, 255, 128, 128, 128, 128};
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(panel[i], expected[i]) << i;
}

}  // namespace
}  // namespace breakeven::cpu_gemm
