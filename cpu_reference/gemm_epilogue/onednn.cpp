// oneDNN's matmul primitive with a bias and the activation as its post-operation: both are applied
// while a part of D is still in registers or cache. Limits: its relu makes 0 of NaN; f32; bf16,
// where the CPU has AVX-512.

#include <memory>

#include "cpu_reference/gemm/onednn_matmul.h"
#include "operations/gemm_epilogue/problem.h"

namespace breakeven::cpu_gemm_epilogue {
namespace {

/// Throws dnnl::error where oneDNN has no such product on this CPU.
dnnl::matmul::primitive_desc describe(const GemmEpilogueProblem& problem) {
  const GemmProblem& p = problem.product;
  dnnl::post_ops after;
  onednn::append(after,
                 problem.activation == Activation::relu ? dnnl::algorithm::eltwise_relu
                                                        : dnnl::algorithm::eltwise_gelu_tanh,
                 0, 0);
  return onednn::matmul(cpu_gemm::onednn_matrices(p.a_dtype(), 1, p.m, p.k, p.trans_a),
                        cpu_gemm::onednn_weights(p),
                        cpu_gemm::onednn_matrices(p.c_dtype(), 1, 1, p.n, false),
                        cpu_gemm::onednn_matrices(p.c_dtype(), 1, p.m, p.n, false), after);
}

Support supports(const GemmEpilogueProblem& problem) {
  const GemmProblem& p = problem.product;
  if (const Support dtype = only(p, {Dtype::f32, Dtype::bf16}); !dtype) return dtype;
  try {
    describe(problem);
  } catch (const dnnl::error&) {
    return Support::no("this oneDNN has no such product of " + std::string(name_of(p.dtype)) +
                       " with an epilogue on this CPU");
  }
  return Support::yes();
}

CpuCall prepare(const GemmEpilogueProblem& problem) {
  const auto matmul = std::make_shared<cpu_gemm::OnednnMatmul>(describe(problem));
  return {[matmul](Tensors tensors) {
    matmul->run(tensors[0].data, tensors[1].data, tensors[2].data, tensors[3].data);
  }};
}

}  // namespace

CpuImplementation<GemmEpilogueProblem> onednn() {
  return {"onednn", Rung::library, true, supports, prepare};
}

}  // namespace breakeven::cpu_gemm_epilogue
