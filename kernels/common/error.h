#pragma once

#include <cuda_runtime_api.h>

#include <stdexcept>
#include <string>

#include "kernels/common/source_place.h"

namespace breakeven {

/// A CUDA call that failed: `what()` has the call, its place and CUDA's own words.
class CudaError : public std::runtime_error {
 public:
  CudaError(cudaError_t code, const std::string& call, SourcePlace place);

  cudaError_t code() const { return code_; }
  bool out_of_memory() const { return code_ == cudaErrorMemoryAllocation; }

 private:
  cudaError_t code_;
};

/// Throws CudaError unless `code` is cudaSuccess. `call` is what was called, for the message.
void check_cuda(cudaError_t code, const char* call, SourcePlace place = SourcePlace::here());

}  // namespace breakeven

/// Makes a call of the CUDA runtime and throws CudaError, naming the call and its place, if it
/// fails.
#define BREAKEVEN_CUDA_CHECK(call) ::breakeven::check_cuda((call), #call)
