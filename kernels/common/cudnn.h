#pragma once

#include <cudnn_graph.h>

#include <stdexcept>
#include <string>

#include "kernels/common/source_place.h"

namespace breakeven {

/// cuDNN, opened at run time: what its graph API takes, without the prefix of the names.
struct Cudnn {
  std::string missing;  // why it cannot be used; empty if it can
  std::string path;     // the shared object

  decltype(::cudnnGetVersion)* get_version = nullptr;
  decltype(::cudnnGetErrorString)* get_error_string = nullptr;
  decltype(::cudnnGetLastErrorString)* get_last_error_string = nullptr;
  decltype(::cudnnCreate)* create = nullptr;
  decltype(::cudnnSetStream)* set_stream = nullptr;
  decltype(::cudnnBackendCreateDescriptor)* create_descriptor = nullptr;
  decltype(::cudnnBackendDestroyDescriptor)* destroy_descriptor = nullptr;
  decltype(::cudnnBackendSetAttribute)* set_attribute = nullptr;
  decltype(::cudnnBackendGetAttribute)* get_attribute = nullptr;
  decltype(::cudnnBackendFinalize)* finalize = nullptr;
  decltype(::cudnnBackendExecute)* execute = nullptr;
};

/// Opens cuDNN (of the major version compiled against) at the first call: up to seconds.
const Cudnn& cudnn();

/// The one that all use. Throws std::runtime_error or CudaError.
cudnnHandle_t cudnn_handle();

/// What cuDNN has no engine for, in its own words.
struct CudnnNotSupported : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws unless `status` is success: CudaError where memory ran out, CudnnNotSupported,
/// std::runtime_error otherwise, naming the call, its place and what cuDNN says of it.
void check_cudnn(cudnnStatus_t status, const char* call, SourcePlace place = SourcePlace::here());

}  // namespace breakeven
