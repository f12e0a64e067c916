// oneDNN's binary primitive with a repeated second argument, and its reduction primitive. Limits:
// f32 and bf16.

#include "cpu_reference/common/onednn.h"

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "operations/bias/problem.h"
#include "operations/implementation.h"

namespace breakeven::cpu_bias {
namespace {

/// Either primitive on x (or dy), b (or db) and y.
class OnednnBias {
 public:
  /// Throws dnnl::error where oneDNN has no such primitive.
  explicit OnednnBias(const BiasProblem& p) {
    using Tag = dnnl::memory::format_tag;
    const auto type =
        p.dtype == Dtype::bf16 ? dnnl::memory::data_type::bf16 : dnnl::memory::data_type::f32;
    const dnnl::memory::desc whole({p.n, p.c, p.places}, type,
                                   p.channels_last ? Tag::acb : Tag::abc);
    const dnnl::memory::desc channels({1, p.c, 1}, type, Tag::abc);
    if (p.backward) {
      primitive_ =
          dnnl::reduction(onednn::reduction(dnnl::algorithm::reduction_sum, whole, channels));
      add(DNNL_ARG_SRC, whole);
      add(DNNL_ARG_DST, channels);
    } else {
      primitive_ =
          dnnl::binary(onednn::binary(dnnl::algorithm::binary_add, whole, channels, whole));
      add(DNNL_ARG_SRC_0, whole);
      add(DNNL_ARG_SRC_1, channels);
      add(DNNL_ARG_DST, whole);
    }
  }

  void run(Tensors tensors) {
    for (std::size_t i = 0; i < memories_.size(); ++i) onednn::bind(memories_[i], tensors[i].data);
    primitive_.execute(onednn::cpu_stream(), bound_);
    onednn::cpu_stream().wait();
  }

 private:
  void add(int argument, const dnnl::memory::desc& layout) {
    memories_.push_back(onednn::unbound(layout));
    bound_.emplace(argument, memories_.back());
  }

  dnnl::primitive primitive_;
  std::vector<dnnl::memory> memories_;
  std::unordered_map<int, dnnl::memory> bound_;  // refers to the same memory objects
};

Support supports(const BiasProblem& p) {
  if (p.dtype == Dtype::f16) return Support::no("computes f32 and bf16 only");
  try {
    const OnednnBias made(p);
  } catch (const dnnl::error&) {
    return Support::no("this oneDNN has no such primitive of " + std::string(name_of(p.dtype)) +
                       " on this CPU");
  }
  return Support::yes();
}

CpuCall prepare(const BiasProblem& p) {
  const auto made = std::make_shared<OnednnBias>(p);
  return {[made](Tensors tensors) { made->run(tensors); }};
}

}  // namespace

CpuImplementation<BiasProblem> onednn() {
  return {"onednn", Rung::library, true, supports, prepare};
}

}  // namespace breakeven::cpu_bias
