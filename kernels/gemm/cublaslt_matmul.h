#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kernels/common/cublaslt.h"
#include "kernels/gemm/cuda_types.h"
#include "operations/gemm/problem.h"
#include "operations/implementation.h"

namespace breakeven::cuda_gemm {

/// What cuBLASLt does to a product before it writes it.
enum class Epilogue { none, bias_relu, bias_gelu };

/// A GEMM described to cuBLASLt: row-major matrices as the transposed column-major ones, so that
/// its first operand is B. With a bias, which has N elements of C's dtype, relu or gelu(A·B +
/// bias). Throws std::runtime_error or CudaError, the failing call named.
class CublasLtMatmul {
 public:
  CublasLtMatmul(const GemmProblem& problem, bool tf32, Epilogue epilogue = Epilogue::none);

  /// Algorithms that cuBLASLt's heuristic proposes for `workspace_bytes`, the most promising first;
  /// none where it has no kernel for the problem.
  std::vector<cublasLtMatmulAlgo_t> algorithms(int most) const;

  /// Enqueues the product; `workspace` has `workspace_bytes`.
  void run(const cublasLtMatmulAlgo_t& algorithm, const void* a, const void* b, const void* bias,
           void* c, void* workspace, Stream stream) const;

  /// "algorithm 66, tile 20, stages 12, split-K 1".
  static std::string description(const cublasLtMatmulAlgo_t& algorithm);

 private:
  struct Destroy {
    void operator()(cublasLtContext* handle) const { breakeven::cublaslt().destroy(handle); }
    void operator()(cublasLtMatmulDescOpaque_t* desc) const {
      breakeven::cublaslt().desc_destroy(desc);
    }
    void operator()(cublasLtMatrixLayoutOpaque_t* layout) const {
      breakeven::cublaslt().layout_destroy(layout);
    }
  };
  using Layout = std::unique_ptr<cublasLtMatrixLayoutOpaque_t, Destroy>;
  Layout layout(Dtype dtype, std::int64_t rows, std::int64_t columns) const;

  const CublasLt& library_ = breakeven::cublaslt();
  GemmProblem problem_;
  Epilogue epilogue_;
  Factor alpha_, beta_;
  std::unique_ptr<cublasLtContext, Destroy> handle_;
  std::unique_ptr<cublasLtMatmulDescOpaque_t, Destroy> desc_;
  Layout a_, b_, c_;
};

/// What cuBLASLt documents of its kernels, and what its heuristic says.
Support cublaslt_supports(const GemmProblem& p, bool tf32, Epilogue epilogue = Epilogue::none);

/// fp8 tensor cores keep about 14 bits of a sum.
MathMode cublaslt_math_mode(const GemmProblem& p);

/// A prepared call: the heuristic's first algorithm, or with `searched` the fastest of those it
/// proposes, timed here on tensors of the problem's size. The tensors are A, B, C, with a bias
/// before C where the epilogue has one.
CudaCall prepare_cublaslt(const GemmProblem& p, bool tf32, bool searched,
                          Epilogue epilogue = Epilogue::none);

}  // namespace breakeven::cuda_gemm
