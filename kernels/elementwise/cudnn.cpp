// cuDNN through its graph API: a graph of one function of elements, which its runtime engine
// compiles once for each problem, in prepare.
// Layout: three axes (1, 1, N), which the engine takes as rows; four would be an image, with the
// channels last and more than one of them.
// Limits: fewer than 2^31 elements; what cuDNN has an engine for on the device.
// Measured: on no card yet. Asked without a GPU, by the properties of T4 to B100, cuDNN 9.19
// compiles relu and its gradient, and for an H100 all functions and dtypes; it was not asked for
// conversions, which are identities from one dtype to another.

#include "kernels/common/cudnn_choice.h"
#include "operations/elementwise/problem.h"
#if BREAKEVEN_CUDNN
#include <utility>
#include <vector>

#include "kernels/common/cudnn_nodes.h"
#include "kernels/elementwise/cudnn_graph.h"

namespace breakeven {
namespace {

/// dx = dy where x > 0, else 0.
CudnnDescriptor relu_backward(const CudnnDescriptor& function, const CudnnDescriptor& dy,
                              const CudnnDescriptor& x, const CudnnDescriptor& dx) {
  CudnnDescriptor made(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);
  made.set(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, function);
  made.set(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, x);
  made.set(CUDNN_ATTR_OPERATION_POINTWISE_DYDESC, dy);
  made.set(CUDNN_ATTR_OPERATION_POINTWISE_DXDESC, dx);
  made.finalize();
  return made;
}

}  // namespace

CudnnGraph cudnn_graph_of(const ElementwiseProblem& p) {
  std::vector<CudnnDescriptor> parts, operations;
  std::vector<std::int64_t> ids;
  for (std::int64_t id = 0; id <= p.inputs(); ++id) {
    const Dtype dtype = id < p.inputs() ? p.input_dtype() : p.output_dtype();
    parts.push_back(cudnn_tensor({id, {1, 1, p.n}, {p.n, p.n, 1}, dtype}));
    ids.push_back(id);
  }
  switch (p.function) {
    case Elementwise::relu:
      parts.push_back(cudnn_function(CUDNN_POINTWISE_RELU_FWD));
      operations.push_back(cudnn_applied(parts[2], parts[0], nullptr, parts[1]));
      break;
    case Elementwise::relu_backward:  // of y, which is positive where x is
      parts.push_back(cudnn_function(CUDNN_POINTWISE_RELU_BWD));
      operations.push_back(relu_backward(parts[3], parts[0], parts[1], parts[2]));
      break;
    case Elementwise::add:
      parts.push_back(cudnn_function(CUDNN_POINTWISE_ADD));
      operations.push_back(cudnn_applied(parts[3], parts[0], &parts[1], parts[2]));
      break;
    case Elementwise::narrow:
    case Elementwise::widen:
      parts.push_back(cudnn_function(CUDNN_POINTWISE_IDENTITY));
      operations.push_back(cudnn_applied(parts[2], parts[0], nullptr, parts[1]));
      break;
  }
  return {p.dtype, std::move(ids), std::move(operations), std::move(parts)};
}

}  // namespace breakeven
#endif

namespace breakeven::cuda_elementwise {
namespace {

Support supports(const ElementwiseProblem& p) {
  if (p.n > cudnn_most_elements)
    return Support::no("cuDNN's tensors have fewer than 2^31 elements");
  return cudnn_supports(p);
}

CudaCall prepare(const ElementwiseProblem& p) { return prepare_cudnn(p); }

}  // namespace

CudaImplementation<ElementwiseProblem> cudnn() {
  return {"cudnn", Rung::library, supports, prepare};
}

}  // namespace breakeven::cuda_elementwise
