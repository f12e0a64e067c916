#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <limits>
#include <set>

#include "operations/conv/strides.h"
#include "operations/list.h"
#include "tests/support/conv_bias_relu_check.h"
#include "tests/support/oracle_check.h"

namespace breakeven {
namespace {

using test::Fill;
using test::ProblemTensors;

std::string error_of(const std::string& id) {
  try {
    parse_conv_bias_relu(id);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

const char* const problems[] = {
    "conv_bias_relu/f32/nchw/n2c6h7w8k4r3s3/pad1x1",
    "conv_bias_relu/f32/nhwc/n2c6h9w8k4r3s2/stride2x1/pad1x0/groups2",
    "conv_bias_relu/f64/nwc/n3c4w20k4s5/dilation2/groups4",
    "conv_bias_relu/bf16/nhwc/n2c40h6w5k6r3s3/pad1x1",
    "conv_bias_relu/f16/ncdhw/n1c4d3h4w5k8t2r2s2",
};

TEST(ConvBiasReluProblem, IdParsesBack) {
  for (const char* id : problems) {
    EXPECT_EQ(parse_conv_bias_relu(id).id(), id);
    EXPECT_EQ(parse_conv_bias_relu(id).view().id, id);
  }
}

TEST(ConvBiasReluProblem, ErrorsQuoteTheIdAndNameTheForm) {
  const char* const form = "conv_bias_relu/<f32|f64|bf16|f16>/<ncw|nwc|nchw|nhwc|ncdhw|ndhwc>/n<N>";
  struct Row {
    const char* id;
    const char* says;
  };
  for (const Row& row : {
           Row{"", form},
           Row{"conv/f32/nchw/fprop/n1c1h1w1k1r1s1", form},
           Row{"conv_bias_relu/f32/nchw/fprop/n1c1h1w1k1r1s1", form},
           Row{"conv_bias_relu/s8/nchw/n1c1h1w1k1r1s1", "dtype 's8' must be f32, f64, bf16 or f16"},
           Row{"conv_bias_relu/f32/hwcn/n1c1h1w1k1r1s1", "layout 'hwcn' must be"},
           Row{"conv_bias_relu/f32/nchw/n1c3h4w4k4r1s1/groups2", "2 groups do not divide"},
           Row{"conv_bias_relu/f32/nchw/n1c1h2w2k1r3s3", "the output is empty"},
           Row{"conv_bias_relu/f32/nchw/n1c1h1w1k1r1s1/extra1x1", "cannot read '/extra1x1'"},
           Row{"conv_bias_relu/f32/nchw/n2000000000c2000000000h9w9k1r1s1", "x takes more than"},
       }) {
    const std::string error = error_of(row.id);
    EXPECT_NE(error.find(row.says), std::string::npos) << row.id << ": " << error;
    EXPECT_TRUE(error.starts_with(std::string("'") + row.id + "' is no conv_bias_relu problem: "))
        << error;
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  }
}

TEST(ConvBiasReluProblem, ViewAddsBiasToTheConvolution) {
  const ConvBiasReluProblem p = parse_conv_bias_relu("conv_bias_relu/bf16/nhwc/n2c4h5w6k8r3s3");
  const ProblemView view = p.view(), convolution = p.convolution.view();
  EXPECT_EQ(view.operation, "conv_bias_relu");
  ASSERT_EQ(view.tensors.size(), 4u);
  const char* const names[] = {"x", "w", "bias", "y"};
  const std::vector<std::int64_t> shapes[] = {{2, 5, 6, 4}, {8, 3, 3, 4}, {8}, {2, 3, 4, 8}};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(view.tensors[i].name, names[i]);
    EXPECT_EQ(view.tensors[i].shape, shapes[i]) << names[i];
    EXPECT_EQ(view.tensors[i].dtype, Dtype::bf16);
    EXPECT_EQ(view.tensors[i].role, i == 3 ? Role::output : Role::input);
  }
  EXPECT_EQ(view.flops, convolution.flops + 2 * (2 * 8 * 3 * 4));
  EXPECT_EQ(view.nominal_flops, *convolution.nominal_flops + 2 * (2 * 8 * 3 * 4));
  EXPECT_EQ(view.least_bytes, convolution.least_bytes + 2 * 8);
  EXPECT_EQ(view.reduction, 4 * 9 + 1);
  for (const auto& [name, value] : view.sizes) EXPECT_NE(name, "direction") << value;
}

/// y by definition in the accumulator, with another end of the story if so asked.
using Finish = std::function<double(double sum, double bias)>;

double relu(double sum, double bias) { return std::max(sum + bias, 0.0); }

/// `channel`: which channel's bias an element of that channel gets.
void compute(const ConvBiasReluProblem& p, ProblemTensors& tensors, const Finish& finish = relu,
             const std::function<std::int64_t(std::int64_t)>& channel = std::identity()) {
  const ProblemView convolution = p.convolution.view();
  const std::int64_t step = y_strides(p.convolution).channel, k = p.convolution.k;
  with_type(p.convolution.dtype, [&]<class T>(T) {
    const T* bias = tensors.before()[2].as<T>();
    for (std::int64_t i = 0; i < tensors.output().elements; ++i) {
      const double sum = convolution.oracle.element(tensors.before().first(2), i).value;
      tensors.set(i, finish(sum, static_cast<double>(bias[channel(i / step % k)])));
    }
  });
}

TEST(ConvBiasReluOracle, AcceptsTheDefinition) {
  for (const char* id : problems) {
    for (const Fill fill : {Fill::integers, Fill::normal}) {
      for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const ConvBiasReluProblem p = parse_conv_bias_relu(id);
        ProblemTensors tensors(p.view(), fill, seed);
        compute(p, tensors);
        SCOPED_TRACE(id);
        ASSERT_NO_FATAL_FAILURE(test::expect_matches_oracle(p.view(), tensors, fill));
      }
    }
  }
}

// Each is what a kernel might compute instead.
TEST(ConvBiasReluOracle, OtherEndsOfTheStoryAreCaught) {
  for (const char* id : problems) {
    const ConvBiasReluProblem p = parse_conv_bias_relu(id);
    const std::int64_t k = p.convolution.k;
    for (const Fill fill : {Fill::integers, Fill::normal}) {
      ProblemTensors tensors(p.view(), fill, 3);
      const Finish wrong[] = {
          [](double sum, double bias) { return sum + bias; },
          [](double sum, double) { return std::max(sum, 0.0); },
          [](double sum, double bias) { return std::max(sum, 0.0) + bias; },
          [](double sum, double bias) { return std::max(sum - bias, 0.0); },
          [](double sum, double bias) { return std::clamp(sum + bias, 0.0, 2.0); },
          [](double sum, double bias) { return std::abs(sum + bias); },
      };
      for (const Finish& finish : wrong) {
        compute(p, tensors, finish);
        EXPECT_NE(test::complaint(p.view(), tensors, fill), "") << id << " " << &finish - wrong;
      }
      compute(p, tensors, relu, [k](std::int64_t channel) { return (channel + 1) % k; });
      EXPECT_NE(test::complaint(p.view(), tensors, fill), "") << id;
    }
  }
}

TEST(ConvBiasReluOracle, WhatReluNeverGivesIsCaughtAnywhere) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const char* id : problems) {
    const ConvBiasReluProblem p = parse_conv_bias_relu(id);
    const ProblemView view = p.view();
    ProblemTensors tensors(view, Fill::normal, 5);
    compute(p, tensors);
    const auto ok = [&] {
      return view.oracle.real_product(tensors.before(), tensors.outputs(), view.rounding, 1).ok;
    };
    for (std::int64_t i = 0; i < tensors.output().elements; ++i) {
      const double right = tensors.get(i);
      for (const double wrong :
           {std::numeric_limits<double>::quiet_NaN(), infinity, -infinity, -0.25, 6e4}) {
        tensors.set(i, wrong);
        ASSERT_FALSE(ok()) << id << " element " << i << " is " << wrong;
      }
      tensors.set(i, right);
    }
    EXPECT_TRUE(ok()) << id;
  }
}

