#pragma once

#include <cublas_v2.h>

#include <cstddef>
#include <cstring>

#include "operations/gemm/problem.h"
#include "operations/implementation.h"

namespace breakeven::cuda_gemm {

/// A dtype as CUDA's libraries name it.
inline cudaDataType cuda_type(Dtype dtype) {
  switch (dtype) {
    case Dtype::f32:
      return CUDA_R_32F;
    case Dtype::f64:
      return CUDA_R_64F;
    case Dtype::bf16:
      return CUDA_R_16BF;
    case Dtype::f16:
      return CUDA_R_16F;
    case Dtype::e4m3:
      return CUDA_R_8F_E4M3;
    case Dtype::e5m2:
      return CUDA_R_8F_E5M2;
    case Dtype::s8:
      return CUDA_R_8I;
    case Dtype::s32:
      break;
  }
  return CUDA_R_32I;
}

/// What cuBLAS is to compute a problem in; with `tf32`, f32 on tensor cores.
inline cublasComputeType_t compute_type(const GemmProblem& p, bool tf32) {
  if (tf32) return CUBLAS_COMPUTE_32F_FAST_TF32;
  switch (p.sum_dtype()) {
    case Dtype::f64:
      return CUBLAS_COMPUTE_64F;
    case Dtype::s32:
      return CUBLAS_COMPUTE_32I;
    default:
      return CUBLAS_COMPUTE_32F;
  }
}

/// alpha or beta, in host memory, in the type that sums have.
class Factor {
 public:
  Factor(const GemmProblem& p, double value) {
    with_type(p.sum_dtype(), [&]<class T>(T) {
      const T typed = static_cast<T>(value);
      std::memcpy(bytes_, &typed, sizeof typed);
    });
  }
  const void* pointer() const { return bytes_; }

 private:
  alignas(8) std::byte bytes_[8] = {};
};

/// Integer tensor cores want rows of whole words (cuBLAS documentation, "cublasLtMatmul", IMMA
/// kernels with regular ordering): N, K and all leading dimensions multiples of 4.
inline Support whole_words(const GemmProblem& p) {
  const bool a_rows = !p.trans_a || p.m % 4 == 0;
  if (p.dtype != Dtype::s8 || (p.n % 4 == 0 && p.k % 4 == 0 && a_rows)) return Support::yes();
  return Support::no("s8 needs N, K and the rows of A in multiples of 4");
}

constexpr std::size_t workspace_bytes = std::size_t{32} << 20;  // NVIDIA's advice for Hopper

inline MathMode tf32_mode(const GemmProblem&) {
  return {.name = "tf32", .input = 0x1p-11, .accumulate = 0};
}

}  // namespace breakeven::cuda_gemm
