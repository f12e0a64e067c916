#pragma once

#include "operations/gemm_epilogue/problem.h"
#include "operations/implementation.h"

namespace breakeven::cpu_gemm_epilogue {

/// D = activation(D + bias) in place, its rows shared out to the threads. D (M, N) and bias (N) are
/// f32.
void apply_epilogue(const GemmEpilogueProblem& problem, float* d, const float* bias);

/// A product by an implementation of GEMM, then a pass over D. Limits: f32, and what that one has.
template <CpuImplementation<GemmProblem> (*multiplied_by)()>
CpuImplementation<GemmEpilogueProblem> with_epilogue_pass() {
  const auto supports = [](const GemmEpilogueProblem& problem) {
    const Support dtype = only(problem.product, {Dtype::f32});
    return dtype ? multiplied_by().supports(problem.product) : dtype;
  };
  const auto prepare = [](const GemmEpilogueProblem& problem) {
    CpuCall call = multiplied_by().prepare(problem.product);
    call.run = [problem, multiply = std::move(call.run)](Tensors tensors) {
      const Tensor product[] = {tensors[0], tensors[1], tensors[3]};
      multiply(product);
      apply_epilogue(problem, tensors[3].as<float>(), tensors[2].as<float>());
    };
    return call;
  };
  const auto row = multiplied_by();
  return {row.name, row.rung, row.threaded, supports, prepare};
}

}  // namespace breakeven::cpu_gemm_epilogue
