// cuDNN through its graph API: an addition of the bias, repeated along the other axes; its runtime
// engine compiles it once for each problem, in prepare.
// Layout: three axes in the order of memory, (N, C, P) or (N, P, C), which it takes as rows.
// Limits: fewer than 2^31 elements. Not the gradient: asked without a GPU, cuDNN 9.19 has no engine
// that sums up to the same bits each time, for no device from T4 to B100.
// Measured: on no card yet. Asked in the same way, it compiles the addition, for an H100 in all
// dtypes and orders.

#include "kernels/common/cudnn_choice.h"
#include "operations/bias/problem.h"
#if BREAKEVEN_CUDNN
#include <utility>
#include <vector>

#include "kernels/bias/cudnn_graph.h"
#include "kernels/common/cudnn_nodes.h"

namespace breakeven {

CudnnGraph cudnn_graph_of(const BiasProblem& p) {
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

}  // namespace breakeven
#endif

namespace breakeven::cuda_bias {
namespace {

Support supports(const BiasProblem& p) {
  if (p.elements() > cudnn_most_elements) {
    return Support::no("cuDNN's tensors have fewer than 2^31 elements");
  }
  if (p.backward) {
    return Support::no("cuDNN's graph API has no engine that sums up to the same bits each time");
  }
  return cudnn_supports(p);
}

CudaCall prepare(const BiasProblem& p) { return prepare_cudnn(p); }

}  // namespace

CudaImplementation<BiasProblem> cudnn() { return {"cudnn", Rung::library, supports, prepare}; }

}  // namespace breakeven::cuda_bias
