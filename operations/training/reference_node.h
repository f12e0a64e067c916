#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace breakeven::reference {

/// An operation that plain loops in T are about to do: its problem's tensors, and what it looks at
/// beside them. Overloads of `compute` do it: the definition of each operation.
template <class T>
struct ReferenceNode {
  std::vector<T*> tensors;
  const std::int32_t* labels = nullptr;
  double kink = 0;  // see execute_reference

  T* tensor(std::size_t i) const { return tensors[i]; }
};

}  // namespace breakeven::reference
