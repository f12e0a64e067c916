#pragma once

#include <dlfcn.h>

#include <initializer_list>

namespace breakeven {

/// A shared object opened at run time, by the first of its names that the loader finds. It is never
/// closed: drivers do not survive that.
class SharedObject {
 public:
  explicit SharedObject(std::initializer_list<const char*> names) {
    for (const char* name : names) {
      if (!handle_) handle_ = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    }
  }

  explicit operator bool() const { return handle_ != nullptr; }

  /// Points `function` to the symbol, or to null where there is none.
  template <class Result, class... Arguments>
  void load(Result (*&function)(Arguments...), const char* symbol) const {
    void* found = handle_ ? dlsym(handle_, symbol) : nullptr;
    function = reinterpret_cast<Result (*)(Arguments...)>(found);
  }

 private:
  void* handle_ = nullptr;
};

}  // namespace breakeven
