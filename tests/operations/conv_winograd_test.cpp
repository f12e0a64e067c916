#include <gtest/gtest.h>

#include <cmath>

#include "operations/conv/strides.h"
#include "operations/conv/winograd.h"
#include "tests/support/conv_check.h"
#include "tests/support/problem_tensors.h"

namespace breakeven {
namespace {

TEST(ConvWinograd, IsForFiltersThatDoNotJump) {
  for (const char* id : {"conv/f32/nchw/fprop/n1c1h1w1k1r3s3/pad1x1",
                         "conv/f32/nhwc/dgrad/n2c5h9w8k7r3s3/pad0-2x3-1"}) {
    EXPECT_TRUE(has_winograd(parse_conv(id))) << id;
  }
  for (const char* id :
       {"conv/f32/nchw/wgrad/n1c1h3w3k1r3s3", "conv/f32/nchw/fprop/n1c1h5w5k1r3s3/stride2x1",
        "conv/f32/nchw/fprop/n1c1h5w5k1r3s3/dilation1x2", "conv/f32/nchw/fprop/n1c1h5w5k1r5s3",
        "conv/f32/nchw/fprop/n1c2h5w5k2r3s3/groups2", "conv/f32/ncw/fprop/n1c1w5k1s3",
        "conv/f32/ncdhw/fprop/n1c1d5h5w5k1t3r3s3"}) {
    EXPECT_FALSE(has_winograd(parse_conv(id))) << id;
  }
}

// The integers are small enough that all quarters of its sums are exact, and no smaller.
TEST(ConvWinograd, HasRoomForItsSumsInTheExactTier) {
  for (const std::int64_t channels : {1, 3, 64, 512, 65536}) {
    ConvProblem p = parse_conv("conv/f32/nchw/fprop/n1c1h4w4k1r3s3");
    p.c = channels;
    const auto range = static_cast<double>(p.view().exact_range);
    const double growth = static_cast<double>(kWinogradGrowth * channels);
    EXPECT_GE(range, 1);
    EXPECT_LE(growth * range * range, 0x1p24) << channels;
    EXPECT_GT(growth * (range + 1) * (range + 1), 0x1p24) << channels;
  }
  // Whatever has no Winograd has the larger integers.
  const ConvProblem strided = parse_conv("conv/f32/nchw/fprop/n1c64h5w5k1r3s3/stride2x2");
  EXPECT_GT(9 * 64 * std::pow(strided.view().exact_range + 1, 2), 0x1p24);
}

// Of the window, where it is in the image, and of all of the filter, over all channels.
TEST(ConvWinograd, NormsAreThoseOfWindowAndFilter) {
  for (const char* id :
       {"conv/f32/nchw/fprop/n2c3h5w4k2r3s3/pad2x1", "conv/f32/nhwc/dgrad/n2c3h5w4k2r3s3/pad1x0"}) {
    const ConvProblem p = parse_conv(id);
    const test::ProblemTensors tensors(p.view(), test::Fill::normal, 3);
    const bool forward = p.direction == Direction::fprop;
    const ConvStrides x = x_strides(p), w = w_strides(p), y = y_strides(p);
    const ConvStrides &from = forward ? x : y, &to = forward ? y : x;
    const auto square = [&](std::size_t tensor, std::int64_t i) {
      return std::pow(tensors.before()[tensor].as<float>()[i], 2.0);
    };
    const ConvAxis &rows = p.axes[1], &columns = p.axes[2];
    for (std::int64_t n = 0; n < p.n; ++n) {
      for (std::int64_t out = 0; out < (forward ? p.k : p.c); ++out) {
        for (std::int64_t h = 0; h < (forward ? rows.output() : rows.input); ++h) {
          for (std::int64_t v = 0; v < (forward ? columns.output() : columns.input); ++v) {
            double window = 0, filter = 0;
            for (std::int64_t in = 0; in < winograd_channels(p); ++in) {
              for (std::int64_t tap = 0; tap < 9; ++tap) {
                const std::int64_t r = tap / 3, s = tap % 3;
                filter +=
                    square(1, (forward ? out : in) * w.outer + (forward ? in : out) * w.channel +
                                  r * w.axis[1] + s * w.axis[2]);
                const std::int64_t at_h = forward ? rows.source(h, r) : h - rows.source(0, r);
                const std::int64_t at_w = forward ? columns.source(v, s) : v - columns.source(0, s);
                if (at_h < 0 || at_h >= (forward ? rows.input : rows.output())) continue;
                if (at_w < 0 || at_w >= (forward ? columns.input : columns.output())) continue;
                window += square(0, n * from.outer + in * from.channel + at_h * from.axis[1] +
                                        at_w * from.axis[2]);
              }
            }
            const std::int64_t index =
                n * to.outer + out * to.channel + h * to.axis[1] + v * to.axis[2];
            const double norms = p.view().oracle.element(tensors.before(), index).norms;
            ASSERT_NEAR(norms, std::sqrt(window * filter), 1e-12 * norms) << id << ' ' << index;
          }
        }
      }
    }
  }
}

// Magnitudes grow by the largest singular value of |Aᵀ|·(|G| ⊙ |Bᵀ|), here by iteration.
TEST(ConvWinograd, GrowsByTheConstantOfItsBound) {
  constexpr double a[2][4] = {{1, 1, 1, 0}, {0, 1, 1, 1}};
  constexpr double b[4][4] = {{1, 0, 1, 0}, {0, 1, 1, 0}, {0, 1, 1, 0}, {0, 1, 0, 1}};
  constexpr double g[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}, {0, 0, 1}};
  double growth[2] = {};
  for (int output = 0; output < 2; ++output) {
    double v[3] = {1, 1, 1};
    for (int step = 0; step < 100; ++step) {
      double u[3] = {}, next[3] = {};
      const auto kappa = [&](int x, int w) {  // of the window's element x and the filter's w
        double sum = 0;
        for (int m = 0; m < 4; ++m) sum += a[output][m] * g[m][w] * b[m][output + x];
        return sum;
      };
      for (int x = 0; x < 3; ++x) {
        for (int w = 0; w < 3; ++w) u[x] += kappa(x, w) * v[w];
      }
      for (int x = 0; x < 3; ++x) {
        for (int w = 0; w < 3; ++w) next[w] += kappa(x, w) * u[x];
      }
      // Of κᵀκ, which is the square of κ's: that of two axes.
      growth[output] = std::hypot(next[0], next[1], next[2]);
      for (int w = 0; w < 3; ++w) v[w] = next[w] / growth[output];
    }
  }
  EXPECT_NEAR(growth[0], growth[1], 1e-12);
  const ConvProblem p = parse_conv("conv/f32/nchw/fprop/n1c16h4w4k1r3s3");
  EXPECT_NEAR(winograd_mode(p).mixed, (4 * 4 + 10) * growth[0] * 0x1p-24, 1e-15);
}

}  // namespace
}  // namespace breakeven
