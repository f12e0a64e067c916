#include "operations/conv/problem.h"

#include <algorithm>

#include "operations/conv/exact_tier.h"
#include "operations/conv/oracle.h"
#include "operations/conv/strides.h"
#include "operations/conv/taps.h"

namespace breakeven {
namespace {

/// Counts of all axes multiplied: places and triples of several axes are all combinations.
template <class Count>
double product(const ConvProblem& p, Count count) {
  double all = 1;
  for (const ConvAxis& axis : p.axes) all *= static_cast<double>(count(axis));
  return all;
}

double product_of_counts(const ConvProblem& p, std::int64_t AxisCounts::* count) {
  return product(p, [count](const ConvAxis& axis) { return count_taps(axis).*count; });
}

double of(std::int64_t count) { return static_cast<double>(count); }

/// Names of sizes: "3x3" for two axes.
template <class Text>
std::string joined(const ConvProblem& p, Text text) {
  std::string all;
  for (int i = 3 - p.dims; i < 3; ++i) {
    if (!all.empty()) all += 'x';
    all += text(p.axes[static_cast<std::size_t>(i)]);
  }
  return all;
}

std::string padding(const ConvAxis& axis) {
  std::string text = std::to_string(axis.pad_before);
  if (axis.pad_after != axis.pad_before) text += '-' + std::to_string(axis.pad_after);
  return text;
}

TensorSpec spec(const ConvProblem& p, std::string name, std::int64_t outer, std::int64_t channels,
                const std::array<std::int64_t, 3>& extents, Role role) {
  std::vector<std::int64_t> shape(extents.end() - p.dims, extents.end());
  shape.insert(p.channels == ChannelOrder::first ? shape.begin() : shape.end(), channels);
  shape.insert(shape.begin(), outer);
  return {std::move(name), std::move(shape), p.dtype, role};
}

}  // namespace

std::int64_t ConvAxis::output() const {
  const std::int64_t room = input + pad_before + pad_after - (dilation * (filter - 1) + 1);
  return room < 0 ? 0 : room / stride + 1;
}

double ConvProblem::flops() const {
  return 2 * of(n) * of(k) * of(group_c()) * product_of_counts(*this, &AxisCounts::triples);
}

double ConvProblem::nominal_flops() const {
  const auto all = [](const ConvAxis& axis) { return axis.output() * axis.filter; };
  return 2 * of(n) * of(k) * of(group_c()) * product(*this, all);
}

double ConvProblem::least_bytes() const {
  const auto extents = [&](auto count) { return product(*this, count); };
  const bool is_x = direction == Direction::dgrad, is_w = direction == Direction::wgrad,
             is_y = direction == Direction::fprop;  // the result, written in full
  const double x = of(n) * of(c) *
                   (is_x ? extents([](const ConvAxis& axis) { return axis.input; })
                         : product_of_counts(*this, &AxisCounts::used_input));
  const double w = of(k) * of(group_c()) *
                   (is_w ? extents([](const ConvAxis& axis) { return axis.filter; })
                         : product_of_counts(*this, &AxisCounts::used_filter));
  const double y = of(n) * of(k) *
                   (is_y ? extents([](const ConvAxis& axis) { return axis.output(); })
                         : product_of_counts(*this, &AxisCounts::used_output));
  return of(static_cast<std::int64_t>(size_of(dtype))) * (x + w + y);
}

std::int64_t ConvProblem::reduction() const {
  const auto most = direction == Direction::fprop   ? &AxisCounts::most_of_output
                    : direction == Direction::dgrad ? &AxisCounts::most_of_input
                                                    : &AxisCounts::most_of_filter;
  const std::int64_t besides = direction == Direction::fprop   ? group_c()
                               : direction == Direction::dgrad ? group_k()
                                                               : n;
  return besides * static_cast<std::int64_t>(product_of_counts(*this, most));
}

ProblemView ConvProblem::view() const {
  const auto x = [&](std::string name, Role role) {
    return spec(*this, std::move(name), n, c, input_extents(*this), role);
  };
  const auto w = [&](std::string name, Role role) {
    return spec(*this, std::move(name), k, group_c(), filter_extents(*this), role);
  };
  const auto y = [&](std::string name, Role role) {
    return spec(*this, std::move(name), n, k, output_extents(*this), role);
  };
  const ConvExactTier exact = exact_tier(*this, 0);
  ProblemView view;
  view.id = id();
  view.operation = "conv";
  view.dtype = dtype;
  view.sizes = {
      {"direction", std::string(name_of(direction))},
      {"n", std::to_string(n)},
      {"c", std::to_string(c)},
      {"k", std::to_string(k)},
      {"input", joined(*this, [](const ConvAxis& axis) { return std::to_string(axis.input); })},
      {"filter", joined(*this, [](const ConvAxis& axis) { return std::to_string(axis.filter); })},
      {"output", joined(*this, [](const ConvAxis& axis) { return std::to_string(axis.output()); })},
      {"stride", joined(*this, [](const ConvAxis& axis) { return std::to_string(axis.stride); })},
      {"pad", joined(*this, padding)},
      {"dilation",
       joined(*this, [](const ConvAxis& axis) { return std::to_string(axis.dilation); })},
      {"groups", std::to_string(groups)}};
  switch (direction) {
    case Direction::fprop:
      view.tensors = {x("x", Role::input), w("w", Role::input), y("y", Role::output)};
      break;
    case Direction::dgrad:
      view.tensors = {y("dy", Role::input), w("w", Role::input), x("dx", Role::output)};
      break;
    case Direction::wgrad:
      view.tensors = {x("x", Role::input), y("dy", Role::input), w("dw", Role::output)};
      break;
  }
  view.tensors[1].exact_sparsity = exact.sparsity;
  view.flops = flops();
  view.nominal_flops = nominal_flops();
  view.least_bytes = least_bytes();
  view.reduction = reduction();
  view.exact_range = exact.range;
  view.rounding = {.output = unit_roundoff(dtype),
                   .input = 0,
                   .accumulate = unit_roundoff(sum_dtype()),
                   .underflow = of(view.reduction + 2) * smallest_subnormal(sum_dtype()) +
                                smallest_subnormal(dtype)};
  view.oracle = conv_oracle(*this);
  return view;
}

ConvProblem ConvProblem::shrunk() const {
  constexpr std::int64_t most_images = 2, most_channels = 64, most_outputs = 28;
  ConvProblem small = *this;
  small.n = std::min(n, most_images);
  // Whole groups of as many channels: depthwise stays depthwise.
  small.groups = std::min(groups, std::max<std::int64_t>(most_channels / group_c(), 1));
  const std::int64_t group_channels = groups == 1 ? most_channels : std::max(c, k);
  small.c = small.groups * std::min(group_c(), group_channels);
  small.k = small.groups * std::min(group_k(), group_channels);
  for (ConvAxis& axis : small.axes) {
    const std::int64_t extra = axis.output() - most_outputs;
    if (extra > 0) axis.input = std::max<std::int64_t>(axis.input - extra * axis.stride, 1);
  }
  return small;
}

ConvProblem ConvProblem::in(Dtype other) const {
  ConvProblem same = *this;
  same.dtype = other;
  return same;
}

ConvProblem ConvProblem::in(Direction other) const {
  ConvProblem same = *this;
  same.direction = other;
  return same;
}

Support only(const ConvProblem& problem, std::initializer_list<Dtype> dtypes) {
  if (std::find(dtypes.begin(), dtypes.end(), problem.dtype) != dtypes.end()) return Support::yes();
  std::string names;
  for (const Dtype dtype : dtypes) {
    if (!names.empty()) names += dtype == *(dtypes.end() - 1) ? " and " : ", ";
    names += name_of(dtype);
  }
  return Support::no("computes " + names + " only");
}

}  // namespace breakeven
