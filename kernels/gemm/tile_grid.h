#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <limits>
#include <string>

#include "operations/gemm/problem.h"
#include "operations/implementation.h"

namespace breakeven::cuda_gemm {

/// A tile's place in its C, counted in tiles.
struct TilePlace {
  std::int64_t row, column;
};

/// C cut into tiles of BM × BN, one thread block each, numbered along rows, then down, then through
/// the batch. The grid is one-dimensional because only x goes up to 2^31 - 1; y and z end at 65535.
template <int BM, int BN>
struct TileGrid {
  std::int64_t tiles_m, tiles_n, tiles;

  explicit TileGrid(const GemmProblem& p)
      : tiles_m((p.m - 1) / BM + 1),
        tiles_n((p.n - 1) / BN + 1),
        tiles(p.batch * tiles_m * tiles_n) {}

  /// Whether the grid holds all tiles.
  Support supported() const {
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
    if (tiles <= most) return Support::yes();
    return Support::no("C has " + std::to_string(tiles) + " tiles, a grid at most " +
                       std::to_string(most));
  }

  dim3 size() const { return dim3(static_cast<unsigned>(tiles)); }

  /// The calling block's tile.
  __device__ std::int64_t batch() const { return blockIdx.x / (tiles_m * tiles_n); }
  __device__ std::int64_t first_row() const { return blockIdx.x / tiles_n % tiles_m * BM; }
  __device__ std::int64_t first_column() const { return blockIdx.x % tiles_n * BN; }
  /// Where it is if tiles are taken down a group of `rows` rows, then right, then the next group.
  __device__ TilePlace grouped(int rows) const {
    const std::int64_t tile = blockIdx.x % (tiles_m * tiles_n);
    const std::int64_t first = tile / (rows * tiles_n) * rows;
    const std::int64_t in_group = tile % (rows * tiles_n);
    const std::int64_t height = tiles_m - first < rows ? tiles_m - first : rows;
    return {first + in_group % height, in_group / height};
  }
};

/// What kernels for CUDA cores support: f32 and f64, as far as `fits` (called with a value of the
/// element type) says so of the grid.
template <class Fits>
Support f32_or_f64(const GemmProblem& p, Fits fits) {
  if (const Support dtype = only(p, {Dtype::f32, Dtype::f64}); !dtype) return dtype;
  return with_f32_or_f64(p.dtype, fits);
}

}  // namespace breakeven::cuda_gemm
