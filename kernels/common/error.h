#pragma once

#include <cuda_runtime_api.h>

#include <source_location>
#include <stdexcept>
#include <string>

namespace breakeven {

/// A CUDA call that failed: `what()` has the call, its place and CUDA's own words.
class CudaError : public std::runtime_error {
 public:
  CudaError(cudaError_t code, const std::string& call, const std::source_location& place);

  cudaError_t code() const { return code_; }
  bool out_of_memory() const { return code_ == cudaErrorMemoryAllocation; }

 private:
  cudaError_t code_;
};

/// Throws CudaError unless `code` is cudaSuccess. `call` is what was called, for the message.
void check_cuda(cudaError_t code, const char* call,
                const std::source_location& place = std::source_location::current());

}  // namespace breakeven

/// Makes a call of the CUDA runtime and throws CudaError, naming the call and its place, if it
/// fails.
#define BREAKEVEN_CUDA_CHECK(call) ::breakeven::check_cuda((call), #call)
