#pragma once

#include <string>

namespace breakeven {

/// A CUDA library opened at run time. Linked, cuBLAS would cost every start up to seconds and 150
/// MB, and no program would start on a machine without it.
class CudaLibrary {
 public:
  /// Opens the shared object of that name ("libcublas.so.13"), from the first of: the folders in
  /// $BREAKEVEN_CUDA_LIBRARIES (colon-separated; a Python environment's site-packages stands for
  /// all its nvidia wheels), the toolkit of the build, the loader's path, /usr/local/cuda.
  explicit CudaLibrary(const std::string& name);

  /// Why it could not be opened and where it was looked for; empty if it was.
  const std::string& missing() const { return missing_; }
  /// The file that was opened.
  std::string path() const;

  /// Points `function` to the symbol; the library counts as missing if it lacks one.
  template <class Function>
  void load(Function*& function, const char* symbol) {
    function = reinterpret_cast<Function*>(find(symbol));
  }

 private:
  void* find(const char* symbol);

  std::string name_;
  std::string missing_;
  void* handle_ = nullptr;  // never closed: drivers do not survive that
  void* symbol_ = nullptr;  // any of its symbols, to ask for the path
};

}  // namespace breakeven
