#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "operations/implementation.h"
#include "tests/support/conv_check.h"
#include "tests/support/device_run.h"
#include "tests/support/oracle_check.h"

namespace breakeven::test {

/// What kernels can get wrong besides: more rows and columns than a tile has, sums long enough to
/// be cut, strides and dilations with a common divisor, whole chunks of channels in groups, and all
/// widths, strides and parities that depthwise kernels know.
inline constexpr ConvGeometry conv_kernel_geometries[] = {
    {2, "n2c8h16w10k136r1s1"},
    {2, "n3c136h3w4k8r2s2/pad1x1"},
    {2, "n3c3h16w15k5r3s3/pad1x1"},
    {2, "n1c8h11w13k8r3s4/stride2x4/pad1x2/dilation2x2"},
    {2, "n1c32h5w4k48r3s3/pad1x1/groups2"},
    {2, "n2c16h9w10k16r3s3/stride2x2/pad1x1/groups16"},
    {2, "n1c8h6w11k8r5s5/stride1x2/pad2x2/groups8"},
    {2, "n1c8h5w9k8r7s7/pad3x3/groups8"},
    {2, "n1c6h5w6k18r3s5/stride1x2/pad1x3/groups6"},
    {2, "n1c80h3w9k80r1s3/stride2x2/groups80"},
    {1, "n2c8w17k8s7/stride2/pad3/groups8"},
    {3, "n1c8d5h4w6k8t3r2s3/stride2x1x1/pad1x0x1/groups8"},
};

/// Those of conv_ids() and of the above in every direction, order and dtype.
inline std::vector<std::string> conv_kernel_ids() {
  std::vector<std::string> ids = conv_ids();
  for (const ConvGeometry& geometry : conv_kernel_geometries) {
    for (const Direction direction : conv_directions) {
      for (const ChannelOrder order : {ChannelOrder::first, ChannelOrder::last}) {
        for (const Dtype dtype : conv_dtypes) {
          ids.push_back(conv_id(dtype, order, direction, geometry));
        }
      }
    }
  }
  return ids;
}

/// The problems of those ids.
inline std::vector<ConvProblem> conv_kernel_problems() {
  std::vector<ConvProblem> problems;
  for (const std::string& id : conv_kernel_ids()) problems.push_back(parse_conv(id));
  return problems;
}

/// An implementation's place in its list, and problems that it takes.
using ConvParameters = std::tuple<std::size_t, Dtype, ChannelOrder, Direction>;

inline ConvParameters parameters_of(std::size_t index, const ConvProblem& p) {
  return {index, p.dtype, p.channels, p.direction};
}

/// "naive_bf16_last_dgrad": the name of a test's parameters.
inline std::string name_of_case(std::string_view implementation, const ConvParameters& parameters) {
  const auto& [index, dtype, channels, direction] = parameters;
  return std::string(implementation) + "_" + std::string(name_of(dtype)) + "_" +
         (channels == ChannelOrder::first ? "first" : "last") + "_" +
         std::string(name_of(direction));
}

/// Multiplies 1 + 2^-12, which f32 holds and TF32 rounds to 1, by 1: the result says what an
/// implementation rounds its inputs to, whatever it says itself.
inline void expect_rounding_of_its_math_mode(
    const CudaImplementation<ConvProblem>& implementation) {
  const ConvProblem p = parse_conv("conv/f32/nhwc/fprop/n1c16h4w4k16r1s1");
  if (!implementation.supports(p)) return;
  const ProblemTensors tensors(p.view(), Fill::integers, 1);
  constexpr float value = 1 + 0x1p-12f;
  for (std::int64_t i = 0; i < 16 * 16; ++i) {
    tensors.call()[0].as<float>()[i] = i % 16 == 0 ? value : 0;
    tensors.call()[1].as<float>()[i] = i % 16 == 0 ? 1 : 0;
  }
  run_on_device(implementation, p, tensors);
  const bool tf32 = math_mode_of(implementation, p).name == "tf32";
  for (std::int64_t i = 0; i < tensors.output().elements; ++i) {
    ASSERT_EQ(tensors.get(i), tf32 ? 1 : value) << implementation.name;
  }
}

}  // namespace breakeven::test
