#include "operations/bias/problem.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "operations/grouped_oracle.h"
#include "operations/id_reader.h"

namespace breakeven {
namespace {

constexpr Dtype dtypes[] = {Dtype::f32, Dtype::bf16, Dtype::f16};
constexpr IdForm form{.name = "bias",
                      .form = "<bias|bias_backward>/<f32|bf16|f16>/<ncp|npc>/n<N>c<C>p<P>",
                      .dtypes = dtypes};

constexpr std::string_view forward_name = "bias", backward_name = "bias_backward";

Oracle forward_oracle(const BiasProblem& p) {
  return elements_oracle([p](Tensors before, std::int64_t i) {
    const double x = value_at(before[0], i), b = value_at(before[1], p.channel_of(i));
    return Expected{x + b, std::abs(x) + std::abs(b)};
  });
}

Oracle backward_oracle(const BiasProblem& p) {
  return elements_oracle([p](Tensors before, std::int64_t c) {
    const std::int64_t step = p.channels_last ? p.c : 1;
    long double sum = 0, magnitude = 0;
    for (std::int64_t n = 0; n < p.n; ++n) {
      const std::int64_t first = n * p.c * p.places + (p.channels_last ? c : c * p.places);
      for (std::int64_t i = 0; i < p.places; ++i) {
        const double dy = value_at(before[0], first + i * step);
        sum += dy;
        magnitude += std::abs(dy);
      }
    }
    return Expected{static_cast<double>(sum), static_cast<double>(magnitude)};
  });
}

}  // namespace

std::string BiasProblem::id() const {
  std::string text(backward ? backward_name : forward_name);
  text += '/';
  text += name_of(dtype);
  text += channels_last ? "/npc/" : "/ncp/";
  for (const auto& [letter, extent] : {std::pair{"n", n}, {"c", c}, {"p", places}}) {
    text += letter;
    text += std::to_string(extent);
  }
  return text;
}

BiasProblem parse_bias(std::string_view id) {
  IdReader reader(id, form);
  BiasProblem problem;
  const std::string_view name = reader.field();
  problem.backward = name == backward_name;
  if (!problem.backward && name != forward_name) {
    reader.fail("operation '" + std::string(name) + "' must be bias or bias_backward");
  }
  reader.expect("/");
  problem.dtype = reader.dtype();
  problem.channels_last = reader.accept("/npc/");
  if (!problem.channels_last) reader.expect("/ncp/");
  problem.n = reader.extent("n", "N");
  problem.c = reader.extent("c", "C");
  problem.places = reader.extent("p", "P");
  if (!reader.done()) reader.fail_at_rest();
  if (overflows(problem.n, problem.c, problem.places, size_of(problem.dtype))) {
    reader.fail("a tensor takes more than 2^63 - 1 bytes");
  }
  return problem;
}

double BiasProblem::least_bytes() const {
  const double of_channels = static_cast<double>(c);
  const double whole = static_cast<double>(elements()) * (backward ? 1 : 2);
  return static_cast<double>(size_of(dtype)) * (whole + of_channels);
}

BiasProblem BiasProblem::shrunk() const {
  BiasProblem small = *this;
  small.n = std::clamp<std::int64_t>((1 << 16) / (c * places), 1, n);
  return small;
}

BiasProblem BiasProblem::in(Dtype other) const {
  BiasProblem same = *this;
  same.dtype = other;
  return same;
}

ProblemView BiasProblem::view() const {
  const auto whole = [&](std::string name, Role role) {
    std::vector<std::int64_t> shape{n, c, places};
    if (channels_last) std::swap(shape[1], shape[2]);
    return TensorSpec{std::move(name), std::move(shape), dtype, role};
  };
  ProblemView view;
  view.id = id();
  view.operation = backward ? backward_name : forward_name;
  view.dtype = dtype;
  view.sizes = {{"layout", channels_last ? "npc" : "ncp"},
                {"n", std::to_string(n)},
                {"c", std::to_string(c)},
                {"places", std::to_string(places)}};
  if (backward) {
    view.tensors = {whole("dy", Role::input), {"db", {c}, dtype, Role::output}};
  } else {
    view.tensors = {
        whole("x", Role::input), {"b", {c}, dtype, Role::input}, whole("y", Role::output)};
  }
  view.flops = flops();
  view.least_bytes = least_bytes();
  view.judged_by_bytes = true;
  view.reduction = backward ? n * places : 2;
  // A sum of so many integers of that range is exact in f32 and in the dtype.
  const double limit = largest_exact_integer(dtype) / static_cast<double>(view.reduction);
  view.exact_range = static_cast<int>(std::min(std::floor(limit), 0x1p11));
  view.rounding = {
      .output = unit_roundoff(dtype),
      .accumulate = unit_roundoff(Dtype::f32),
      .underflow = static_cast<double>(view.reduction) * 0x1p-149 + smallest_subnormal(dtype)};
  view.oracle = backward ? backward_oracle(*this) : forward_oracle(*this);
  return view;
}

}  // namespace breakeven
