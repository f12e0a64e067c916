#pragma once

#include <cuda_runtime.h>

#ifdef BREAKEVEN_ON_HOST
#include <typeinfo>

#include "kernels/host/block.h"
#endif

namespace breakeven {

/// Shared memory of a thread block, uninitialised. Every kernel obtains it through these two
/// functions and never through __shared__: the same source is also compiled for the host, where a
/// block's shared memory is an allocation of exactly that size.

#ifdef BREAKEVEN_ON_HOST
/// Its address stands for the type: one in the whole program.
template <class T>
inline constexpr char shared_tag = 0;
#endif

/// The block's one object of type T. The type is the object's name: declare a struct for each tile
/// (`struct TileA { float element[BM][BK]; };`), and a second request gives the same object. T
/// needs no constructor; alignas(16) on it allows 16-byte accesses.
template <class T>
__device__ T& static_shared() {
#ifdef BREAKEVEN_ON_HOST
  return *static_cast<T*>(host::Block::executing()->shared().object(&shared_tag<T>, sizeof(T),
                                                                    alignof(T), typeid(T).name()));
#else
  __shared__ T object;
  return object;
#endif
}

/// The block's dynamic shared memory, LaunchShape::dynamic_shared_bytes of it, aligned to 128
/// bytes.
template <class T>
__device__ T* dynamic_shared() {
#ifdef BREAKEVEN_ON_HOST
  return static_cast<T*>(host::Block::executing()->shared().dynamic());
#else
  extern __shared__ __align__(128) unsigned char bytes[];
  return reinterpret_cast<T*>(bytes);
#endif
}

}  // namespace breakeven
