#pragma once

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "benchmarks/harness/candidate.h"
#include "benchmarks/harness/device.h"

namespace breakeven::test {

/// y = 2x, the smallest operation there is: what a harness can measure that knows only tensors.
struct Scale {
  std::int64_t n = 0;

  std::string id() const { return "scale/f32/n" + std::to_string(n); }

  ProblemView view() const {
    ProblemView view;
    view.id = id();
    view.operation = "scale";
    view.sizes = {{"n", std::to_string(n)}};
    view.tensors = {{"x", {n}, Dtype::f32, Role::input}, {"y", {n}, Dtype::f32, Role::output}};
    view.flops = static_cast<double>(n);
    view.least_bytes = 8.0 * static_cast<double>(n);
    view.exact_range = 1000;
    view.rounding = {.output = 0x1p-24, .input = 0, .accumulate = 0x1p-24, .underflow = 0x1p-149};
    const auto all_right = [](Tensors before, Tensor y) {
      for (std::int64_t i = 0; i < y.elements; ++i) {
        const double expected = 2.0 * before[0].as<float>()[i];
        if (!(std::abs(y.as<float>()[i] - expected) <= 0)) return Verdict{false, "a wrong element"};
      }
      return Verdict{};
    };
    view.oracle = {[](Tensors before, std::int64_t i) {
                     const double expected = 2.0 * before[0].as<float>()[i];
                     return Expected{expected, std::abs(expected)};
                   },
                   [=](Tensors before, Tensors outputs, std::uint64_t) {
                     return all_right(before, outputs[0]);
                   },
                   [=](Tensors before, Tensors outputs, const Rounding&, std::uint64_t) {
                     return all_right(before, outputs[0]);
                   }};
    return view;
  }
};

inline Scale parse_scale(std::string_view id) {
  constexpr std::string_view prefix = "scale/f32/n";
  Scale problem;
  const char* end = id.data() + id.size();
  if (id.starts_with(prefix)) {
    const auto [stop, error] = std::from_chars(id.data() + prefix.size(), end, problem.n);
    if (error == std::errc{} && stop == end && problem.n > 0) return problem;
  }
  throw std::invalid_argument("'" + std::string(id) + "': a problem is scale/f32/n1024");
}

/// What an implementation does wrong. The `later` ones are right in verification's two calls.
enum class Fault {
  none,
  wrong_element,
  wrong_element_later,
  unwritten_element,
  input_changed,
  out_of_bounds,
  nan,
  returns_early,
  returns_early_later,
  throws,
  throws_later,
  throws_in_prepare,
  bad_alloc,
  out_of_memory,
  not_std,
  not_std_later,
  slow,
};

/// The operation with a fault; `call` counts from 0 since `prepare`.
template <Fault fault>
void scale(Tensors tensors, std::int64_t call) {
  float* x = tensors[0].as<float>();
  float* y = tensors[1].as<float>();
  const std::int64_t n = tensors[1].elements;
  const bool later = call >= 2;
  if constexpr (fault == Fault::throws) throw std::runtime_error("the implementation threw");
  if constexpr (fault == Fault::bad_alloc) throw std::bad_alloc();
  if constexpr (fault == Fault::out_of_memory) throw OutOfMemory("no workspace of 1 B");
  if constexpr (fault == Fault::not_std) throw 42;
  if constexpr (fault == Fault::slow) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  if (fault == Fault::throws_later && later) throw std::runtime_error("the implementation threw");
  if (fault == Fault::not_std_later && later) throw 42;
  if (fault == Fault::returns_early_later && later) return;
  const std::int64_t end = fault == Fault::returns_early ? n / 2 : n;
  for (std::int64_t i = 0; i < end; ++i) {
    if (fault == Fault::unwritten_element && i == n / 3) continue;
    y[i] = 2 * x[i];
  }
  if (fault == Fault::wrong_element || (fault == Fault::wrong_element_later && later)) {
    y[n / 3] += 1;
  }
  if (fault == Fault::input_changed) x[n / 3] += 1;
  if (fault == Fault::out_of_bounds) y[n] = 0;
  if (fault == Fault::nan) y[n / 3] = std::numeric_limits<float>::quiet_NaN();
}

template <class SideCall, Fault fault>
SideCall prepare_scale(const Scale&) {
  if (fault == Fault::throws_in_prepare) throw std::runtime_error("no handle to be had");
  return {[calls = std::make_shared<std::int64_t>(0)](Tensors tensors, auto...) {
    scale<fault>(tensors, (*calls)++);
  }};
}

/// The same with its result in a layout of its own: backwards.
template <Fault fault>
CpuCall prepare_own_layout(const Scale& problem) {
  const auto own = [](Tensors tensors) {
    return Tensor{tensors[2].data, Dtype::f32, tensors[1].elements};
  };
  CpuCall call = prepare_scale<CpuCall, fault>(problem);
  call.packed_bytes = static_cast<std::size_t>(problem.n) * sizeof(float);
  call.pack = [own](Tensors tensors) {
    std::fill_n(own(tensors).template as<float>(), tensors[1].elements,
                std::numeric_limits<float>::quiet_NaN());
  };
  call.run = [own, run = call.run](Tensors tensors) {
    const Tensor arguments[] = {tensors[0], own(tensors)};
    run(arguments);
    float* result = own(tensors).template as<float>();
    std::reverse(result, result + tensors[1].elements);
  };
  call.unpack = [own](Tensors tensors) {
    const float* from = own(tensors).template as<float>();
    std::reverse_copy(from, from + tensors[1].elements, tensors[1].as<float>());
  };
  return call;
}

inline Support supports_all(const Scale&) { return Support::yes(); }

template <Fault fault>
CpuImplementation<Scale> cpu_scale(std::string_view name, Rung rung = Rung::tuned,
                                   bool threaded = true) {
  return {name, rung, threaded, supports_all, prepare_scale<CpuCall, fault>};
}

template <Fault fault>
CudaImplementation<Scale> cuda_scale(std::string_view name, Rung rung = Rung::tuned) {
  return {name, rung, supports_all, prepare_scale<CudaCall, fault>};
}

}  // namespace breakeven::test
