// cuDNN through its graph API: an addition of the bias, repeated along the other axes, or a sum
// over images and places; its runtime engine compiles either once for each problem, in prepare.
// Layout: an addition has three axes in the order of memory, (N, C, P) or (N, P, C), which the
// engine takes as rows; a sum has the image (N, C, P, 1) with the channels last, the only order in
// which the engine sums up all but the channels.
// Limits: fewer than 2^31 elements; the gradient in f32 (cuDNN writes sums as f32 alone), with the
// channels last or of one place, where both orders are one, and with the same bits each time.
// Measured: on no card yet. Asked without a GPU, by the properties of T4 to B100, cuDNN 9.19
// compiles the addition, for an H100 in all dtypes and orders; the sum it does not compile with the
// same bits each time (without, for an H100, it does), so that the gradient is refused there.

#include "kernels/common/cudnn_choice.h"
#include "operations/bias/problem.h"
#if BREAKEVEN_CUDNN
#include <utility>
#include <vector>

#include "kernels/bias/cudnn_graph.h"
#include "kernels/common/cudnn_nodes.h"

namespace breakeven {
namespace {

CudnnGraph addition_of(const BiasProblem& p) {
  const std::int64_t n = p.n, c = p.c, places = p.places;
  const auto whole = [&](std::int64_t id) {
    if (p.channels_last) {
      return cudnn_tensor({id, {n, places, c}, {c * places, c, 1}, p.dtype});
    }
    return cudnn_tensor({id, {n, c, places}, {c * places, places, 1}, p.dtype});
  };
  enum Part { x, b, y, add };
  std::vector<CudnnDescriptor> parts, operations;
  parts.push_back(whole(x));
  parts.push_back(p.channels_last ? cudnn_tensor({b, {1, 1, c}, {c, c, 1}, p.dtype})
                                  : cudnn_tensor({b, {1, c, 1}, {c, 1, 1}, p.dtype}));
  parts.push_back(whole(y));
  parts.push_back(cudnn_function(CUDNN_POINTWISE_ADD));
  operations.push_back(cudnn_applied(parts[add], parts[x], &parts[b], parts[y]));
  return {p.dtype, {x, b, y}, std::move(operations), std::move(parts)};
}

CudnnGraph sum_of(const BiasProblem& p) {
  enum Part { dy, db, sum };
  std::vector<CudnnDescriptor> parts, operations;
  parts.push_back(
      cudnn_tensor({dy, {p.n, p.c, p.places, 1}, {p.c * p.places, 1, p.c, p.c}, p.dtype}));
  parts.push_back(cudnn_tensor({db, {1, p.c, 1, 1}, {p.c, 1, p.c, p.c}, p.dtype}));
  CudnnDescriptor reduction(CUDNN_BACKEND_REDUCTION_DESCRIPTOR);
  reduction.set(CUDNN_ATTR_REDUCTION_OPERATOR, CUDNN_TYPE_REDUCTION_OPERATOR_TYPE,
                CUDNN_REDUCE_TENSOR_ADD);
  reduction.set(CUDNN_ATTR_REDUCTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT);
  reduction.set(CUDNN_ATTR_REDUCTION_IS_DETERMINISTIC, CUDNN_TYPE_BOOLEAN, true);
  reduction.finalize();
  parts.push_back(std::move(reduction));
  CudnnDescriptor operation(CUDNN_BACKEND_OPERATION_REDUCTION_DESCRIPTOR);
  operation.set(CUDNN_ATTR_OPERATION_REDUCTION_XDESC, parts[dy]);
  operation.set(CUDNN_ATTR_OPERATION_REDUCTION_YDESC, parts[db]);
  operation.set(CUDNN_ATTR_OPERATION_REDUCTION_DESC, parts[sum]);
  operation.finalize();
  operations.push_back(std::move(operation));
  return {p.dtype, {dy, db}, std::move(operations), std::move(parts)};
}

}  // namespace

CudnnGraph cudnn_graph_of(const BiasProblem& p) { return p.backward ? sum_of(p) : addition_of(p); }

}  // namespace breakeven
#endif

namespace breakeven::cuda_bias {
namespace {

Support supports(const BiasProblem& p) {
  if (p.elements() > cudnn_most_elements) {
    return Support::no("cuDNN's tensors have fewer than 2^31 elements");
  }
  if (p.backward && p.dtype != Dtype::f32) {
    return Support::no("cuDNN's graph API writes sums as f32, db is " +
                       std::string(name_of(p.dtype)));
  }
  if (p.backward && !p.channels_last && p.places > 1) {
    return Support::no("cuDNN's graph API sums up images and places with the channels last alone");
  }
  return cudnn_supports(p);
}

CudaCall prepare(const BiasProblem& p) { return prepare_cudnn(p); }

}  // namespace

CudaImplementation<BiasProblem> cudnn() { return {"cudnn", Rung::library, supports, prepare}; }

}  // namespace breakeven::cuda_bias
