#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "cpu_reference/conv/onednn_conv.h"
#include "operations/implementation.h"

namespace breakeven::cpu_conv {

/// The tensors of a call in one buffer, in oneDNN's layouts.
class PackedTensors {
 public:
  /// Both in the order of the problem's tensors, of which the last is the result.
  PackedTensors(const std::vector<dnnl::memory::desc>& plain,
                const std::vector<dnnl::memory::desc>& packed)
      : result_(plain.size() - 1) {
    for (std::size_t i = 0; i < plain.size(); ++i) {
      plain_.push_back(onednn::unbound(plain[i]));
      packed_.push_back(onednn::unbound(packed[i]));
      offsets_.push_back(offsets_.back() + (packed[i].get_size() + 63) / 64 * 64);
      if (i < result_) in_.emplace_back(plain_[i], packed_[i]);
    }
    out_ = dnnl::reorder(packed_[result_], plain_[result_]);
  }

  std::size_t bytes() const { return offsets_.back(); }

  /// Where a tensor is in the buffer, which comes after those of the problem.
  void* at(std::size_t tensor, Tensors tensors) const {
    return tensors[result_ + 1].as<std::byte>() + offsets_[tensor];
  }

  void pack(Tensors tensors) {
    for (std::size_t i = 0; i < result_; ++i) move(in_[i], i, tensors, plain_[i], packed_[i]);
    fill_with_nan(tensors);
  }

  void unpack(Tensors tensors) { move(out_, result_, tensors, packed_[result_], plain_[result_]); }

 private:
  void move(dnnl::reorder& reorder, std::size_t i, Tensors tensors, dnnl::memory& from,
            dnnl::memory& to) {
    onednn::bind(plain_[i], tensors[i].data);
    onednn::bind(packed_[i], at(i, tensors));
    reorder.execute(onednn::cpu_stream(), from, to);
    onednn::cpu_stream().wait();
  }

  /// All bits set are one in f32 and in bf16.
  void fill_with_nan(Tensors tensors) const {
    auto* first = static_cast<std::byte*>(at(result_, tensors));
    std::fill(first, first + (offsets_[result_ + 1] - offsets_[result_]), std::byte{0xff});
  }

  std::size_t result_;  // its place
  std::vector<dnnl::memory> plain_, packed_;
  std::vector<std::size_t> offsets_{0};  // the last is the buffer's end
  std::vector<dnnl::reorder> in_;
  dnnl::reorder out_;
};

/// A call on tensors in the layouts of oneDNN's choice; packing brings them there, unpacking the
/// result back.
inline CpuCall prepare_onednn_packed(const ConvProblem& p, const OnednnTensors& plain) {
  const auto conv = std::make_shared<OnednnConv>(p, plain.in_any_layout());
  const auto packed = std::make_shared<PackedTensors>(plain.in_order(p.direction), conv->layouts());
  return {.run =
              [conv, packed](Tensors tensors) {
                conv->run([&](std::size_t i) { return packed->at(i, tensors); });
              },
          .packed_bytes = packed->bytes(),
          .pack = [packed](Tensors tensors) { packed->pack(tensors); },
          .unpack = [packed](Tensors tensors) { packed->unpack(tensors); },
          .plan = conv->plan(),
          .workspace_bytes = conv->scratchpad_bytes()};
}

}  // namespace breakeven::cpu_conv
