#include "kernels/common/cublaslt.h"

#include "kernels/common/cuda_library.h"

namespace breakeven {
namespace {

CublasLt open() {
  CudaLibrary library("libcublasLt.so." + std::to_string(CUBLAS_VER_MAJOR));
  CublasLt functions;
  library.load(functions.create, "cublasLtCreate");
  library.load(functions.destroy, "cublasLtDestroy");
  library.load(functions.desc_create, "cublasLtMatmulDescCreate");
  library.load(functions.desc_destroy, "cublasLtMatmulDescDestroy");
  library.load(functions.desc_set, "cublasLtMatmulDescSetAttribute");
  library.load(functions.layout_create, "cublasLtMatrixLayoutCreate");
  library.load(functions.layout_destroy, "cublasLtMatrixLayoutDestroy");
  library.load(functions.layout_set, "cublasLtMatrixLayoutSetAttribute");
  library.load(functions.preference_create, "cublasLtMatmulPreferenceCreate");
  library.load(functions.preference_destroy, "cublasLtMatmulPreferenceDestroy");
  library.load(functions.preference_set, "cublasLtMatmulPreferenceSetAttribute");
  library.load(functions.heuristic, "cublasLtMatmulAlgoGetHeuristic");
  library.load(functions.algorithm_get, "cublasLtMatmulAlgoConfigGetAttribute");
  library.load(functions.matmul, "cublasLtMatmul");
  functions.missing = library.missing();
  functions.path = library.path();
  return functions;
}

}  // namespace

const CublasLt& cublaslt() {
  static const CublasLt functions = open();
  return functions;
}

}  // namespace breakeven
