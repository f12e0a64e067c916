#include <gtest/gtest.h>
#include <omp.h>

#include <initializer_list>
#include <string>
#include <string_view>

#include "cpu_reference/conv/depthwise_product.h"
#include "cpu_reference/conv/depthwise_wgrad.h"
#include "cpu_reference/conv/direct_product.h"
#include "cpu_reference/conv/direct_wgrad.h"
#include "cpu_reference/conv/lane_product.h"
#include "cpu_reference/conv/lane_wgrad.h"
#include "cpu_reference/conv/lines.h"
#include "cpu_reference/conv/plane_product.h"
#include "cpu_reference/conv/plane_wgrad.h"
#include "cpu_reference/conv/winograd_product.h"
#include "operations/conv/winograd.h"
#include "tests/support/conv_check.h"
#include "tests/support/oracle_check.h"

/// The implementations choose the best instruction set that the CPU has; here each that it has gets
/// its turn.
namespace breakeven::cpu_conv {
namespace {

/// `sizes`: an id without dtype, order of channels and direction.
template <class Convolution>
void expect_right(std::string_view order, Direction direction, std::string_view sizes,
                  MathMode (*math_mode)(const ConvProblem&) = nullptr) {
  std::string id("conv/");
  id += name_of(sizeof(typename Convolution::T) == 4 ? Dtype::f32 : Dtype::f64);
  for (const std::string_view part : {order, name_of(direction), sizes}) (id += '/') += part;
  SCOPED_TRACE(id);
  const ConvProblem p = parse_conv(id);
  const int before = omp_get_max_threads();
  for (const int threads : {1, 3}) {
    omp_set_num_threads(threads);
    Convolution convolution(p);
    for (const test::Fill fill : {test::Fill::integers, test::Fill::normal}) {
      const test::ProblemTensors tensors(p.view(), fill, 23);
      convolution.run(tensors.call());
      test::expect_matches_oracle(p.view(), tensors, fill, math_mode ? math_mode(p) : MathMode{});
    }
  }
  omp_set_num_threads(before);
}

// Strides, dilation, padding on one side, several filters a channel, more than one vector.
constexpr std::string_view direct_sizes[] = {
    "n2c21h11w19k23r3s3/pad1x1", "n1c12h12w10k18r2s5/stride3x2/pad0-1x2/dilation2x1/groups2"};
constexpr std::string_view depthwise_sizes[] = {
    "n2c37h11w45k37r3s3/pad1x1/groups37",
    "n1c3h12w10k6r2s5/stride3x2/pad0-1x2/dilation2x1/groups3"};

template <class Kernels>
void expect_right_planes() {
  for (const auto& all : {direct_sizes, depthwise_sizes}) {
    for (const std::string_view sizes : {all[0], all[1]}) {
      expect_right<PlaneProduct<Kernels>>("nchw", Direction::fprop, sizes);
      expect_right<PlaneProduct<Kernels>>("nchw", Direction::dgrad, sizes);
      expect_right<PlaneWgrad<Kernels>>("nchw", Direction::wgrad, sizes);
    }
  }
}

TEST(CpuConvPlanes, Portable) {
  expect_right_planes<PortableLines<float>>();
  expect_right_planes<PortableLines<double>>();
}

TEST(CpuConvPlanes, Avx2) {
  if (!has_avx2()) GTEST_SKIP() << "this CPU has no AVX2";
  expect_right_planes<Avx2Lines<float>>();
  expect_right_planes<Avx2Lines<double>>();
}

TEST(CpuConvPlanes, Avx512) {
  if (!has_avx512()) GTEST_SKIP() << "this CPU has no AVX-512";
  expect_right_planes<Avx512Lines<float>>();
  expect_right_planes<Avx512Lines<double>>();
}

template <class Kernels>
void expect_right_direct() {
  for (const std::string_view sizes : direct_sizes) {
    expect_right<DirectProduct<Kernels>>("nhwc", Direction::fprop, sizes);
    expect_right<DirectProduct<Kernels>>("nhwc", Direction::dgrad, sizes);
    expect_right<DirectWgrad<Kernels>>("nhwc", Direction::wgrad, sizes);
  }
}

TEST(CpuConvDirect, Portable) {
  expect_right_direct<PortableLines<float>>();
  expect_right_direct<PortableLines<double>>();
}

TEST(CpuConvDirect, Avx2) {
  if (!has_avx2()) GTEST_SKIP() << "this CPU has no AVX2";
  expect_right_direct<Avx2Lines<float>>();
  expect_right_direct<Avx2Lines<double>>();
}

TEST(CpuConvDirect, Avx512) {
  if (!has_avx512()) GTEST_SKIP() << "this CPU has no AVX-512";
  expect_right_direct<Avx512Lines<float>>();
  expect_right_direct<Avx512Lines<double>>();
}

template <class Kernels>
void expect_right_depthwise() {
  for (const std::string_view sizes : depthwise_sizes) {
    expect_right<DepthwiseProduct<Kernels>>("nhwc", Direction::fprop, sizes);
    expect_right<DepthwiseProduct<Kernels>>("nhwc", Direction::dgrad, sizes);
    expect_right<DepthwiseWgrad<Kernels>>("nhwc", Direction::wgrad, sizes);
  }
}

TEST(CpuConvDepthwise, Portable) {
  expect_right_depthwise<PortableDepthwise<float>>();
  expect_right_depthwise<PortableDepthwise<double>>();
}

TEST(CpuConvDepthwise, Avx2) {
  if (!has_avx2()) GTEST_SKIP() << "this CPU has no AVX2";
  expect_right_depthwise<Avx2Depthwise<float>>();
  expect_right_depthwise<Avx2Depthwise<double>>();
}

TEST(CpuConvDepthwise, Avx512) {
  if (!has_avx512()) GTEST_SKIP() << "this CPU has no AVX-512";
  expect_right_depthwise<Avx512Depthwise<float>>();
  expect_right_depthwise<Avx512Depthwise<double>>();
}

template <class Kernels>
void expect_right_lanes() {
  for (const std::string_view sizes :
       {"n19c5h9w7k10r3s3/pad1x1", "n9c6h12w10k6r2s5/stride3x2/pad0-1x2/dilation2x1/groups2",
        "n16c3h4w15k9r1s7/pad0x3"}) {
    expect_right<LaneProduct<Kernels>>("nchw", Direction::fprop, sizes);
    expect_right<LaneProduct<Kernels>>("nchw", Direction::dgrad, sizes);
    expect_right<LaneWgrad<Kernels>>("nchw", Direction::wgrad, sizes);
  }
}

TEST(CpuConvLanes, Portable) { expect_right_lanes<PortableLanes>(); }

TEST(CpuConvLanes, Avx2) {
  if (!has_avx2()) GTEST_SKIP() << "this CPU has no AVX2";
  expect_right_lanes<Avx2Lanes>();
}

TEST(CpuConvLanes, Avx512) {
  if (!has_avx512()) GTEST_SKIP() << "this CPU has no AVX-512";
  expect_right_lanes<Avx512Lanes>();
}

template <class Tile, class Kernels>
void expect_right_winograd() {
  for (const Direction direction : {Direction::fprop, Direction::dgrad}) {
    for (const std::string_view order : {"nchw", "nhwc"}) {
      for (const std::string_view sizes : {"n1c1h1w1k1r3s3/pad1x1", "n1c67h5w75k17r3s3/pad1x0-2"}) {
        expect_right<WinogradProduct<Tile, Kernels>>(order, direction, sizes, winograd_mode);
      }
    }
  }
}

TEST(CpuConvWinograd, Portable) {
  expect_right_winograd<cpu_gemm::PortableTile<float>, PortableWinograd>();
}

TEST(CpuConvWinograd, Avx2) {
  if (!has_avx2()) GTEST_SKIP() << "this CPU has no AVX2";
  expect_right_winograd<cpu_gemm::Avx2Tile<float>, Avx2Winograd>();
}

TEST(CpuConvWinograd, Avx512) {
  if (!has_avx512()) GTEST_SKIP() << "this CPU has no AVX-512";
  expect_right_winograd<cpu_gemm::Avx512Tile<float>, Avx512Winograd>();
}

}  // namespace
}  // namespace breakeven::cpu_conv
