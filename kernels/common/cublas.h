#pragma once

#include <cublas_v2.h>

#include <string>

#include "kernels/common/source_place.h"

namespace breakeven {

/// cuBLAS, opened at run time: its functions by their own names.
struct Cublas {
  std::string missing;  // why it cannot be used; empty if it can
  std::string path;     // the shared object

  decltype(::cublasCreate_v2)* create = nullptr;
  decltype(::cublasDestroy_v2)* destroy = nullptr;
  decltype(::cublasSetStream_v2)* set_stream = nullptr;
  decltype(::cublasSetWorkspace_v2)* set_workspace = nullptr;
  decltype(::cublasSetMathMode)* set_math_mode = nullptr;
  decltype(::cublasGemmEx_64)* gemm = nullptr;
  decltype(::cublasGemmStridedBatchedEx_64)* gemm_strided_batched = nullptr;
  decltype(::cublasGetProperty)* get_property = nullptr;
  decltype(::cublasGetStatusName)* get_status_name = nullptr;
  decltype(::cublasGetStatusString)* get_status_string = nullptr;
};

/// Opens cuBLAS (of the major version compiled against) at the first call: up to seconds.
const Cublas& cublas();

/// Throws unless `status` is success: CudaError where memory ran out, std::runtime_error otherwise,
/// naming the call and its place.
void check_cublas(cublasStatus_t status, const char* call, SourcePlace place = SourcePlace::here());

}  // namespace breakeven
