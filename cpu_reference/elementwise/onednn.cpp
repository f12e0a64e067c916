// oneDNN's eltwise and binary primitives; relu's gradient from its result. Limits: f32 and bf16.

#include "cpu_reference/common/onednn.h"

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "operations/elementwise/problem.h"
#include "operations/implementation.h"

namespace breakeven::cpu_elementwise {
namespace {

/// A primitive on two or three tensors of the same size.
class OnednnElementwise {
 public:
  /// Throws dnnl::error where oneDNN has no such primitive.
  explicit OnednnElementwise(const ElementwiseProblem& p) {
    const auto type =
        p.dtype == Dtype::bf16 ? dnnl::memory::data_type::bf16 : dnnl::memory::data_type::f32;
    const dnnl::memory::desc line({p.n}, type, dnnl::memory::format_tag::a);
    constexpr auto relu = dnnl::algorithm::eltwise_relu_use_dst_for_bwd;
    switch (p.function) {
      case Elementwise::relu:
        primitive_ = dnnl::eltwise_forward(onednn::eltwise(relu, line));
        arguments_ = {DNNL_ARG_SRC, DNNL_ARG_DST};
        break;
      case Elementwise::relu_backward:
        primitive_ = dnnl::eltwise_backward(onednn::eltwise_gradient(relu, line));
        arguments_ = {DNNL_ARG_DIFF_DST, DNNL_ARG_DST, DNNL_ARG_DIFF_SRC};
        break;
      case Elementwise::add:
        primitive_ = dnnl::binary(onednn::binary(dnnl::algorithm::binary_add, line, line, line));
        arguments_ = {DNNL_ARG_SRC_0, DNNL_ARG_SRC_1, DNNL_ARG_DST};
        break;
    }
    for (const int argument : arguments_) {
      memories_.push_back(onednn::unbound(line));
      bound_.emplace(argument, memories_.back());
    }
  }

  void run(Tensors tensors) {
    for (std::size_t i = 0; i < memories_.size(); ++i) onednn::bind(memories_[i], tensors[i].data);
    primitive_.execute(onednn::cpu_stream(), bound_);
    onednn::cpu_stream().wait();
  }

 private:
  dnnl::primitive primitive_;
  std::vector<int> arguments_;
  std::vector<dnnl::memory> memories_;
  std::unordered_map<int, dnnl::memory> bound_;  // refers to the same memory objects
};

Support supports(const ElementwiseProblem& p) {
  if (p.dtype == Dtype::f16) return Support::no("computes f32 and bf16 only");
  try {
    const OnednnElementwise made(p);
  } catch (const dnnl::error&) {
    return Support::no("this oneDNN has no such primitive of " + std::string(name_of(p.dtype)) +
                       " on this CPU");
  }
  return Support::yes();
}

CpuCall prepare(const ElementwiseProblem& p) {
  const auto made = std::make_shared<OnednnElementwise>(p);
  return {[made](Tensors tensors) { made->run(tensors); }};
}

}  // namespace

CpuImplementation<ElementwiseProblem> onednn() {
  return {"onednn", Rung::library, true, supports, prepare};
}

}  // namespace breakeven::cpu_elementwise
