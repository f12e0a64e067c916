// cuDNN through its graph API, the engine chosen in prepare, within a workspace of 256 MiB. cudnn
// takes the first that the library's heuristic proposes, cudnn_searched the fastest of the first 16
// that it proposes, timed in prepare; the difference is what the heuristic costs. The _tf32 rows
// compute f32 on tensor cores. cudnn_deterministic sums dw in the same order each time.
// Limits: f32, bf16, f16; no engines that round otherwise (FFT, Winograd, narrower inputs or sums).

#include "kernels/common/cudnn_choice.h"
#include "operations/conv/problem.h"
#if BREAKEVEN_CUDNN
#include "kernels/conv/cudnn_conv.h"
#endif

namespace breakeven::cuda_conv {
namespace {

constexpr CudnnChoice deterministic{.deterministic = true};

template <CudnnChoice choice>
Support supports(const ConvProblem& p) {
  if (choice.tf32 && p.dtype != Dtype::f32) return only(p, {Dtype::f32});
  if (choice.deterministic && p.direction != Direction::wgrad) {
    return Support::no("is for wgrad, whose sums are the ones that may be split");
  }
  if (const Support dtype = only(p, {Dtype::f32, Dtype::bf16, Dtype::f16}); !dtype) return dtype;
  return cudnn_supports(p, choice);
}

template <CudnnChoice choice>
CudaCall prepare(const ConvProblem& p) {
  return prepare_cudnn(p, choice);
}

MathMode tf32_mode(const ConvProblem&) { return {.name = "tf32", .input = 0x1p-11}; }

}  // namespace

CudaImplementation<ConvProblem> cudnn() {
  return {"cudnn", Rung::library, supports<cudnn_first>, prepare<cudnn_first>};
}

CudaImplementation<ConvProblem> cudnn_searched() {
  return {"cudnn_searched", Rung::library, supports<cudnn_fastest>, prepare<cudnn_fastest>};
}

CudaImplementation<ConvProblem> cudnn_deterministic() {
  return {"cudnn_deterministic", Rung::library, supports<deterministic>, prepare<deterministic>};
}

CudaImplementation<ConvProblem> cudnn_tf32() {
  return {"cudnn_tf32", Rung::library, supports<cudnn_first_in_tf32>, prepare<cudnn_first_in_tf32>,
          tf32_mode};
}

CudaImplementation<ConvProblem> cudnn_tf32_searched() {
  return {"cudnn_tf32_searched", Rung::library, supports<cudnn_fastest_in_tf32>,
          prepare<cudnn_fastest_in_tf32>, tf32_mode};
}

}  // namespace breakeven::cuda_conv
