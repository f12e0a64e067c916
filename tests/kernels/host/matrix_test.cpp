// The warp's matrix instructions as the host means them: held against products computed in the
// obvious way, under every schedule; and what is wrong with them is found.

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <typeinfo>
#include <vector>

#include "kernels/common/tf32.h"
#include "kernels/host/place.h"
#include "tests/kernels/host/defect.h"
#include "tests/kernels/host/device_array.h"
#include "tests/kernels/host/matrices.h"
#include "tests/support/schedules.h"

namespace breakeven {
namespace {

using planted::Mistake;
using test::Defect;
using test::DeviceArray;

class HostMatrices : public testing::TestWithParam<host::Schedule> {
  const test::Scheduled scope_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(All, HostMatrices, testing::ValuesIn(test::schedules),
                         [](const auto& info) {
                           std::string name = name_of(info.param);
                           for (char& c : name) c = c == ':' ? '_' : c;
                           return name;
                         });

TEST_P(HostMatrices, LdmatrixGivesEachLaneItsWord) {
  for (const std::size_t count : {1, 2, 4}) {
    std::vector<std::uint16_t> matrices(64 * count);
    for (std::size_t i = 0; i < matrices.size(); ++i) matrices[i] = static_cast<std::uint16_t>(i);
    const DeviceArray<std::uint16_t> in(matrices);
    for (const bool transposed : {false, true}) {
      const DeviceArray<std::uint32_t> out(32 * count);
      planted::loads_matrices(in.data(), out.data(), static_cast<int>(count), transposed);
      const std::vector<std::uint32_t> words = out.values();
      for (std::size_t lane = 0; lane < 32; ++lane) {
        for (std::size_t matrix = 0; matrix < count; ++matrix) {
          const std::uint32_t word = words[lane * count + matrix];
          for (std::size_t half = 0; half < 2; ++half) {
            std::size_t row = lane / 4, column = 2 * (lane % 4) + half;
            if (transposed) std::swap(row, column);
            EXPECT_EQ(word >> 16 * half & 0xffff, 64 * matrix + 8 * row + column);
          }
        }
      }
    }
  }
}

/// A matrix of small integers as values of T, by rows or by columns.
template <class T>
struct Matrix {
  int rows, columns;
  bool by_rows;
  std::vector<T> elements;

