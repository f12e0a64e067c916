#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "operations/conv/problem.h"

namespace breakeven::test {

/// Geometries that are easy to get wrong, by number of spatial axes: an id's sizes.
struct ConvGeometry {
  int dims;
  std::string_view sizes;
};
inline constexpr ConvGeometry conv_geometries[] = {
    {2, "n1c1h1w1k1r1s1"},
    {2, "n2c3h5w7k4r3s3/pad1x1"},
    {2, "n1c5h9w8k7r3s3"},
    {2, "n3c16h6w6k8r1s1"},
    {2, "n2c8h7w7k16r1s1/stride2x2"},
    {2, "n2c4h13w11k6r3s3/stride2x2/pad1x1"},
    {2, "n1c3h17w19k5r7s7/stride2x2/pad3x3"},
    {2, "n2c3h10w9k4r2s3/stride3x4"},                      // the stride jumps over elements of x
    {2, "n1c2h4w5k3r3s3/pad3x2"},                          // outputs that see padding only
    {2, "n1c2h6w6k3r2s2/pad0-1x1-0"},                      // padded on one side
    {2, "n2c4h11w12k4r3s3/stride2x1/pad2x2/dilation2x3"},  // dilation with stride
    {2, "n1c4h9w9k6r3s2/pad1-2x0-3/dilation2x4"},          // and padded on one side
    {2, "n2c9h6w5k12r3s3/pad1x1/groups3"},                 // groups of 3 channels
    {2, "n2c6h7w8k6r3s3/pad1x1/groups6"},                  // depthwise
    {2, "n1c8h9w9k16r3s3/stride2x2/pad1x1/groups8"},       // depthwise, two filters each
    {2, "n1c4h14w9k4r5s5/pad2x2/groups4"},
    {2, "n2c3h13w10k6r2s3/stride3x2/pad1-0x0-2/dilation2x1/groups3"},
    {2, "n4c3h1w1k5r3s3/pad1x1"},  // images of one pixel
    {2, "n2c7h6w9k15r3s3/pad0-2x2-1"},
    {2, "n1c70h3w67k3r3s3/pad2x1"},
    {2, "n1c4h5w6k3r5s6"},  // a filter as large as the image
    {2, "n1c32h8w8k40r3s3/pad1x1"},
    {2, "n2c64h6w5k24r3s3/stride2x2/pad1x1"},
    {2, "n1c16h34w6k72r1s1"},
    {2, "n1c8h4w40k8r1s7/pad0x3"},
    {2, "n9c3h6w7k10r3s3/pad1x1"},  // more images than half a vector holds, and than a whole one
    {2, "n18c4h7w6k6r2s3/stride3x2/pad1-0x0-2/dilation2x1/groups2"},
    {1, "n2c5w31k6s4"},
    {1, "n1c1w50k8s10/stride5"},
    {1, "n2c16w40k16s3/stride2/pad1"},
    {1, "n1c12w33k8s8/pad4/groups4"},
    {1, "n2c3w24k4s3/pad4-0/dilation4"},
    {1, "n2c20w29k20s4/stride3/pad2/groups20"},
    {1, "n17c2w12k3s9/pad4"},
    {3, "n1c2d4h5w6k3t3r3s3/pad1x1x1"},
    {3, "n8c2d3h4w4k9t2r2s2/pad1x0x1"},
    {3, "n2c3d5h4w7k4t2r3s1/stride2x1x3"},
    {3, "n1c8d3h6w5k8t1r3s3/pad0x1x1/dilation1x2x1/groups2"},
    {3, "n1c16d4h4w4k8t2r2s2/stride2x2x2"},
    {3, "n2c4d5h6w7k8t3r2s3/stride2x1x2/pad1x0x1/groups4"},
};

inline std::string conv_id(Dtype dtype, ChannelOrder order, Direction direction,
                           const ConvGeometry& geometry) {
  constexpr std::string_view first[] = {"ncw", "nchw", "ncdhw"}, last[] = {"nwc", "nhwc", "ndhwc"};
  std::string id("conv/");
  id += name_of(dtype);
  id += '/';
  id += (order == ChannelOrder::first ? first : last)[geometry.dims - 1];
  id += '/';
  id += name_of(direction);
  id += '/';
  return id += geometry.sizes;
}

inline constexpr Direction conv_directions[] = {Direction::fprop, Direction::dgrad,
                                                Direction::wgrad};
inline constexpr Dtype conv_dtypes[] = {Dtype::f32, Dtype::f64, Dtype::bf16, Dtype::f16};

/// Every geometry in every direction and order of channels in f32, and in one of the orders in one
/// of the other dtypes, in turn: geometry has little to do with them.
inline std::vector<std::string> conv_ids() {
  std::vector<std::string> ids;
  std::size_t turn = 0;
  for (const ConvGeometry& geometry : conv_geometries) {
    for (const Direction direction : conv_directions) {
      constexpr ChannelOrder orders[] = {ChannelOrder::first, ChannelOrder::last};
      for (const ChannelOrder order : orders) {
        ids.push_back(conv_id(Dtype::f32, order, direction, geometry));
      }
      ids.push_back(conv_id(conv_dtypes[1 + turn % 3], orders[turn / 3 % 2], direction, geometry));
      ++turn;
    }
    ++turn;  // the next geometry begins with another dtype
  }
  return ids;
}

}  // namespace breakeven::test
