#include "kernels/common/error.h"

namespace breakeven {
namespace {

std::string describe(cudaError_t code, const std::string& call, SourcePlace place) {
  return call + " at " + place.text() + ": " + cudaGetErrorString(code) + " (" +
         cudaGetErrorName(code) + ")";
}

}  // namespace

CudaError::CudaError(cudaError_t code, const std::string& call, SourcePlace place)
    : std::runtime_error(describe(code, call, place)), code_(code) {}

void check_cuda(cudaError_t code, const char* call, SourcePlace place) {
  if (code == cudaSuccess) return;
  // An error that does not outlive its call would otherwise be met again by the next one.
  cudaGetLastError();
  throw CudaError(code, call, place);
}

}  // namespace breakeven
