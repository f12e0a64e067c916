// oneDNN's pooling primitives on the tensors as they are. Limits: not the gradient of max pooling,
// for which it wants a workspace that its own forward pass has filled.

#include <memory>

#include "cpu_reference/common/onednn_call.h"
#include "operations/pool/problem.h"

namespace breakeven::cpu_pool {
namespace {

/// A window in oneDNN's terms.
struct Window {
  dnnl::memory::dims strides, kernel, before, after;

  explicit Window(const PoolProblem& p) {
    for (const ConvAxis& axis : {p.height, p.width}) {
      strides.push_back(axis.stride);
      kernel.push_back(axis.filter);
      before.push_back(axis.pad_before);
      // What the last window covers, which may be less than there is.
      after.push_back((axis.output() - 1) * axis.stride + axis.filter - axis.input -
                      axis.pad_before);
    }
  }
};

dnnl::memory::desc layout(const PoolProblem& p, std::int64_t h, std::int64_t w) {
  const auto tag = p.channels == ChannelOrder::first ? dnnl::memory::format_tag::nchw
                                                     : dnnl::memory::format_tag::nhwc;
  return {{p.n, p.c, h, w}, dnnl::memory::data_type::f32, tag};
}

/// Throws dnnl::error where oneDNN has no such primitive.
OnednnCall make_call(const PoolProblem& p) {
  const dnnl::memory::desc x = layout(p, p.height.input, p.width.input),
                           y = layout(p, p.height.output(), p.width.output());
  const auto algorithm = p.pool == Pool::max ? dnnl::algorithm::pooling_max
                                             : dnnl::algorithm::pooling_avg_include_padding;
  const auto forward = onednn::pooling(algorithm, x, y, Window(p));
  if (!p.backward) {
    return {dnnl::pooling_forward(forward), {{DNNL_ARG_SRC, x}, {DNNL_ARG_DST, y}}};
  }
  return {dnnl::pooling_backward(onednn::pooling_gradient(algorithm, x, y, Window(p), forward)),
          {{DNNL_ARG_DIFF_DST, y}, {DNNL_ARG_DIFF_SRC, x}}};
}

Support supports(const PoolProblem& p) {
  if (p.backward && p.pool == Pool::max) {
    return Support::no("needs a workspace of oneDNN's own forward pass");
  }
  return onednn_has([&] { make_call(p); }, Dtype::f32);
}

CpuCall prepare(const PoolProblem& p) {
  const auto call = std::make_shared<OnednnCall>(make_call(p));
  return {[call](Tensors tensors) { call->run(tensors); }};
}

}  // namespace

CpuImplementation<PoolProblem> onednn() {
  return {"onednn", Rung::library, true, supports, prepare};
}

}  // namespace breakeven::cpu_pool
