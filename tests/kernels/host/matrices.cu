// The matrix instructions in products of one warp, right and with mistakes in their layouts.

#include "kernels/common/launch.h"
#include "kernels/common/load_matrix.h"
#include "kernels/common/shared_memory.h"
#include "kernels/common/wmma.h"
#include "tests/kernels/host/matrices.h"

namespace breakeven::planted {
namespace {

struct alignas(16) Matrices {
  std::uint16_t element[4][8][8];
};

template <int count, bool transposed>
__global__ void load(const std::uint16_t* matrices, std::uint32_t* words) {
  Matrices& shared = static_shared<Matrices>();
  const int lane = static_cast<int>(threadIdx.x);
  for (int i = lane; i < 64 * count; i += 32) {
    shared.element[i / 64][i / 8 % 8][i % 8] = matrices[i];
  }
  __syncwarp();
  std::uint32_t mine[count];
  // Beyond the last matrix an address that must not matter.
  const void* row = lane < 8 * count ? shared.element[lane / 8][lane % 8] : nullptr;
  load_matrices<count, transposed>(mine, row);
  for (int i = 0; i < count; ++i) words[lane * count + i] = mine[i];
}

template <class T>
struct alignas(16) Tiles {
  static constexpr int K = 32 / sizeof(T);
  T a[16 * K];
  T b[8 * K];
};

/// The words of an operand for mma from its tile, whose rows are `row` elements long: four of A, or
/// two of B. Each matrix that is loaded is 8 rows or columns of the operand and 16 bytes of K.
template <class T, int count>
__device__ void load_words(std::uint32_t (&words)[count], const T* tile, int row, bool along_k,
                           Mistake mistake) {
  const int lane = static_cast<int>(threadIdx.x), matrix = lane / 8 % count;
  const bool by_address = mistake != Mistake::rows_as_they_are_received;
  const int in_matrix = by_address ? lane % 8 : lane / 4;
  const bool k_first = count == 2 || mistake == Mistake::halves_of_a_swapped;
  const int x_half = k_first ? matrix / 2 : matrix % 2, k_half = k_first ? matrix % 2 : matrix / 2;
  const int chunk = 16 / sizeof(T);
  const T* from = along_k ? tile + (8 * x_half + in_matrix) * row + k_half * chunk
                          : tile + (8 * k_half + in_matrix) * row + x_half * chunk;
  if (along_k == (mistake != Mistake::wrong_transposition)) {
    load_matrices<count>(words, from);
  } else {
    load_matrices<count, true>(words, from);
  }
}

template <class T>
__global__ void multiply(const T* a, const T* b, MmaSum<T>* c, bool a_along_k, bool b_along_k,
                         Mistake mistake) {
  constexpr int K = Tiles<T>::K;
  Tiles<T>& tiles = static_shared<Tiles<T>>();
  const int lane = static_cast<int>(threadIdx.x);
  for (int i = lane; i < 16 * K; i += 32) tiles.a[i] = a[i];
  for (int i = lane; i < 8 * K; i += 32) tiles.b[i] = b[i];
  __syncwarp();
  std::uint32_t words_a[4], words_b[2];
  load_words(words_a, tiles.a, a_along_k ? K : 16, a_along_k, mistake);
  load_words(words_b, tiles.b, b_along_k ? K : 8, b_along_k, mistake);
  if (mistake == Mistake::halves_of_b_swapped) {
    const std::uint32_t first = words_b[0];
    words_b[0] = words_b[1];
    words_b[1] = first;
  }
  MmaSum<T> sums[4] = {};
  mma<T>(sums, words_a, words_b);
  for (int i = 0; i < 4; ++i) {
    const int in_patch = mistake == Mistake::sums_by_columns ? i / 2 + 2 * (i % 2) : i;
    c[(lane / 4 + 8 * (in_patch / 2)) * 8 + 2 * (lane % 4) + in_patch % 2] = sums[i];
  }
}

template <class T>
using WmmaOperand = std::conditional_t<std::is_same_v<T, float>, wmma::precision::tf32, T>;
template <bool by_rows>
using Layout = std::conditional_t<by_rows, wmma::row_major, wmma::col_major>;

template <class T, bool a_by_rows, bool b_by_rows>
__global__ void multiply_wmma(const T* a, const T* b, MmaSum<T>* c, bool as_mma) {
  constexpr int K = std::is_same_v<T, float> ? 8 : 16;
  wmma::fragment<wmma::matrix_a, 16, 16, K, WmmaOperand<T>, Layout<a_by_rows>> part_a;
  wmma::fragment<wmma::matrix_b, 16, 16, K, WmmaOperand<T>, Layout<b_by_rows>> part_b;
  wmma::fragment<wmma::accumulator, 16, 16, K, MmaSum<T>> sums;
  wmma::fill_fragment(sums, MmaSum<T>{1});
  wmma::load_matrix_sync(part_a, a, a_by_rows ? K : 16);
  wmma::load_matrix_sync(part_b, b, b_by_rows ? 16 : K);
  wmma::mma_sync(sums, part_a, part_b, sums);
  if (!as_mma) {
    wmma::store_matrix_sync(c, sums, 16, wmma::mem_row_major);
    return;
  }
  const int lane = static_cast<int>(threadIdx.x);
  for (int i = 0; i < sums.num_elements; ++i) {
    const int row = lane / 4 + 8 * (i / 2 % 2), column = 2 * (lane % 4) + i % 2 + 8 * (i / 4);
    c[row * 16 + column] = sums.x[i];
  }
}

}  // namespace

void loads_matrices(const std::uint16_t* matrices, std::uint32_t* words, int count,
                    bool transposed) {
  const auto kernel = count == 1   ? (transposed ? load<1, true> : load<1, false>)
                      : count == 2 ? (transposed ? load<2, true> : load<2, false>)
                                   : (transposed ? load<4, true> : load<4, false>);
  launch(kernel, {1, 32}, nullptr, matrices, words);
}

template <class T>
void multiplies_by_mma(const T* a, const T* b, MmaSum<T>* c, bool a_along_k, bool b_along_k,
                       Mistake mistake) {
  launch(multiply<T>, {1, 32}, nullptr, a, b, c, a_along_k, b_along_k, mistake);
}

template <class T>
void multiplies_by_wmma(const T* a, const T* b, MmaSum<T>* c, bool a_by_rows, bool b_by_rows,
                        bool as_mma) {
  const auto kernel =
      a_by_rows ? (b_by_rows ? multiply_wmma<T, true, true> : multiply_wmma<T, true, false>)
                : (b_by_rows ? multiply_wmma<T, false, true> : multiply_wmma<T, false, false>);
  launch(kernel, {1, 32}, nullptr, a, b, c, as_mma);
}

template void multiplies_by_mma(const Bf16*, const Bf16*, float*, bool, bool, Mistake);
template void multiplies_by_mma(const F16*, const F16*, float*, bool, bool, Mistake);
template void multiplies_by_mma(const float*, const float*, float*, bool, bool, Mistake);
template void multiplies_by_mma(const std::int8_t*, const std::int8_t*, std::int32_t*, bool, bool,
                                Mistake);
template void multiplies_by_wmma(const Bf16*, const Bf16*, float*, bool, bool, bool);
template void multiplies_by_wmma(const F16*, const F16*, float*, bool, bool, bool);
template void multiplies_by_wmma(const float*, const float*, float*, bool, bool, bool);
template void multiplies_by_wmma(const std::int8_t*, const std::int8_t*, std::int32_t*, bool, bool,
                                 bool);

}  // namespace breakeven::planted
