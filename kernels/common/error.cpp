#include "kernels/common/error.h"

namespace breakeven {
namespace {

std::string describe(cudaError_t code, const std::string& call, const std::source_location& place) {
  return call + " at " + place.file_name() + ":" + std::to_string(place.line()) + ": " +
         cudaGetErrorString(code) + " (" + cudaGetErrorName(code) + ")";
}

}  // namespace

CudaError::CudaError(cudaError_t code, const std::string& call, const std::source_location& place)
    : std::runtime_error(describe(code, call, place)), code_(code) {}

void check_cuda(cudaError_t code, const char* call, const std::source_location& place) {
  if (code == cudaSuccess) return;
  // An error that does not outlive its call would otherwise be met again by the next one.
  cudaGetLastError();
  throw CudaError(code, call, place);
}

}  // namespace breakeven
