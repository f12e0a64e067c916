#include "kernels/common/cublas.h"

#include <stdexcept>

#include "kernels/common/cuda_library.h"
#include "kernels/common/error.h"

namespace breakeven {
namespace {

Cublas open() {
  CudaLibrary library("libcublas.so." + std::to_string(CUBLAS_VER_MAJOR));
  Cublas functions;
  library.load(functions.create, "cublasCreate_v2");
  library.load(functions.destroy, "cublasDestroy_v2");
  library.load(functions.set_stream, "cublasSetStream_v2");
  library.load(functions.set_workspace, "cublasSetWorkspace_v2");
  library.load(functions.set_math_mode, "cublasSetMathMode");
  library.load(functions.gemm, "cublasGemmEx_64");
  library.load(functions.gemm_strided_batched, "cublasGemmStridedBatchedEx_64");
  library.load(functions.get_property, "cublasGetProperty");
  library.load(functions.get_status_name, "cublasGetStatusName");
  library.load(functions.get_status_string, "cublasGetStatusString");
  functions.missing = library.missing();
  functions.path = library.path();
  return functions;
}

}  // namespace

const Cublas& cublas() {
  static const Cublas functions = open();
  return functions;
}

void check_cublas(cublasStatus_t status, const char* call, SourcePlace place) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  if (status == CUBLAS_STATUS_ALLOC_FAILED) throw CudaError(cudaErrorMemoryAllocation, call, place);
  throw std::runtime_error(std::string(call) + " at " + place.text() + ": " +
                           cublas().get_status_string(status) + " (" +
                           cublas().get_status_name(status) + ")");
}

}  // namespace breakeven
