#include <algorithm>
#include <string>
#include <utility>

#include "operations/conv/id_parts.h"

namespace breakeven {
namespace {

constexpr Dtype dtypes[] = {Dtype::f32, Dtype::f64, Dtype::bf16, Dtype::f16};

constexpr std::string_view prefix = "conv/", transposed_prefix = "conv_transposed/";

constexpr IdForm form{.name = "convolution",
                      .form =
                          "conv/<f32|f64|bf16|f16>/<ncw|nwc|nchw|nhwc|ncdhw|ndhwc>/"
                          "<fprop|dgrad|wgrad>/n<N>c<C>[d<D>][h<H>]w<W>k<K>[t<T>][r<R>]s<S>"
                          "[/stride<h>x<w>][/pad<h>x<w>][/dilation<h>x<w>][/groups<G>]",
                      .dtypes = dtypes};
constexpr IdForm transposed_form{
    .name = "transposed convolution",
    .form =
        "conv_transposed/<dtype>/<layout>/<fprop|dgrad|wgrad>/n<N>c<C>h<H>w<W>k<K>r<R>s<S>"
        "[/stride<h>x<w>][/pad<h>x<w>][/dilation<h>x<w>][/groups<G>][/extra<h>x<w>]",
    .dtypes = dtypes};

Direction read_direction(IdReader& reader) {
  const std::string_view text = reader.field();
  for (const Direction direction : {Direction::fprop, Direction::dgrad, Direction::wgrad}) {
    if (text == name_of(direction)) return direction;
  }
  reader.fail("direction '" + std::string(text) + "' must be fprop, dgrad or wgrad");
}

/// The convolution that a transposed one with these sizes is the transpose of, in the direction
/// that computes the same.
ConvProblem untransposed(IdReader& reader, const ConvProblem& sizes) {
  ConvProblem p = sizes;
  std::swap(p.c, p.k);
  if (sizes.direction == Direction::fprop) p.direction = Direction::dgrad;
  if (sizes.direction == Direction::dgrad) p.direction = Direction::fprop;
  std::array<std::int64_t, 3> extra{};
  if (reader.accept("/extra")) {
    for_each_axis(reader, p, [&](ConvAxis& axis) {
      extra[static_cast<std::size_t>(&axis - p.axes.data())] = read_count(reader, "extra", 0);
    });
  }
  for (std::size_t i = 0; i < 3; ++i) {
    ConvAxis& axis = p.axes[i];
    if (extra[i] >= std::max(axis.stride, axis.dilation)) {
      reader.fail("extra is " + std::to_string(extra[i]) +
                  ", must be smaller than the stride or the dilation");
    }
    axis.input = (axis.input - 1) * axis.stride - axis.pad_before - axis.pad_after +
                 axis.dilation * (axis.filter - 1) + 1 + extra[i];
    if (axis.input < 1) reader.fail("the output is empty: all of it is cut off as padding");
    if (axis.input > kMostOfExtent)
      reader.fail("its output is beyond " + std::to_string(kMostOfExtent));
    if (axis.output() != sizes.axes[i].input) {
      reader.fail("with so much extra it has no convolution that it is the transpose of");
    }
  }
  return p;
}

}  // namespace

std::string ConvProblem::id() const {
  std::string text(prefix);
  text += name_of(dtype);
  text += '/' + layout_of(*this) + '/';
  text += name_of(direction);
  return text += '/' + sizes_of(*this);
}

ConvProblem parse_conv(std::string_view id) {
  const bool transposed = id.starts_with(transposed_prefix);
  IdReader reader(id, transposed ? transposed_form : form);
  ConvProblem problem;
  reader.expect(transposed ? transposed_prefix : prefix);
  problem.dtype = reader.dtype();
  reader.expect("/");
  read_layout(reader, problem);
  reader.expect("/");
  problem.direction = read_direction(reader);
  reader.expect("/");
  read_sizes(reader, problem);
  if (transposed) problem = untransposed(reader, problem);
  if (!reader.done()) reader.fail_at_rest();
  refuse_sizes(reader, problem);
  return problem;
}

}  // namespace breakeven
