// What changed against onednn: all three tensors are in the layouts that oneDNN chooses (channels
// in blocks of a vector), brought there and back outside the time of a call, as between the layers
// of a network that stays in them. Why: its fastest kernels read vectors of channels. Limits: f32
// and bf16 (with AVX-512); worth it only where neighbouring operations keep those layouts, too.

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>

#include "cpu_reference/conv/onednn_conv.h"
#include "operations/implementation.h"

namespace breakeven::cpu_conv {
namespace {

/// The three tensors of a call in one buffer, in oneDNN's layouts.
class PackedTensors {
 public:
  PackedTensors(const OnednnConv& conv, const std::array<dnnl::memory::desc, 3>& plain) {
    for (std::size_t i = 0; i < 3; ++i) {
      plain_[i] = onednn::unbound(plain[i]);
      packed_[i] = onednn::unbound(conv.layout(i));
      offsets_[i + 1] = offsets_[i] + (conv.layout(i).get_size() + 63) / 64 * 64;
    }
    in_ = {dnnl::reorder(plain_[0], packed_[0]), dnnl::reorder(plain_[1], packed_[1])};
    out_ = dnnl::reorder(packed_[2], plain_[2]);
  }

  std::size_t bytes() const { return offsets_[3]; }

  /// Where a tensor is in the buffer, which comes after those of the problem.
  void* at(std::size_t tensor, Tensors tensors) const {
    return tensors[3].as<std::byte>() + offsets_[tensor];
  }

  void pack(Tensors tensors) {
    for (std::size_t i = 0; i < 2; ++i) move(in_[i], i, tensors, plain_[i], packed_[i]);
    fill_with_nan(tensors);
  }

  void unpack(Tensors tensors) { move(out_, 2, tensors, packed_[2], plain_[2]); }

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
    auto* first = static_cast<std::byte*>(at(2, tensors));
    std::fill(first, first + (offsets_[3] - offsets_[2]), std::byte{0xff});
  }

  std::array<dnnl::memory, 3> plain_, packed_;
  std::array<std::size_t, 4> offsets_{};
  std::array<dnnl::reorder, 2> in_;
  dnnl::reorder out_;
};

CpuCall prepare(const ConvProblem& p) {
  const auto conv = std::make_shared<OnednnConv>(p, OnednnTensors::any(p));
  const auto packed =
      std::make_shared<PackedTensors>(*conv, OnednnTensors(p).in_order(p.direction));
  return {.run =
              [conv, packed](Tensors tensors) {
                conv->run(packed->at(0, tensors), packed->at(1, tensors), packed->at(2, tensors));
              },
          .packed_bytes = packed->bytes(),
          .pack = [packed](Tensors tensors) { packed->pack(tensors); },
          .unpack = [packed](Tensors tensors) { packed->unpack(tensors); },
          .plan = conv->plan(),
          .workspace_bytes = conv->scratchpad_bytes()};
}

}  // namespace

CpuImplementation<ConvProblem> onednn_packed() {
  return {"onednn_packed", Rung::library, true, onednn_supports, prepare};
}

}  // namespace breakeven::cpu_conv
