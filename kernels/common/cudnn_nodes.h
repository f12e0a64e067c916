#pragma once

#include <cstdint>
#include <vector>

#include "kernels/common/cudnn_graph.h"
#include "operations/dtype.h"

namespace breakeven {

/// What a tensor of a graph is. Strides are in elements. An image's extents are (N, C, axes…) in
/// that order whatever lies next to what in memory; those of functions of elements may be in the
/// order of memory.
struct CudnnTensor {
  enum class Place {
    memory,  // a tensor of the call
    inner,   // in no memory: from one operation to the next
    value,   // one number of the host, which the graph keeps
  };

  std::int64_t id;
  std::vector<std::int64_t> extents, strides;
  Dtype dtype = Dtype::f32;
  Place place = Place::memory;
};

/// The finalised description of a tensor.
CudnnDescriptor cudnn_tensor(const CudnnTensor& tensor);

/// The finalised description of what becomes of each element, in f32; relu keeps NaN.
CudnnDescriptor cudnn_function(cudnnPointwiseMode_t mode);

/// The finalised operation y = f(x), or f(x, b) where there is a b, which is repeated along axes
/// that it has one element of.
CudnnDescriptor cudnn_applied(const CudnnDescriptor& function, const CudnnDescriptor& x,
                              const CudnnDescriptor* b, const CudnnDescriptor& y);

}  // namespace breakeven
