#pragma once

#include <string>

#include "kernels/common/source_place.h"

namespace breakeven::host {

/// A place in a kernel's source: named by a call that took it as a default argument, or known only
/// by the address that an instrumented access returns to.
class Place {
 public:
  Place() = default;
  Place(SourcePlace named) : data_(named.file), line_(named.line) {}
  static Place of_instruction(const void* return_address) {
    Place place;
    place.data_ = return_address;
    return place;
  }

  /// "kernels/gemm/naive.cu:29"; the address where the build has no line numbers.
  std::string text() const;

 private:
  const void* data_ = nullptr;
  int line_ = 0;  // 0: `data_` is a return address
};

/// The name of a function, as well as the build knows it; empty if it does not.
std::string function_name(const void* function);

/// A type's name for people, without the namespaces of this project.
std::string type_name(const char* mangled);

}  // namespace breakeven::host
