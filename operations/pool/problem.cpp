#include "operations/pool/problem.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "operations/conv/taps.h"
#include "operations/grouped_oracle.h"
#include "operations/id_reader.h"
#include "operations/pool/windows.h"

namespace breakeven {
namespace {

constexpr Dtype dtypes[] = {Dtype::f32};
constexpr IdForm form{.name = "pooling",
                      .form =
                          "<max_pool|average_pool>[_backward]/f32/<nchw|nhwc>/"
                          "n<N>c<C>h<H>w<W>r<R>s<S>[/stride<h>x<w>][/pad<h>x<w>]",
                      .dtypes = dtypes};

std::string operation_of(const PoolProblem& p) {
  std::string name(p.pool == Pool::max ? "max_pool" : "average_pool");
  return p.backward ? name + "_backward" : name;
}

/// A place of a tensor: image, channel, row and column.
struct Place {
  std::int64_t n, c, h, w;

  Place(std::int64_t index, const ConvStrides& strides, std::int64_t channels, std::int64_t width) {
    n = index / strides.outer;
    const std::int64_t rest = index % strides.outer;
    const bool last = strides.channel == 1;
    c = last ? rest % channels : rest / strides.channel;
    const std::int64_t point = last ? rest / channels : rest % strides.channel;
    h = point / width;
    w = point % width;
  }
};

/// Where (h, w) of an image's channel is.
std::int64_t at(const ConvStrides& strides, const Place& of, std::int64_t h, std::int64_t w) {
  return of.n * strides.outer + of.c * strides.channel + h * strides.axis[1] + w * strides.axis[2];
}

Expected pooled(const PoolProblem& p, Tensors before, std::int64_t index) {
  const ConvStrides xs = p.x_strides();
  const Place place(index, p.y_strides(), p.c, p.width.output());
  const float* x = before[0].as<float>();
  const Span rows = covered(p.height, place.h), columns = covered(p.width, place.w);
  double largest = x[at(xs, place, rows.first, columns.first)], sum = 0, magnitude = 0;
  for (std::int64_t h = rows.first; h < rows.last; ++h) {
    for (std::int64_t w = columns.first; w < columns.last; ++w) {
      const double value = x[at(xs, place, h, w)];
      largest = std::max(largest, value);
      sum += value;
      magnitude += std::abs(value);
    }
  }
  if (p.pool == Pool::max) return {largest, 0};
  const auto size = static_cast<double>(p.window());
  return {sum / size, magnitude / size};
}

/// Whether x at `own` is the first of the largest in that window.
bool is_largest(const PoolProblem& p, const float* x, const Place& own, std::int64_t row,
                std::int64_t column) {
  const ConvStrides xs = p.x_strides();
  const Span rows = covered(p.height, row), columns = covered(p.width, column);
  const float value = x[at(xs, own, own.h, own.w)];
  for (std::int64_t h = rows.first; h < rows.last; ++h) {
    for (std::int64_t w = columns.first; w < columns.last; ++w) {
      const float other = x[at(xs, own, h, w)];
      const bool earlier = h < own.h || (h == own.h && w < own.w);
      if (other > value || (earlier && other == value)) return false;
    }
  }
  return true;
}

Expected pooled_gradient(const PoolProblem& p, Tensors before, std::int64_t index) {
  const ConvStrides ys = p.y_strides();
  const Place place(index, p.x_strides(), p.c, p.width.input);
  const float* dy = before[0].as<float>();
  const Span rows = covering(p.height, place.h), columns = covering(p.width, place.w);
  Expected sum;
  for (std::int64_t h = rows.first; h < rows.last; ++h) {
    for (std::int64_t w = columns.first; w < columns.last; ++w) {
      if (p.pool == Pool::max && !is_largest(p, before[1].as<float>(), place, h, w)) continue;
      const double value = dy[at(ys, place, h, w)];
      sum.value += value;
      sum.magnitude += std::abs(value);
    }
  }
  if (p.pool == Pool::max) return sum;
  const auto size = static_cast<double>(p.window());
  return {sum.value / size, sum.magnitude / size};
}

/// Integers up to which sums are exact; none where a window's size is no power of two to divide by.
int exact_range(const PoolProblem& p) {
  const auto window = static_cast<std::uint64_t>(p.window());
  if (p.pool == Pool::average && !std::has_single_bit(window)) return 0;
  const double limit = largest_exact_integer(Dtype::f32) / static_cast<double>(window);
  return static_cast<int>(std::min(std::floor(limit), 0x1p11));
}

void read_axis_pair(IdReader& reader, std::string_view part, PoolProblem& p, std::int64_t least,
                    std::int64_t ConvAxis::* first, std::int64_t ConvAxis::* second) {
  if (!reader.accept(part)) return;
  const std::string_view name = part.substr(1);
  p.height.*first = p.height.*second = reader.count(name, least);
  reader.expect("x");
  p.width.*first = p.width.*second = reader.count(name, least);
}

void refuse(const IdReader& reader, const PoolProblem& p) {
  for (const ConvAxis& axis : {p.height, p.width}) {
    if (axis.pad_before >= axis.filter) {
      reader.fail("pad is " + std::to_string(axis.pad_before) +
                  ", must be smaller than the window, " + std::to_string(axis.filter));
    }
    if (axis.filter > axis.input + 2 * axis.pad_before) {
      reader.fail("the output is empty: a window of " + std::to_string(axis.filter) +
                  " does not fit into " + std::to_string(axis.input) + " with its padding");
    }
  }
  if (overflows(p.n, p.c, p.height.input, p.width.input, sizeof(float)) ||
      overflows(p.n, p.c, p.height.output(), p.width.output(), p.window())) {
    reader.fail("a tensor takes more than 2^63 - 1 bytes");
  }
}

}  // namespace

std::string PoolProblem::id() const {
  std::string text = operation_of(*this);
  text += channels == ChannelOrder::first ? "/f32/nchw/n" : "/f32/nhwc/n";
  text += std::to_string(n);
  const auto append = [&](std::string_view name, std::int64_t value) {
    text += name;
    text += std::to_string(value);
  };
  append("c", c);
  append("h", height.input);
  append("w", width.input);
  append("r", height.filter);
  append("s", width.filter);
  if (height.stride != 1 || width.stride != 1) {
    append("/stride", height.stride);
    append("x", width.stride);
  }
  if (height.pad_before != 0 || width.pad_before != 0) {
    append("/pad", height.pad_before);
    append("x", width.pad_before);
  }
  return text;
}

PoolProblem parse_pool(std::string_view id) {
  IdReader reader(id, form);
  PoolProblem p;
  if (!reader.accept("max_pool")) {
    reader.expect("average_pool");
    p.pool = Pool::average;
  }
  p.backward = reader.accept("_backward");
  reader.expect("/");
  reader.dtype();
  if (!reader.accept("/nchw/")) {
    reader.expect("/nhwc/");
    p.channels = ChannelOrder::last;
  }
  p.n = reader.extent("n", "N");
  p.c = reader.extent("c", "C");
  p.height.input = reader.extent("h", "H");
  p.width.input = reader.extent("w", "W");
  p.height.filter = reader.extent("r", "R");
  p.width.filter = reader.extent("s", "S");
  read_axis_pair(reader, "/stride", p, 1, &ConvAxis::stride, &ConvAxis::stride);
  read_axis_pair(reader, "/pad", p, 0, &ConvAxis::pad_before, &ConvAxis::pad_after);
  if (!reader.done()) reader.fail_at_rest();
  refuse(reader, p);
  return p;
}

PoolProblem PoolProblem::shrunk() const {
  PoolProblem small = *this;
  small.n = 1;
  small.c = std::min<std::int64_t>(c, 16);
  return small;
}

double PoolProblem::flops() const {
  return static_cast<double>(n) * static_cast<double>(c) *
         static_cast<double>(count_taps(height).triples) *
         static_cast<double>(count_taps(width).triples);
}

double PoolProblem::least_bytes() const {
  const bool reads_x_too = pool == Pool::max && backward;
  return 4 * (static_cast<double>(x_elements()) * (reads_x_too ? 2 : 1) +
              static_cast<double>(y_elements()));
}

ProblemView PoolProblem::view() const {
  const auto tensor = [&](std::string name, std::int64_t h, std::int64_t w, Role role) {
    const bool first = channels == ChannelOrder::first;
    std::vector<std::int64_t> shape = first ? std::vector{n, c, h, w} : std::vector{n, h, w, c};
    return TensorSpec{std::move(name), std::move(shape), Dtype::f32, role};
  };
  const auto x = [&](std::string name, Role role) {
    return tensor(std::move(name), height.input, width.input, role);
  };
  const auto y = [&](std::string name, Role role) {
    return tensor(std::move(name), height.output(), width.output(), role);
  };
  const auto both = [&](std::int64_t ConvAxis::* field) {
    return std::to_string(height.*field) + 'x' + std::to_string(width.*field);
  };
  ProblemView view;
  view.id = id();
  view.operation = operation_of(*this);
  view.sizes = {{"layout", channels == ChannelOrder::first ? "nchw" : "nhwc"},
                {"n", std::to_string(n)},
                {"c", std::to_string(c)},
                {"input", both(&ConvAxis::input)},
                {"window", both(&ConvAxis::filter)},
                {"stride", both(&ConvAxis::stride)},
                {"pad", both(&ConvAxis::pad_before)}};
  if (!backward) {
    view.tensors = {x("x", Role::input), y("y", Role::output)};
  } else if (pool == Pool::max) {
    view.tensors = {y("dy", Role::input), x("x", Role::input), x("dx", Role::output)};
  } else {
    view.tensors = {y("dy", Role::input), x("dx", Role::output)};
  }
  view.flops = flops();
  view.least_bytes = least_bytes();
  view.judged_by_bytes = true;
  view.reduction = window();
  view.exact_range = exact_range(*this);
  const double unit = unit_roundoff(Dtype::f32);
  view.rounding = {.output = pool == Pool::max && !backward ? 0 : unit,
                   .accumulate = unit,
                   .underflow = static_cast<double>(window()) * 0x1p-149};
  view.oracle = elements_oracle([p = *this](Tensors before, std::int64_t i) {
    return p.backward ? pooled_gradient(p, before, i) : pooled(p, before, i);
  });
  return view;
}

}  // namespace breakeven
