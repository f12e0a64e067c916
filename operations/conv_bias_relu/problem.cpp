#include "operations/conv_bias_relu/problem.h"

#include "operations/conv/exact_tier.h"
#include "operations/conv/id_parts.h"
#include "operations/conv/strides.h"
#include "operations/conv_bias_relu/oracle.h"

namespace breakeven {
namespace {

constexpr std::string_view prefix = "conv_bias_relu/";

constexpr Dtype dtypes[] = {Dtype::f32, Dtype::f64, Dtype::bf16, Dtype::f16};

constexpr IdForm form{.name = "conv_bias_relu",
                      .form =
                          "conv_bias_relu/<f32|f64|bf16|f16>/<ncw|nwc|nchw|nhwc|ncdhw|ndhwc>/"
                          "n<N>c<C>[d<D>][h<H>]w<W>k<K>[t<T>][r<R>]s<S>"
                          "[/stride<h>x<w>][/pad<h>x<w>][/dilation<h>x<w>][/groups<G>]",
                      .dtypes = dtypes};

double outputs(const ConvProblem& p) {
  double product = static_cast<double>(p.n) * static_cast<double>(p.k);
  for (const std::int64_t extent : output_extents(p)) product *= static_cast<double>(extent);
  return product;
}

}  // namespace

std::string ConvBiasReluProblem::id() const {
  std::string text(prefix);
  text += name_of(convolution.dtype);
  return text += '/' + layout_of(convolution) + '/' + sizes_of(convolution);
}

ConvBiasReluProblem parse_conv_bias_relu(std::string_view id) {
  IdReader reader(id, form);
  ConvProblem convolution;
  reader.expect(prefix);
  convolution.dtype = reader.dtype();
  reader.expect("/");
  read_layout(reader, convolution);
  reader.expect("/");
  read_sizes(reader, convolution);
  if (!reader.done()) reader.fail_at_rest();
  refuse_sizes(reader, convolution);
  return {convolution};
}

double ConvBiasReluProblem::flops() const { return convolution.flops() + 2 * outputs(convolution); }

double ConvBiasReluProblem::nominal_flops() const {
  return convolution.nominal_flops() + 2 * outputs(convolution);
}

double ConvBiasReluProblem::least_bytes() const {
  return convolution.least_bytes() +
         static_cast<double>(convolution.k) * static_cast<double>(size_of(convolution.dtype));
}

ProblemView ConvBiasReluProblem::view() const {
  const ConvExactTier exact = exact_tier(convolution, 1);
  ProblemView view = convolution.view();
  view.id = id();
  view.operation = "conv_bias_relu";
  std::erase_if(view.sizes, [](const auto& size) { return size.first == "direction"; });
  view.tensors[1].exact_sparsity = exact.sparsity;
  view.tensors.insert(view.tensors.begin() + 2,
                      {"bias", {convolution.k}, convolution.dtype, Role::input});
  view.flops = flops();
  view.nominal_flops = nominal_flops();
  view.least_bytes = least_bytes();
  view.reduction += 1;
  view.exact_range = exact.range;
  view.rounding.underflow += smallest_subnormal(convolution.sum_dtype());
  view.oracle = conv_bias_relu_oracle(*this);
  return view;
}

}  // namespace breakeven