  Matrix(int rows, int columns, bool by_rows, unsigned seed)
      : rows(rows), columns(columns), by_rows(by_rows) {
    std::mt19937 random(seed);
    for (int i = 0; i < rows * columns; ++i) {
      const int value = static_cast<int>(random() % 21) - 10;
      elements.push_back(static_cast<T>(static_cast<float>(value)));
    }
  }
  double at(int row, int column) const {
    return static_cast<double>(elements[by_rows ? row * columns + column : column * rows + row]);
  }
};

template <class T>
std::vector<MmaSum<T>> product(const Matrix<T>& a, const Matrix<T>& b, int plus) {
  std::vector<MmaSum<T>> c;
  for (int m = 0; m < a.rows; ++m) {
    for (int n = 0; n < b.columns; ++n) {
      double sum = plus;
      for (int k = 0; k < a.columns; ++k) sum += a.at(m, k) * b.at(k, n);
      c.push_back(static_cast<MmaSum<T>>(sum));
    }
  }
  return c;
}

/// Whether one warp gets the product right.
template <class T>
bool mma_is_right(bool a_along_k, bool b_along_k, Mistake mistake = Mistake::none) {
  constexpr int K = 32 / sizeof(T);
  const Matrix<T> a(16, K, a_along_k, 1), b(K, 8, !b_along_k, 2);
  const DeviceArray<T> in_a(a.elements), in_b(b.elements);
  const DeviceArray<MmaSum<T>> out(16 * 8);
  planted::multiplies_by_mma(in_a.data(), in_b.data(), out.data(), a_along_k, b_along_k, mistake);
  return out.values() == product(a, b, 0);
}

TEST_P(HostMatrices, MmaMultiplies) {
  for (const bool a_along_k : {true, false}) {
    for (const bool b_along_k : {true, false}) {
      EXPECT_TRUE(mma_is_right<Bf16>(a_along_k, b_along_k)) << a_along_k << b_along_k;
      EXPECT_TRUE(mma_is_right<F16>(a_along_k, b_along_k)) << a_along_k << b_along_k;
    }
  }
  EXPECT_TRUE(mma_is_right<float>(true, true));
  EXPECT_TRUE(mma_is_right<std::int8_t>(true, true));
}

TEST(PlantedLayout, ThatIsWrongGivesAnotherProduct) {
  for (const Mistake mistake :
       {Mistake::rows_as_they_are_received, Mistake::wrong_transposition,
        Mistake::halves_of_a_swapped, Mistake::halves_of_b_swapped, Mistake::sums_by_columns}) {
    EXPECT_FALSE(mma_is_right<Bf16>(true, true, mistake)) << static_cast<int>(mistake);
    EXPECT_FALSE(mma_is_right<F16>(false, false, mistake)) << static_cast<int>(mistake);
    EXPECT_FALSE(mma_is_right<float>(true, true, mistake)) << static_cast<int>(mistake);
    EXPECT_FALSE(mma_is_right<std::int8_t>(true, true, mistake)) << static_cast<int>(mistake);
  }
}

/// Whether one warp gets the product right by wmma.
template <class T>
bool wmma_is_right(bool a_by_rows, bool b_by_rows, bool as_mma = false) {
  constexpr int K = std::is_same_v<T, float> ? 8 : 16;
  const Matrix<T> a(16, K, a_by_rows, 3), b(K, 16, b_by_rows, 4);
  const DeviceArray<T> in_a(a.elements), in_b(b.elements);
  const DeviceArray<MmaSum<T>> out(16 * 16);
  planted::multiplies_by_wmma(in_a.data(), in_b.data(), out.data(), a_by_rows, b_by_rows, as_mma);
  return out.values() == product(a, b, 1);
}

TEST_P(HostMatrices, WmmaMultiplies) {
  for (const bool a_by_rows : {true, false}) {
    for (const bool b_by_rows : {true, false}) {
      EXPECT_TRUE(wmma_is_right<Bf16>(a_by_rows, b_by_rows)) << a_by_rows << b_by_rows;
      EXPECT_TRUE(wmma_is_right<F16>(a_by_rows, b_by_rows)) << a_by_rows << b_by_rows;
      EXPECT_TRUE(wmma_is_right<float>(a_by_rows, b_by_rows)) << a_by_rows << b_by_rows;
      EXPECT_TRUE(wmma_is_right<std::int8_t>(a_by_rows, b_by_rows)) << a_by_rows << b_by_rows;
    }
  }
}

TEST(PlantedLayout, OfAWmmaFragmentIsNotTheOneOfMma) {
  EXPECT_FALSE(wmma_is_right<Bf16>(true, true, /*as_mma=*/true));
  EXPECT_FALSE(wmma_is_right<std::int8_t>(true, true, /*as_mma=*/true));
}

TEST(HostTf32, RoundsToTheNearestAndTiesAway) {
  const auto rounded = [](float value) {
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(round_to_tf32(value)) & 0xffffe000);
  };
  EXPECT_EQ(rounded(1), 1.0f);
  EXPECT_EQ(rounded(1 + 0x1p-11f), 1 + 0x1p-10f);
  EXPECT_EQ(rounded(-1 - 0x1p-11f), -1 - 0x1p-10f);
  EXPECT_EQ(rounded(1 + 0x1p-11f - 0x1p-23f), 1.0f);
  EXPECT_EQ(rounded(2 - 0x1p-23f), 2.0f);
  EXPECT_EQ(rounded(0x1p-149f * 0x1000), 0x1p-149f * 0x2000);
  EXPECT_EQ(rounded(-0.0f), 0.0f);
  EXPECT_TRUE(std::signbit(rounded(-0.0f)));
  EXPECT_EQ(rounded(std::numeric_limits<float>::max()), INFINITY);
  EXPECT_EQ(rounded(-INFINITY), -INFINITY);
  EXPECT_TRUE(std::isnan(rounded(std::bit_cast<float>(0x7fffffff))));
}

TEST(HostNames, OfElementTypesAreShort) {
  EXPECT_EQ(host::type_name(typeid(Bf16).name()), "Bf16");
  EXPECT_EQ(host::type_name(typeid(std::vector<F16>*).name()).substr(0, 16), "std::vector<F16,");
}

class PlantedMatrixDefect : public testing::TestWithParam<Defect> {};

TEST_P(PlantedMatrixDefect, IsFound) { test::expect_found(GetParam()); }

const std::string lanes_missing =
    "operation of a warp that not all lanes of its mask reach\n  thread \\(0,0,0\\) .* waits in ";
const std::string place = ": .*planted_matrices.cu:[0-9]+";

const Defect defects[] = {
    {"MisalignedRow", [](auto, auto out) { planted::misaligned_row(out); },
     "misaligned ldmatrix row\n  thread \\(3,0,0\\) of block \\(0,0,0\\) gives row 3 of matrix 0" +
         place},
    {"RowPastSharedMemory", [](auto, auto out) { planted::row_past_shared_memory(out); },
     "outside shared memory\n  thread \\(28,0,0\\) of block \\(0,0,0\\) reads 4 bytes at byte 512 "
     "of "
     "planted::Rows, which has 512 bytes" +
         place,
     true},
    {"RowInGlobalMemory", [](auto in, auto out) { planted::row_in_global_memory(in, out); },
     "ldmatrix from what is not shared memory\n  thread \\(0,0,0\\) .*" + place},
    {"UnwrittenMatrix", [](auto, auto out) { planted::matrix_that_nobody_wrote(out); },
     "nobody wrote\n  thread \\(20,0,0\\) of block \\(0,0,0\\) reads 4 bytes at byte 80 of .*" +
         place,
     true},
    {"NoSyncwarpBeforeLdmatrix", [](auto, auto out) { planted::no_syncwarp_before_ldmatrix(out); },
     "race in shared memory\n  thread \\(1,0,0\\) of block \\(0,0,0\\) reads 4 bytes .*" + place +
         "\n  thread \\(0,0,0\\) of block \\(0,0,0\\) wrote there",
     true},
    {"NoBarrierBeforeLdmatrix", [](auto, auto out) { planted::no_barrier_before_ldmatrix(out); },
     "race in shared memory\n  thread \\(32,0,0\\) of block \\(0,0,0\\) reads 4 bytes .*" + place +
         "\n  thread \\(0,0,0\\) of block \\(0,0,0\\) wrote there",
     true},
    {"NoBarrierAfterLdmatrix", [](auto, auto out) { planted::no_barrier_after_ldmatrix(out); },
     "race in shared memory(.|\n)* read there with no barrier between" + place, true},
    {"LdmatrixOfACopyUnderWay",
     [](auto in, auto out) { planted::ldmatrix_of_a_copy_under_way(in, out); },
     "cp.async that was not waited for\n  thread \\(0,0,0\\) of block \\(0,0,0\\) reads 4 bytes "
     ".*\n  thread \\(0,0,0\\) of block \\(0,0,0\\) started the copy" +
         place,
     true},
    {"LdmatrixInABranch", [](auto, auto out) { planted::ldmatrix_in_a_branch(out); },
     lanes_missing + "ldmatrix with mask 0xffffffff" + place +
         "\n  thread \\(8,0,0\\) of block \\(0,0,0\\) has returned"},
    {"MmaInABranch", [](auto, auto out) { planted::mma_in_a_branch(out); },
     lanes_missing + "mma with mask 0xffffffff" + place +
         "\n  thread \\(1,0,0\\) of block \\(0,0,0\\) has returned"},
    {"TwoMmaForOne", [](auto, auto out) { planted::two_mma_for_one(out); },
     lanes_missing + "mma with mask 0xffffffff" + place +
         "\n  thread \\(16,0,0\\) of block \\(0,0,0\\) waits in mma with mask 0xffffffff" + place},
    {"WmmaLanesDiffer", [](auto, auto out) { planted::wmma_lanes_differ(out); },
     "store_matrix_sync with arguments that differ between lanes\n  thread \\(1,0,0\\) .*" + place},
    {"MisalignedWmma", [](auto, auto out) { planted::misaligned_wmma(out); },
     "misaligned store_matrix_sync, must be at a multiple of 32 bytes\n  thread \\(0,0,0\\) .*" +
         place},
    {"WmmaWithABadStride", [](auto, auto out) { planted::wmma_with_a_bad_stride(out); },
     "store_matrix_sync with a stride that is no multiple of 16 bytes\n  thread \\(0,0,0\\) .*" +
         place},
    {"WmmaPastABuffer", [](auto in, auto out) { planted::wmma_past_a_buffer(in, out); },
     "load_matrix_sync outside a device buffer\n  thread \\(16,0,0\\) .*" + place, true},
    {"NoSyncwarpAfterWmmaStore", [](auto, auto out) { planted::no_syncwarp_after_wmma_store(out); },
     "race in shared memory\n  thread .* reads 4 bytes .*" + place +
         "\n  thread .* wrote there with no barrier between" + place,
     true},
};

INSTANTIATE_TEST_SUITE_P(All, PlantedMatrixDefect, testing::ValuesIn(defects),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace breakeven
