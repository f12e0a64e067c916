#pragma once

#include <cublasLt.h>

#include <string>

namespace breakeven {

/// cuBLASLt, opened at run time: its functions by their own names.
struct CublasLt {
  std::string missing;  // why it cannot be used; empty if it can
  std::string path;     // the shared object

  decltype(::cublasLtCreate)* create = nullptr;
  decltype(::cublasLtDestroy)* destroy = nullptr;
  decltype(::cublasLtMatmulDescCreate)* desc_create = nullptr;
  decltype(::cublasLtMatmulDescDestroy)* desc_destroy = nullptr;
  decltype(::cublasLtMatmulDescSetAttribute)* desc_set = nullptr;
  decltype(::cublasLtMatrixLayoutCreate)* layout_create = nullptr;
  decltype(::cublasLtMatrixLayoutDestroy)* layout_destroy = nullptr;
  decltype(::cublasLtMatrixLayoutSetAttribute)* layout_set = nullptr;
  decltype(::cublasLtMatmulPreferenceCreate)* preference_create = nullptr;
  decltype(::cublasLtMatmulPreferenceDestroy)* preference_destroy = nullptr;
  decltype(::cublasLtMatmulPreferenceSetAttribute)* preference_set = nullptr;
  decltype(::cublasLtMatmulAlgoGetHeuristic)* heuristic = nullptr;
  decltype(::cublasLtMatmulAlgoConfigGetAttribute)* algorithm_get = nullptr;
  decltype(::cublasLtMatmul)* matmul = nullptr;
};

/// Opens cuBLASLt (of the major version compiled against) at the first call: up to seconds.
/// check_cublas (cublas.h) checks what its functions return.
const CublasLt& cublaslt();

}  // namespace breakeven
