// oneDNN's eltwise, binary and reorder primitives; relu's gradient from its result. Limits: f32 and
// bf16.

#include <memory>

#include "cpu_reference/common/onednn_call.h"
#include "operations/elementwise/problem.h"

namespace breakeven::cpu_elementwise {
namespace {

/// Throws dnnl::error where oneDNN has no such primitive.
OnednnCall make_call(const ElementwiseProblem& p) {
  const auto type =
      p.dtype == Dtype::bf16 ? dnnl::memory::data_type::bf16 : dnnl::memory::data_type::f32;
  const dnnl::memory::desc line({p.n}, type, dnnl::memory::format_tag::a);
  constexpr auto relu = dnnl::algorithm::eltwise_relu_use_dst_for_bwd;
  switch (p.function) {
    case Elementwise::relu:
      return {dnnl::eltwise_forward(onednn::eltwise(relu, line)),
              {{DNNL_ARG_SRC, line}, {DNNL_ARG_DST, line}}};
    case Elementwise::relu_backward:
      return {dnnl::eltwise_backward(onednn::eltwise_gradient(relu, line)),
              {{DNNL_ARG_DIFF_DST, line}, {DNNL_ARG_DST, line}, {DNNL_ARG_DIFF_SRC, line}}};
    case Elementwise::narrow:
    case Elementwise::widen: {
      constexpr auto f32 = dnnl::memory::data_type::f32;
      const bool narrows = p.function == Elementwise::narrow;
      const dnnl::memory::desc wide({p.n}, f32, dnnl::memory::format_tag::a);
      const auto &from = narrows ? wide : line, &to = narrows ? line : wide;
      return {dnnl::reorder(dnnl::reorder::primitive_desc(onednn::cpu_engine(), from,
                                                          onednn::cpu_engine(), to)),
              {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}}};
    }
    case Elementwise::add:
      break;
  }
  return {dnnl::binary(onednn::binary(dnnl::algorithm::binary_add, line, line, line)),
          {{DNNL_ARG_SRC_0, line}, {DNNL_ARG_SRC_1, line}, {DNNL_ARG_DST, line}}};
}

Support supports(const ElementwiseProblem& p) {
  if (p.dtype == Dtype::f16) return Support::no("computes f32 and bf16 only");
  return onednn_has([&] { make_call(p); }, p.dtype);
}

CpuCall prepare(const ElementwiseProblem& p) {
  const auto call = std::make_shared<OnednnCall>(make_call(p));
  return {[call](Tensors tensors) { call->run(tensors); }};
}

}  // namespace

CpuImplementation<ElementwiseProblem> onednn() {
  return {"onednn", Rung::library, true, supports, prepare};
}

}  // namespace breakeven::cpu_elementwise
