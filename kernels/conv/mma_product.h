#pragma once

#include <cstdint>
#include <string>

#include "kernels/common/convert.h"
#include "kernels/common/shared_memory.h"
#include "kernels/conv/limits.h"
#include "kernels/conv/loader.h"
#include "kernels/conv/matrices.h"
#include "kernels/gemm/mma_tile.h"
#include "kernels/gemm/tile_grid.h"

namespace breakeven::cuda_conv {

/// A block's tile of the result.
struct MmaBlock {
  static constexpr int BM = 128, BN = 128, BK_bytes = 64;
  static constexpr int WM = 64, WN = 32;  // of a warp
  static constexpr int across = BN / WN;  // warps side by side
  static constexpr int threads = BM / WM * across * 32;
  static constexpr int stages = 4;
  static_assert(BM <= threads, "a thread finds one row's place in the result");
};
using MmaGrid = cuda_gemm::TileGrid<MmaBlock::BM, MmaBlock::BN>;

template <class T, bool b_along_k>
struct MmaTiles {
  static constexpr int BK = MmaBlock::BK_bytes / sizeof(T);
  cuda_gemm::ChunkTile<T, MmaBlock::BM, BK, true, cuda_gemm::ChunkOrder::swizzled> a;
  cuda_gemm::ChunkTile<T, MmaBlock::BN, BK, b_along_k, cuda_gemm::ChunkOrder::swizzled> b;
};

template <class T, bool b_along_k>
struct MmaShared {
  MmaTiles<T, b_along_k> stages[MmaBlock::stages];
  RowPlaces<T, MmaBlock::BM> rows;
};

/// Writes two sums side by side to columns j and j + 1 of a row, where j is even, as they are when
/// finished; at once where all pairs are whole. `channel` is that of column 0.
template <class T, class Epilogue>
__device__ void store_pair(const Arguments<T>& g, T* row, int j, int channel,
                           const cuda_gemm::Pair<float>& sums, const Epilogue& finished) {
  if (j >= g.columns) return;
  const T first = narrowed<T>(finished(sums.first, channel + j));
  if (g.columns % 2 == 0) {
    const T second = narrowed<T>(finished(sums.second, channel + j + 1));
    *reinterpret_cast<cuda_gemm::Pair<T>*>(row + j) = {first, second};
  } else {
    row[j] = first;
    if (j + 1 < g.columns) row[j + 1] = narrowed<T>(finished(sums.second, channel + j + 1));
  }
}

/// What a block does of a kernel with one for each tile of the result. `finished` makes of a sum,
/// in that channel of the result of all groups, what is stored.
template <class T, bool b_along_k, class Epilogue>
__device__ void multiply_on_tensor_cores(const Arguments<T>& g, const MmaGrid& grid,
                                         const Epilogue& finished) {
  using S = MmaBlock;
  using Tiles = MmaTiles<T, b_along_k>;
  constexpr int BK = Tiles::BK, chunk = Vector<T>::size;
  const int thread = static_cast<int>(threadIdx.x), warp = thread / 32;
  const int group = static_cast<int>(grid.batch());
  const std::int64_t i0 = grid.first_row(), j0 = grid.first_column();
  MmaShared<T, b_along_k>& shared = *dynamic_shared<MmaShared<T, b_along_k>>();
  shared.rows.find(g, group, i0);
  __syncthreads();
  using A = GatheredShare<T, S::BM, BK, S::threads, true, chunk>;
  using B = PlainShare<T, S::BN, BK, S::threads, b_along_k, chunk>;
  ChunkLoader<T, A> a(A(shared.rows));
  ChunkLoader<T, B> b(B(g, group, j0));
  const int terms = static_cast<int>(g.terms);
  // Beyond the last tile an empty group, so that always the same number is under way.
  const auto fetch = [&](int stage, int first) {
    if (first < terms) {
      a.start(shared.stages[stage].a, g, first, terms);
      b.start(shared.stages[stage].b, g, first, terms);
    }
    commit_copies();
  };
  cuda_gemm::MmaTile<T, S::WM, S::WN, Tiles> mine(warp / S::across * S::WM,
                                                  warp % S::across * S::WN);
#pragma unroll
  for (int stage = 0; stage < S::stages - 1; ++stage) fetch(stage, stage * BK);
  int stage = 0, free_stage = S::stages - 1;
  for (int first = 0; first < terms; first += BK) {
    wait_copies<S::stages - 2>();
    __syncthreads();  // this tile is here, and the one before is no longer read
    fetch(free_stage, first + (S::stages - 1) * BK);
    mine.multiply(shared.stages[stage]);
    free_stage = stage;
    stage = stage + 1 == S::stages ? 0 : stage + 1;
  }
  mine.for_each_pair([&](int i, int j, const cuda_gemm::Pair<float>& sums) {
    const std::int64_t row = shared.rows.result[i];
    if (row < 0) return;
    store_pair(g, g.result_data + row, static_cast<int>(j0) + j, group * g.columns, sums, finished);
  });
}

/// Whether the channels of a group of that tensor are whole chunks.
inline Support whole_chunks(const char* tensor, std::int64_t channels, Dtype dtype) {
  const std::int64_t bytes = channels * static_cast<std::int64_t>(size_of(dtype));
  if (bytes % 16 == 0) return Support::yes();
  return Support::no(std::string("the channels of a group have ") + std::to_string(bytes) +
                     " bytes in " + tensor + ", must be a multiple of 16");
}

/// Whether the kernel, of which this is an instance, takes that problem.
inline Support mma_product_supports(const ConvProblem& p, const void* kernel) {
  if (p.direction == Direction::wgrad) return Support::no("computes fprop and dgrad only");
  if (p.channels == ChannelOrder::first) return Support::no("takes channels last only");
  const bool dgrad = p.direction == Direction::dgrad;
  if (const Support fits = first_no(
          {only(p, {Dtype::bf16, Dtype::f16, Dtype::f32}), whole_chunks("x", p.group_c(), p.dtype),
           dgrad ? whole_chunks("y", p.group_k(), p.dtype) : Support::yes(), fits_matrices(p)});
      !fits) {
    return fits;
  }
  return first_no({fits_grid(MmaGrid(matrix_of(sums_of(p))).tiles),
                   needs_architecture(kernel, 80, "the tensor core instruction mma")});
}

/// Products of f32 are multiplied in tf32.
inline MathMode tf32_where_f32(const ConvProblem& p) {
  if (p.dtype != Dtype::f32) return {};
  return {.name = "tf32", .input = 0x1p-11};
}

}  // namespace breakeven::cuda_conv
