#include "cpu_reference/common/libraries.h"

#include <cblas.h>
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <dnnl.hpp>

namespace breakeven {
namespace {

/// The shared object that holds `symbol`, or nothing where it is linked statically.
std::string path_of(const void* symbol) {
  Dl_info info{};
  if (dladdr(symbol, &info) == 0 || info.dli_fname == nullptr) return "";
  return std::string(", ") + info.dli_fname;
}

Library openblas() {
  Library library{.name = "OpenBLAS", .version = "", .threading = "", .detail = "", .problem = ""};
  const std::string config =
      openblas_get_config();  // "OpenBLAS 0.3.21 DYNAMIC_ARCH USE_OPENMP ..."
  const std::size_t start = config.find(' ') + 1;
  library.version = config.substr(start, config.find(' ', start) - start);
  library.detail = "kernels for " + std::string(openblas_get_corename()) +
                   path_of(reinterpret_cast<const void*>(&cblas_sgemm)) + ", " + config;
  const int parallel = openblas_get_parallel();
  library.threading = parallel == 2 ? "OpenMP" : parallel == 1 ? "pthreads" : "sequential";
  if (parallel != 2) {
    library.problem =
        "this OpenBLAS is the " + library.threading +
        " variant: beside oneDNN's OpenMP threads it loses up to twenty times its speed; build "
        "against its OpenMP variant (libopenblas-openmp-dev)";
  } else if (const char* forced = std::getenv("OPENBLAS_CORETYPE")) {
    library.problem = std::string("OPENBLAS_CORETYPE=") + forced +
                      " chooses its kernels, not this CPU, and may halve its speed; unset it, and "
                      "OPENBLAS_L2_SIZE, to measure";
  }
  return library;
}

std::string name_of(dnnl::cpu_isa isa) {
  switch (isa) {
    case dnnl::cpu_isa::sse41:
      return "SSE4.1";
    case dnnl::cpu_isa::avx:
      return "AVX";
    case dnnl::cpu_isa::avx2:
      return "AVX2";
    case dnnl::cpu_isa::avx2_vnni:
      return "AVX2 with VNNI";
    case dnnl::cpu_isa::avx512_core:
      return "AVX-512";
    case dnnl::cpu_isa::avx512_core_vnni:
      return "AVX-512 with VNNI";
    case dnnl::cpu_isa::avx512_core_bf16:
      return "AVX-512 with VNNI and BF16";
    case dnnl::cpu_isa::avx512_core_amx:
      return "AVX-512 with AMX";
    default:
      break;  // this oneDNN is newer than the list, or the CPU has none of them
  }
  char text[32];
  std::snprintf(text, sizeof text, "instruction set 0x%x", static_cast<unsigned>(isa));
  return text;
}

Library onednn() {
  const dnnl_version_t& version = *dnnl_version();
  Library library{.name = "oneDNN", .version = "", .threading = "", .detail = "", .problem = ""};
  library.version = std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
                    std::to_string(version.patch);
  switch (version.cpu_runtime) {
    case DNNL_RUNTIME_OMP:
      library.threading = "OpenMP";
      break;
    case DNNL_RUNTIME_TBB:
      library.threading = "TBB";
      break;
    case DNNL_RUNTIME_SEQ:
      library.threading = "sequential";
      break;
    default:
      library.threading = "thread pool";
      break;
  }
  library.detail = "kernels for " + name_of(dnnl::get_effective_cpu_isa()) +
                   path_of(reinterpret_cast<const void*>(&dnnl_version));
  if (version.cpu_runtime != DNNL_RUNTIME_OMP) {
    library.problem = "this oneDNN is threaded by " + library.threading +
                      ": it ignores the number of threads asked for; build against one with OpenMP";
  }
  return library;
}

}  // namespace

std::vector<Library> cpu_libraries() { return {openblas(), onednn()}; }

}  // namespace breakeven
