#include "operations/elementwise/problem.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "operations/grouped_oracle.h"
#include "operations/id_reader.h"

namespace breakeven {
namespace {

constexpr std::array functions{Elementwise::relu, Elementwise::relu_backward, Elementwise::add,
                               Elementwise::narrow, Elementwise::widen};
constexpr Dtype dtypes[] = {Dtype::f32, Dtype::bf16, Dtype::f16};
constexpr IdForm form{.name = "elementwise",
                      .form = "<relu|relu_backward|add|narrow|widen>/<f32|bf16|f16>/n<N>",
                      .dtypes = dtypes};

Expected element(Elementwise function, Tensors before, std::int64_t i) {
  const double first = value_at(before[0], i);
  switch (function) {
    case Elementwise::relu:
      return {std::max(first, 0.0), 0};
    case Elementwise::relu_backward:
      return {value_at(before[1], i) > 0 ? first : 0.0, 0};
    case Elementwise::narrow:
    case Elementwise::widen:
      return {first, std::abs(first)};
    case Elementwise::add:
      break;
  }
  const double second = value_at(before[1], i);
  return {first + second, std::abs(first) + std::abs(second)};
}

/// What relu leaves of random numbers: half of it is 0, where its gradient has its edge.
void fill_as_relu(const Tensor& y, std::uint64_t seed) {
  std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
  with_type(y.dtype, [&]<class T>(T) {
    T* values = y.as<T>();
    for (std::int64_t i = 0; i < y.elements; ++i) {
      const float uniform = static_cast<float>(random()) * 0x1p-31f - 1;
      values[i] = static_cast<T>(std::max(uniform, 0.0f));
    }
  });
}

}  // namespace

std::string ElementwiseProblem::id() const {
  std::string text(name_of(function));
  text += '/';
  text += name_of(dtype);
  return text += "/n" + std::to_string(n);
}

ElementwiseProblem parse_elementwise(std::string_view id) {
  IdReader reader(id, form);
  const std::string_view name = reader.field();
  const auto* const found = std::ranges::find_if(
      functions, [&](Elementwise function) { return name == name_of(function); });
  if (found == functions.end()) {
    reader.fail("operation '" + std::string(name) +
                "' must be relu, relu_backward, add, narrow or widen");
  }
  ElementwiseProblem problem{.function = *found};
  reader.expect("/");
  problem.dtype = reader.dtype();
  const bool changes_dtype =
      problem.function == Elementwise::narrow || problem.function == Elementwise::widen;
  if (changes_dtype && problem.dtype != Dtype::bf16) {
    reader.fail(std::string(name) + " is between f32 and bf16, whose name comes behind it");
  }
  reader.expect("/");
  problem.n = reader.extent("n", "N");
  if (!reader.done()) reader.fail_at_rest();
  if (overflows(problem.n, size_of(problem.dtype))) {
    reader.fail("a tensor takes more than 2^63 - 1 bytes");
  }
  return problem;
}

double ElementwiseProblem::least_bytes() const {
  return static_cast<double>(n) *
         static_cast<double>(inputs() * size_of(input_dtype()) + size_of(output_dtype()));
}

ProblemView ElementwiseProblem::view() const {
  const auto tensor = [&](std::string name, Role role) {
    const Dtype its = role == Role::input ? input_dtype() : output_dtype();
    return TensorSpec{std::move(name), {n}, its, role};
  };
  ProblemView view;
  view.id = id();
  view.operation = name_of(function);
  view.dtype = dtype;
  view.sizes = {{"n", std::to_string(n)}};
  switch (function) {
    case Elementwise::relu:
    case Elementwise::narrow:
    case Elementwise::widen:
      view.tensors = {tensor("x", Role::input), tensor("y", Role::output)};
      break;
    case Elementwise::relu_backward:
      view.tensors = {tensor("dy", Role::input), tensor("y", Role::input),
                      tensor("dx", Role::output)};
      view.tensors[1].fill = fill_as_relu;
      break;
    case Elementwise::add:
      view.tensors = {tensor("a", Role::input), tensor("b", Role::input),
                      tensor("y", Role::output)};
      break;
  }
  view.flops = flops();
  view.least_bytes = least_bytes();
  view.judged_by_bytes = true;
  view.exact_range = static_cast<int>(std::min(largest_exact_integer(dtype) / 2, 0x1p11));
  const bool rounds = function == Elementwise::add || function == Elementwise::narrow;
  view.rounding = {.output = rounds ? unit_roundoff(dtype) : 0};
  view.oracle = elements_oracle([function = function](Tensors before, std::int64_t i) {
    return element(function, before, i);
  });
  return view;
}

}  // namespace breakeven
