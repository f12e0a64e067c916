#pragma once

#include "kernels/conv/loader.h"
#include "kernels/gemm/tile_grid.h"

namespace breakeven::cuda_conv {

/// A block's tile of a convolution as a product, on CUDA cores: 8 × 8 sums in the registers of each
/// thread in f32, 4 × 4 in f64.
template <class T>
struct ProductTile {
  static constexpr int BM = 512 / sizeof(T), BN = BM, BK = 8;
  static constexpr int patches = 2;                     // of a thread, down and across
  static constexpr int TM = patches * Vector<T>::size;  // sums of a thread, down and across
  static constexpr int lines = BM / TM;                 // threads along each side
  static constexpr int threads = lines * lines;
  static_assert(BM % TM == 0 && BN == BM, "threads share out the tile evenly");

  using Grid = cuda_gemm::TileGrid<BM, BN>;

  struct Shared {
    cuda_gemm::SharedTile<T, BM, BK> a;
    cuda_gemm::SharedTile<T, BN, BK> b;
    RowPlaces<T, BM> rows;
  };
};

}  // namespace breakeven::cuda_conv
