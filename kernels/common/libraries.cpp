#include "kernels/common/libraries.h"

#include <cuda_runtime_api.h>

#include <cstdlib>
#include <string_view>

#include "kernels/common/cublas.h"
#if BREAKEVEN_CUDNN
#include "kernels/common/cudnn.h"
#endif

namespace breakeven {
namespace {

Library runtime() {
  int version = 0;  // 1000·major + 10·minor
  cudaRuntimeGetVersion(&version);
  Library library{
      .name = "CUDA runtime", .version = "", .threading = "", .detail = "", .problem = ""};
  library.version = std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
  return library;
}

bool has_device() {
  int count = 0;  // not touched on failure
  return cudaGetDeviceCount(&count) == cudaSuccess && count > 0;
}

std::string cublas_version() {
  std::string version;
  for (const libraryPropertyType part : {MAJOR_VERSION, MINOR_VERSION, PATCH_LEVEL}) {
    int number = 0;
    check_cublas(cublas().get_property(part, &number), "cublasGetProperty");
    if (!version.empty()) version += '.';
    version += std::to_string(number);
  }
  return version;
}

Library cublas_library() {
  Library library{.name = "cuBLAS", .version = "", .threading = "", .detail = "", .problem = ""};
  if (!has_device()) {
    library.detail = "not opened: no CUDA device";
    return library;
  }
  if (!cublas().missing.empty()) {
    library.detail = cublas().missing;
    library.problem = cublas().missing;
    return library;
  }
  library.version = cublas_version();
  library.detail = cublas().path;
  if (const char* tf32 = std::getenv("NVIDIA_TF32_OVERRIDE")) {
    library.detail += ", NVIDIA_TF32_OVERRIDE=" + std::string(tf32);
    if (std::string_view(tf32) != "0") {
      library.problem = "NVIDIA_TF32_OVERRIDE=" + std::string(tf32) +
                        " lets cuBLAS round f32 inputs to TF32: unset it";
    }
  }
  return library;
}

Library cudnn_library() {
  Library library{.name = "cuDNN", .version = "", .threading = "", .detail = "", .problem = ""};
#if BREAKEVEN_CUDNN
  if (!has_device()) {
    library.detail = "not opened: no CUDA device";
  } else if (!cudnn().missing.empty()) {
    library.detail = library.problem = cudnn().missing;
  } else {
    const std::size_t version = cudnn().get_version();  // 10000·major + 100·minor + patch
    library.version = std::to_string(version / 10000) + "." + std::to_string(version / 100 % 100) +
                      "." + std::to_string(version % 100);
    library.detail = cudnn().path;
  }
#else
  library.detail = "not in this build: its header cudnn_graph.h was not found";
#endif
  return library;
}

}  // namespace

std::vector<Library> cuda_libraries() { return {runtime(), cublas_library(), cudnn_library()}; }

}  // namespace breakeven
