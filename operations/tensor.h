#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "operations/dtype.h"

namespace breakeven {

/// What one call does to a tensor. The harness restores an `inout` tensor, untimed, before a call
/// whose result is checked. A `state` is an inout that stays on its side from call to call, such as
/// a network's parameters: it has no part in copies between host and device. Nor has a `resident`,
/// an input that stays, such as the parameters of inference.
enum class Role { input, output, inout, state, resident };
constexpr bool is_written(Role role) { return role != Role::input && role != Role::resident; }
constexpr bool is_copied_in(Role role) { return role == Role::input || role == Role::inout; }
constexpr bool is_copied_out(Role role) { return role == Role::output || role == Role::inout; }

/// Zeros among the integers of the exact tier: along an axis, or several counted through as one, of
/// every `one_in` elements all but one. They bound how many products meet in a sum, where a dtype
/// holds but small integers.
struct Sparsity {
  std::vector<std::size_t> axes = {};  // ascending
  std::int64_t one_in = 1;
};

/// A tensor's memory, on whichever side the callable runs; the harness owns it.
struct Tensor {
  void* data = nullptr;
  Dtype dtype = Dtype::f32;
  std::int64_t elements = 0;

  std::size_t bytes() const { return static_cast<std::size_t>(elements) * size_of(dtype); }

  template <class T>
  T* as() const {
    return static_cast<T*>(data);
  }
};

/// One tensor of a problem, dense and row-major.
struct TensorSpec {
  std::string name;                 // as in the formula: "A"
  std::vector<std::int64_t> shape;  // slowest extent first
  Dtype dtype;
  Role role;
  Sparsity exact_sparsity = {};
  /// Its elements are positive, such as a variance: magnitudes of numbers, and one more.
  bool positive = false;
  /// Its elements are indices below that, such as labels; 0: any numbers.
  std::int64_t indices_below = 0;
  /// Writes contents of its own, such as a network's initial parameters or what a relu left, for a
  /// seed; null: it is filled as all others.
  std::function<void(const Tensor&, std::uint64_t seed)> fill = {};

  std::int64_t elements() const {
    std::int64_t product = 1;
    for (std::int64_t extent : shape) product *= extent;
    return product;
  }
  std::size_t bytes() const { return static_cast<std::size_t>(elements()) * size_of(dtype); }
};

/// A problem's tensors in the order of its specs, the same on both sides.
using Tensors = std::span<const Tensor>;

}  // namespace breakeven