TEST(ConvBiasReluOracle, FailureSaysWhatIsRight) {
  const ConvBiasReluProblem p = parse_conv_bias_relu(problems[0]);
  ProblemTensors tensors(p.view(), Fill::integers, 6);
  compute(p, tensors);
  tensors.set(9, -12);
  const Verdict verdict = p.view().oracle.exact_product(tensors.before(), tensors.outputs(), 1);
  EXPECT_TRUE(verdict.detail.starts_with("y at 9 is -12, must be ")) << verdict.detail;
}

// A bias is one integer more in each sum, and the sums of bf16 hold no more than 256.
TEST(ConvBiasReluExactTier, LeavesRoomForTheBias) {
  for (const char* sizes : {"n1c256h4w4k2r1s1", "n1c255h4w4k2r1s1", "n1c64h9w9k4r3s3/pad1x1",
                            "n1c2560h2w2k2r1s1", "n1c63h5w5k2r2s2"}) {
    const ConvBiasReluProblem p =
        parse_conv_bias_relu("conv_bias_relu/bf16/nchw/" + std::string(sizes));
    const ProblemView view = p.view();
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      const ProblemTensors tensors(view, Fill::integers, seed);
      for (std::int64_t i = 0; i < tensors.output().elements; ++i) {
        ASSERT_LE(view.oracle.element(tensors.before(), i).magnitude, 256) << p.id();
      }
    }
  }
}

TEST(ConvBiasReluLists, HoldCanonicalIdsAndUniqueTags) {
  std::set<std::string> lists;
  for (const auto& entry : std::filesystem::directory_iterator(list_folder("conv_bias_relu"))) {
    lists.insert(entry.path().stem());
    std::set<std::string> ids, tags;
    for (const ListRow& row : read_list(entry.path())) {
      EXPECT_EQ(parse_conv_bias_relu(row.problem).id(), row.problem) << row.place;
      EXPECT_TRUE(ids.insert(row.problem).second) << row.place << ": twice";
      EXPECT_TRUE(tags.insert(row.tag()).second) << row.place << ": " << row.tag();
      EXPECT_NE(row.origin, "") << row.place;
    }
  }
  EXPECT_EQ(lists,
            (std::set<std::string>{"quick", "resnet50_b1", "resnet50_bf16", "smoke", "vgg16"}));
}

}  // namespace
}  // namespace breakeven
