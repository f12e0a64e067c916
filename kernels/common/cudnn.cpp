#if BREAKEVEN_CUDNN
#include "kernels/common/cudnn.h"

#include "kernels/common/cuda_library.h"
#include "kernels/common/error.h"

namespace breakeven {
namespace {

Cudnn open() {
  CudaLibrary library("libcudnn.so." + std::to_string(CUDNN_MAJOR));
  Cudnn functions;
  library.load(functions.get_version, "cudnnGetVersion");
  library.load(functions.get_error_string, "cudnnGetErrorString");
  library.load(functions.get_last_error_string, "cudnnGetLastErrorString");
  library.load(functions.create, "cudnnCreate");
  library.load(functions.set_stream, "cudnnSetStream");
  library.load(functions.create_descriptor, "cudnnBackendCreateDescriptor");
  library.load(functions.destroy_descriptor, "cudnnBackendDestroyDescriptor");
  library.load(functions.set_attribute, "cudnnBackendSetAttribute");
  library.load(functions.get_attribute, "cudnnBackendGetAttribute");
  library.load(functions.finalize, "cudnnBackendFinalize");
  library.load(functions.execute, "cudnnBackendExecute");
  functions.missing = library.missing();
  functions.path = library.path();
  return functions;
}

}  // namespace

const Cudnn& cudnn() {
  static const Cudnn functions = open();
  return functions;
}

cudnnHandle_t cudnn_handle() {
  // Never destroyed: the driver may be gone before.
  static const cudnnHandle_t handle = [] {
    cudnnHandle_t made = nullptr;
    check_cudnn(cudnn().create(&made), "cudnnCreate");
    return made;
  }();
  return handle;
}

void check_cudnn(cudnnStatus_t status, const char* call, SourcePlace place) {
  if (status == CUDNN_STATUS_SUCCESS) return;
  if (status == CUDNN_STATUS_ALLOC_FAILED) throw CudaError(cudaErrorMemoryAllocation, call, place);
  char words[512] = "";
  cudnn().get_last_error_string(words, sizeof words);
  const std::string text = std::string(call) + " at " + place.text() + ": " +
                           cudnn().get_error_string(status) + (*words ? ": " : "") + words;
  if (CUDNN_STATUS_CATEGORY(status) == CUDNN_STATUS_NOT_SUPPORTED) throw CudnnNotSupported(text);
  throw std::runtime_error(text);
}

}  // namespace breakeven
#endif
