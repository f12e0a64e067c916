// oneDNN's convolution primitives on the tensors as they are. What it rearranges is in its time.
// Limits: f32; bf16, where the CPU has AVX-512. Its f16 does not exist on a CPU.

#include <memory>
#include <string>

#include "cpu_reference/conv/onednn_conv.h"
#include "operations/implementation.h"

namespace breakeven::cpu_conv {
namespace {

Support supports(const ConvProblem& p) {
  if (Support dtype = only(p, {Dtype::f32, Dtype::bf16}); !dtype) return dtype;
  try {
    OnednnConv::plain(p);
  } catch (const dnnl::error&) {
    return Support::no("this oneDNN has no such convolution of " + std::string(name_of(p.dtype)) +
                       " on this CPU");
  }
  return Support::yes();
}

CpuCall prepare(const ConvProblem& p) {
  const auto conv = std::make_shared<OnednnConv>(OnednnConv::plain(p));
  CpuCall call;
  call.run = [conv](Tensors tensors) {
    conv->run(tensors[0].data, tensors[1].data, tensors[2].data);
  };
  call.plan = conv->plan();
  return call;
}

}  // namespace

CpuImplementation<ConvProblem> onednn() {
  return {"onednn", Rung::library, true, supports, prepare};
}

}  // namespace breakeven::cpu_conv
