// oneDNN's binary primitive with a repeated second argument, and its reduction primitive. Limits:
// f32 and bf16.

#include <memory>

#include "cpu_reference/common/onednn_call.h"
#include "operations/bias/problem.h"

namespace breakeven::cpu_bias {
namespace {

/// Throws dnnl::error where oneDNN has no such primitive.
OnednnCall make_call(const BiasProblem& p) {
  using Tag = dnnl::memory::format_tag;
  const auto type =
      p.dtype == Dtype::bf16 ? dnnl::memory::data_type::bf16 : dnnl::memory::data_type::f32;
  const dnnl::memory::desc whole({p.n, p.c, p.places}, type, p.channels_last ? Tag::acb : Tag::abc);
  const dnnl::memory::desc channels({1, p.c, 1}, type, Tag::abc);
  if (p.backward) {
    return {dnnl::reduction(onednn::reduction(dnnl::algorithm::reduction_sum, whole, channels)),
            {{DNNL_ARG_SRC, whole}, {DNNL_ARG_DST, channels}}};
  }
  return {dnnl::binary(onednn::binary(dnnl::algorithm::binary_add, whole, channels, whole)),
          {{DNNL_ARG_SRC_0, whole}, {DNNL_ARG_SRC_1, channels}, {DNNL_ARG_DST, whole}}};
}

Support supports(const BiasProblem& p) {
  if (p.dtype == Dtype::f16) return Support::no("computes f32 and bf16 only");
  return onednn_has([&] { make_call(p); }, p.dtype);
}

CpuCall prepare(const BiasProblem& p) {
  const auto call = std::make_shared<OnednnCall>(make_call(p));
  return {[call](Tensors tensors) { call->run(tensors); }};
}

}  // namespace

CpuImplementation<BiasProblem> onednn() {
  return {"onednn", Rung::library, true, supports, prepare};
}

}  // namespace breakeven::cpu_bias
