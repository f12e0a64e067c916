// What changed against implicit_gemm: GEMM's mma_multistage multiplies, tensor cores with four
// stages of tiles that come by cp.async; both operands are gathered by 16 bytes, which are
// neighbouring channels of one point, and zero where that is padding.
// Why: tensor cores multiply ten times as fast as CUDA cores, and need no more than operands in
// shared memory, however they came there. The index arithmetic is once for eight elements now
// (bf16, f16), and runs while tiles are multiplied.
// What is left: blocks of 128 columns, of which a layer of 64 channels uses half; wgrad, where
// neighbouring channels are not along the sum.
// Limits: channels last; fprop and dgrad; channels of a group in whole 16 bytes (those of y for
// dgrad too). f32 is multiplied in tf32. As implicit_gemm; architecture 80 and up.
// Measured: on no card yet.
// Instructions: HMMA LDSM LDGSTS.E.128

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/common/convert.h"
#include "kernels/common/launch.h"
#include "kernels/common/shared_memory.h"
#include "kernels/conv/limits.h"
#include "kernels/conv/loader.h"
#include "kernels/conv/matrices.h"
#include "kernels/gemm/mma_tile.h"
#include "kernels/gemm/tile_grid.h"

namespace breakeven::cuda_conv {
namespace {

struct Tile {
  static constexpr int BM = 128, BN = 128, BK_bytes = 64;
  static constexpr int WM = 64, WN = 32;  // of a warp
  static constexpr int across = BN / WN;  // warps side by side
  static constexpr int threads = BM / WM * across * 32;
  static constexpr int stages = 4;
  static_assert(BM <= threads, "a thread finds one row's place in the result");
};
using Grid = cuda_gemm::TileGrid<Tile::BM, Tile::BN>;

template <class T, bool b_along_k>
struct SharedTiles {
  static constexpr int BK = Tile::BK_bytes / sizeof(T);
  cuda_gemm::ChunkTile<T, Tile::BM, BK, true, cuda_gemm::ChunkOrder::swizzled> a;
  cuda_gemm::ChunkTile<T, Tile::BN, BK, b_along_k, cuda_gemm::ChunkOrder::swizzled> b;
};

template <class T, bool b_along_k>
struct Shared {
  SharedTiles<T, b_along_k> stages[Tile::stages];
  RowPlaces<T, Tile::BM> rows;
};

/// Writes two sums side by side to columns j and j + 1 of a row, where j is even; at once where all
/// pairs are whole.
template <class T>
__device__ void store(const Arguments<T>& g, T* row, int j, const cuda_gemm::Pair<float>& sums) {
  const T first = narrowed<T>(sums.first), second = narrowed<T>(sums.second);
  if (j >= g.columns) return;
  if (g.columns % 2 == 0) {
    *reinterpret_cast<cuda_gemm::Pair<T>*>(row + j) = {first, second};
  } else {
    row[j] = first;
    if (j + 1 < g.columns) row[j + 1] = second;
  }
}

template <class T, bool b_along_k>
__global__ void __launch_bounds__(Tile::threads, 2)
    implicit_gemm_mma_kernel(Arguments<T> g, Grid grid) {
  using S = Tile;
  using Tiles = SharedTiles<T, b_along_k>;
  constexpr int BK = Tiles::BK, chunk = Vector<T>::size;
  const int thread = static_cast<int>(threadIdx.x), warp = thread / 32;
  const int group = static_cast<int>(grid.batch());
  const std::int64_t i0 = grid.first_row(), j0 = grid.first_column();
  Shared<T, b_along_k>& shared = *dynamic_shared<Shared<T, b_along_k>>();
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
    if (row >= 0) store(g, g.result_data + row, static_cast<int>(j0) + j, sums);
  });
}

/// Whether the channels of a group of that tensor are whole chunks.
Support whole_chunks(const char* tensor, std::int64_t channels, Dtype dtype) {
  const std::int64_t bytes = channels * static_cast<std::int64_t>(size_of(dtype));
  if (bytes % 16 == 0) return Support::yes();
  return Support::no(std::string("the channels of a group have ") + std::to_string(bytes) +
                     " bytes in " + tensor + ", must be a multiple of 16");
}

Support supports(const ConvProblem& p) {
  if (p.direction == Direction::wgrad) return Support::no("computes fprop and dgrad only");
  if (p.channels == ChannelOrder::first) return Support::no("takes channels last only");
  const bool dgrad = p.direction == Direction::dgrad;
  if (const Support fits = first_no(
          {only(p, {Dtype::bf16, Dtype::f16, Dtype::f32}), whole_chunks("x", p.group_c(), p.dtype),
           dgrad ? whole_chunks("y", p.group_k(), p.dtype) : Support::yes(), fits_matrices(p)});
      !fits) {
    return fits;
  }
  const auto kernel = implicit_gemm_mma_kernel<float, true>;
  return first_no({fits_grid(Grid(matrix_of(sums_of(p))).tiles),
                   needs_architecture(reinterpret_cast<const void*>(kernel), 80,
                                      "the tensor core instruction mma")});
}

/// Calls `visit` with the type of elements and whether the filter's terms run fastest.
template <class Visit>
void with_instance(const ConvProblem& p, Visit&& visit) {
  with_type_of_f32_sums(p.dtype, [&]<class T>() {
    p.direction == Direction::fprop ? visit.template operator()<T, true>()
                                    : visit.template operator()<T, false>();
  });
}

CudaCall prepare(const ConvProblem& p) {
  with_instance(p, [&]<class T, bool b_along_k>() {
    allow_dynamic_shared(implicit_gemm_mma_kernel<T, b_along_k>, sizeof(Shared<T, b_along_k>));
  });
  return {[p, all = undivided_sums(p)](Tensors tensors, Stream stream) {
    with_instance(p, [&]<class T, bool b_along_k>() {
      for (const Sums& sums : all) {
        const Grid grid(matrix_of(sums));
        launch(implicit_gemm_mma_kernel<T, b_along_k>,
               {grid.size(), Tile::threads, sizeof(Shared<T, b_along_k>)}, stream,
               Arguments<T>(sums, tensors), grid);
      }
    });
  }};
}

/// Products of f32 are multiplied in tf32.
MathMode math_mode(const ConvProblem& p) {
  if (p.dtype != Dtype::f32) return {};
  return {.name = "tf32", .input = 0x1p-11};
}

}  // namespace

CudaImplementation<ConvProblem> implicit_gemm_mma() {
  return {"implicit_gemm_mma", Rung::tuned, supports, prepare, math_mode};
}

}  // namespace breakeven::cuda_conv
