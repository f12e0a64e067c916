#include "kernels/common/cuda_library.h"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <system_error>
#include <vector>

namespace breakeven {
namespace {

namespace fs = std::filesystem;

constexpr const char* loader_path = "";  // the folder that stands for the loader's own search

std::vector<fs::path> folders() {
  std::vector<fs::path> result;
  const char* chosen = std::getenv("BREAKEVEN_CUDA_LIBRARIES");
  std::istringstream list((chosen != nullptr ? std::string(chosen) : std::string()) +
                          ":" BREAKEVEN_CUDA_LIBRARY_DIRS);
  for (std::string folder; std::getline(list, folder, ':');) {
    if (folder.empty()) continue;
    result.emplace_back(folder);
    std::error_code ignored;  // most folders hold no wheels
    for (const auto& wheel : fs::directory_iterator(fs::path(folder) / "nvidia", ignored)) {
      result.push_back(wheel.path() / "lib");
    }
  }
  result.insert(result.end(), {loader_path, "/usr/local/cuda/lib64"});
  return result;
}

}  // namespace

CudaLibrary::CudaLibrary(const std::string& name) : name_(name) {
  std::string looked;
  std::string failure;
  for (const fs::path& folder : folders()) {
    looked += (looked.empty() ? "" : ", ") +
              (folder == loader_path ? std::string("the loader's path") : folder.string());
    const fs::path file = folder / name;
    std::error_code ignored;
    if (folder != loader_path && !fs::exists(file, ignored)) continue;
    handle_ = dlopen(file.c_str(), RTLD_LAZY | RTLD_LOCAL);
    if (handle_ != nullptr) return;
    if (folder != loader_path) failure = std::string(" (") + dlerror() + ")";
  }
  missing_ = name + " not found: looked in " + looked + failure +
             "; BREAKEVEN_CUDA_LIBRARIES names further folders";
}

void* CudaLibrary::find(const char* symbol) {
  if (handle_ == nullptr) return nullptr;
  void* found = dlsym(handle_, symbol);
  if (found == nullptr) {
    missing_ = name_ + " has no " + symbol;
  } else {
    symbol_ = found;
  }
  return found;
}

std::string CudaLibrary::path() const {
  Dl_info info{};
  if (symbol_ == nullptr || dladdr(symbol_, &info) == 0) return "";
  return info.dli_fname;
}

}  // namespace breakeven
