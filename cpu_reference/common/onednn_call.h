#pragma once

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cpu_reference/common/onednn.h"
#include "operations/implementation.h"

namespace breakeven {

/// A primitive of oneDNN on tensors as they are. All objects are made here; `run` points them at
/// the tensors.
class OnednnCall {
 public:
  /// What it calls an argument (DNNL_ARG_SRC), and how that tensor lies in memory.
  using Argument = std::pair<int, dnnl::memory::desc>;

  /// `arguments` in the order of the problem's tensors.
  OnednnCall(dnnl::primitive primitive, const std::vector<Argument>& arguments)
      : primitive_(std::move(primitive)) {
    for (const auto& [argument, layout] : arguments) {
      memories_.push_back(onednn::unbound(layout));
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
  std::vector<dnnl::memory> memories_;
  std::unordered_map<int, dnnl::memory> bound_;  // refers to the same memory objects
};

/// Whether `make()`, which makes an OnednnCall, finds its primitive.
template <class Make>
Support onednn_has(Make make, Dtype dtype) {
  try {
    make();
  } catch (const dnnl::error&) {
    return Support::no("this oneDNN has no such primitive of " + std::string(name_of(dtype)) +
                       " on this CPU");
  }
  return Support::yes();
}

}  // namespace breakeven
