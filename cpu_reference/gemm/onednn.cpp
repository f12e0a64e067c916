// oneDNN's matmul primitive on the matrices as they are. What it rearranges is in its time.
// Limits: f32; bf16, where the CPU has AVX-512; s8, whose sums are s32. Its f16 and fp8 do not
// exist on a CPU: cases of those pair with the fastest f32 or bf16.

#include <memory>

#include "cpu_reference/gemm/onednn_matmul.h"

namespace breakeven::cpu_gemm {
namespace {

CpuCall prepare(const GemmProblem& problem) {
  const auto matmul =
      std::make_shared<OnednnMatmul>(onednn_product(problem, onednn_weights(problem)));
  return {[matmul](Tensors tensors) {
    matmul->run(tensors[0].data, tensors[1].data, tensors[2].data);
  }};
}

}  // namespace

CpuImplementation<GemmProblem> onednn() {
  return {"onednn", Rung::library, true, onednn_supports, prepare};
}

}  // namespace breakeven::cpu_gemm
