#pragma once

#ifdef BREAKEVEN_ON_HOST
#include "kernels/host/wmma.h"
#else

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <mma.h>

#include <cstdint>

#include "operations/small_float.h"

/// The part of nvcuda::wmma (CUDA C++ Programming Guide, "Warp Matrix Functions") that kernels
/// use, with this project's element types: Bf16 stands for __nv_bfloat16, F16 for __half. How a
/// fragment lies in the lanes is nobody's business, and on the host not what it is on the device.
/// Architecture 80 and up; below, `supports` says no (needs_architecture in device.h).
namespace breakeven::wmma {

using nvcuda::wmma::accumulator;
using nvcuda::wmma::col_major;
using nvcuda::wmma::matrix_a;
using nvcuda::wmma::matrix_b;
using nvcuda::wmma::mem_row_major;
using nvcuda::wmma::row_major;

/// CUDA's own type for an element in memory.
template <class T>
struct Native {
  using type = T;
};
template <>
struct Native<Bf16> {
  using type = __nv_bfloat16;
};
template <>
struct Native<F16> {
  using type = __half;
};

#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800

namespace precision = nvcuda::wmma::precision;

template <class Use, int m, int n, int k, class T, class Layout = void>
using fragment = nvcuda::wmma::fragment<Use, m, n, k, typename Native<T>::type, Layout>;

template <class Fragment, class T>
__device__ inline void load_matrix_sync(Fragment& fragment, const T* from, unsigned stride) {
  nvcuda::wmma::load_matrix_sync(fragment, reinterpret_cast<const typename Native<T>::type*>(from),
                                 stride);
}
using nvcuda::wmma::fill_fragment;
using nvcuda::wmma::mma_sync;
using nvcuda::wmma::store_matrix_sync;

#else

namespace precision {
struct tf32 {};
}  // namespace precision
template <class Use, int m, int n, int k, class T, class Layout = void>
struct fragment {
  static constexpr int num_elements = 1;
  float x[1] = {};
};
template <class... Any>
__device__ inline void load_matrix_sync(Any...) {
  __trap();
}
template <class... Any>
__device__ inline void fill_fragment(Any...) {
  __trap();
}
template <class... Any>
__device__ inline void mma_sync(Any...) {
  __trap();
}
template <class... Any>
__device__ inline void store_matrix_sync(Any...) {
  __trap();
}

#endif

}  // namespace breakeven::wmma

#endif
