#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <numbers>
#include <set>

#include "operations/gemm_epilogue/gelu.h"
#include "operations/list.h"
#include "tests/support/gemm_epilogue_check.h"

namespace breakeven {
namespace {

using test::Fill;
using test::ProblemTensors;

std::string error_of(const std::string& id) {
  try {
    parse_gemm_epilogue(id);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(Gelu, HasTheValuesOfItsDefinition) {
  EXPECT_EQ(gelu(0.0), 0);
  EXPECT_NEAR(gelu(1.0), 0.841192, 1e-6);  // the erf form has 0.841345 here
  EXPECT_NEAR(gelu(-1.0), -0.158808, 1e-6);
  EXPECT_NEAR(gelu(3.0), 2.996363, 1e-6);
  EXPECT_EQ(gelu(100.0f), 100);
  EXPECT_EQ(gelu(-100.0f), 0);
  EXPECT_EQ(gelu(1e30f), 1e30f);
  EXPECT_EQ(gelu(-1e30f), 0);
}

TEST(Gelu, ConstantsBoundIt) {
  double least = 0, steepest = 0;
  for (double x = -8; x < 8; x += 1e-4) {
    least = std::min(least, gelu(x));
    steepest = std::max(steepest, std::abs(gelu(x + 1e-6) - gelu(x)) / 1e-6);
  }
  EXPECT_GE(least, kGeluFloor);
  EXPECT_NEAR(least, kGeluFloor, 1e-4);
  EXPECT_LE(steepest, kGeluSlope);
  EXPECT_NEAR(steepest, kGeluSlope, 2e-3);
}

TEST(GemmEpilogueProblem, IdParsesBack) {
  for (const char* id : {"gemm_bias_gelu/bf16/nt/m512n3072k768", "gemm_bias_relu/f32/nn/m1n2k3",
                         "gemm_bias_gelu/f16/tn/m7n1k9", "gemm_bias_gelu/f32/tt/m1n1k1"}) {
    EXPECT_EQ(parse_gemm_epilogue(id).id(), id);
    EXPECT_EQ(parse_gemm_epilogue(id).view().id, id);
  }
}

TEST(GemmEpilogueProblem, ErrorsQuoteTheIdAndNameTheForm) {
  const char* const form = "gemm_bias_<relu|gelu>/<f32|bf16|f16>/<nn|nt|tn|tt>/m<M>n<N>k<K>";
  struct Row {
    const char* id;
    const char* says;
  };
  for (const Row& row : {
           Row{"gemm/f32/nn/m1n1k1", form},
           Row{"", form},
           Row{"gemm_bias/f32/nn/m1n1k1", form},
           Row{"gemm_bias_gelu/f64/nn/m1n1k1", "dtype 'f64' must be f32, bf16 or f16"},
           Row{"gemm_bias_relu/s8/nn/m1n1k1", "dtype 's8' must be f32, bf16 or f16"},
           Row{"gemm_bias_gelu/f32/xx/m1n1k1", "layout 'xx' must be nn, nt, tn or tt"},
           Row{"gemm_bias_gelu/f32/nn/b2m1n1k1", "cannot read 'b2m1n1k1'"},
           Row{"gemm_bias_gelu/f32/nn/b2m1n1k1", form},
           Row{"gemm_bias_gelu/f32/nn/m1n1k1/alpha2beta0", "cannot read '/alpha2beta0'"},
           Row{"gemm_bias_gelu/f32/nn/m1n1k1/alpha2beta0", form},
           Row{"gemm_bias_gelu/f32/nn/m0n1k1", "M is 0, must be at least 1"},
           Row{"gemm_bias_gelu/f32/nn/m4000000000n4000000000k1", "the result takes more than"},
           Row{"gemm_bias_gelu/f32/nn/m3000000n3000000k3000000", "floating-point operations"},
       }) {
    const std::string error = error_of(row.id);
    EXPECT_NE(error.find(row.says), std::string::npos) << row.id << ": " << error;
    EXPECT_TRUE(
        error.starts_with(std::string("'") + row.id + "' is no GEMM with an epilogue problem: "))
        << error;
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  }
}

TEST(GemmEpilogueProblem, ViewDescribesTensorsAndCounts) {
  const ProblemView view = parse_gemm_epilogue("gemm_bias_gelu/bf16/tn/m4n5k6").view();
  EXPECT_EQ(view.operation, "gemm_bias_gelu");
  EXPECT_EQ(view.sizes,
            (std::vector<std::pair<std::string, std::string>>{{"m", "4"}, {"n", "5"}, {"k", "6"}}));
  ASSERT_EQ(view.tensors.size(), 4u);
  const char* const names[] = {"A", "B", "bias", "D"};
  const std::vector<std::int64_t> shapes[] = {{6, 4}, {6, 5}, {5}, {4, 5}};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(view.tensors[i].name, names[i]);
    EXPECT_EQ(view.tensors[i].shape, shapes[i]) << names[i];
    EXPECT_EQ(view.tensors[i].dtype, Dtype::bf16);
    EXPECT_EQ(view.tensors[i].role, i == 3 ? Role::output : Role::input);
  }
  EXPECT_EQ(view.flops, 4 * 5 * (2 * 6 + 1));
  EXPECT_EQ(view.least_bytes, 2 * (4 * 6 + 6 * 5 + 5 + 4 * 5));
  EXPECT_EQ(view.reduction, 7);
  EXPECT_EQ(view.exact_range, 0);
  const ProblemView relu = parse_gemm_epilogue("gemm_bias_relu/bf16/tn/m4n5k6").view();
  EXPECT_EQ(relu.operation, "gemm_bias_relu");
  EXPECT_EQ(relu.flops, 4 * 5 * (2 * 6 + 2));
  EXPECT_EQ(relu.least_bytes, view.least_bytes);
  EXPECT_EQ(parse_gemm_epilogue("gemm_bias_gelu/f32/nt/m40n5k60").shrunk_to(8).id(),
            "gemm_bias_gelu/f32/nt/m8n5k8");
}

/// D of a problem by definition in float, with another bias and another activation if so asked.
struct Definition {
  std::function<float(float)> activation = {};
  std::function<double(std::int64_t i, std::int64_t j)> bias_at = {};
};

void compute(const GemmEpilogueProblem& problem, ProblemTensors& tensors,
             const Definition& definition = {}) {
  const GemmProblem& p = problem.product;
  with_type(p.dtype, [&]<class T>(T) {
    const T* a = tensors.call()[0].as<T>();
    const T* b = tensors.call()[1].as<T>();
    const T* bias = tensors.call()[2].as<T>();
    for (std::int64_t i = 0; i < p.m; ++i) {
      for (std::int64_t j = 0; j < p.n; ++j) {
        float sum = 0;
        for (std::int64_t k = 0; k < p.k; ++k) {
          sum += static_cast<float>(p.trans_a ? a[k * p.m + i] : a[i * p.k + k]) *
                 static_cast<float>(p.trans_b ? b[j * p.k + k] : b[k * p.n + j]);
        }
        sum += static_cast<float>(definition.bias_at ? definition.bias_at(i, j)
                                                     : static_cast<double>(bias[j]));
        tensors.set(i * p.n + j, definition.activation ? definition.activation(sum)
                                                       : activated(problem.activation, sum));
      }
    }
  });
}

constexpr const char* problems[] = {
    "gemm_bias_gelu/f32/nn/m5n7k9",   "gemm_bias_gelu/f32/tt/m1n33k170",
    "gemm_bias_gelu/bf16/nt/m6n8k40", "gemm_bias_gelu/bf16/tn/m33n1k5",
    "gemm_bias_gelu/f16/nt/m9n5k70",  "gemm_bias_gelu/f16/tn/m3n4k1",
    "gemm_bias_relu/f32/nt/m5n7k9",   "gemm_bias_relu/bf16/tn/m33n1k5",
    "gemm_bias_relu/f16/nn/m9n5k70",
};

Verdict check_all(const ProblemView& view, const ProblemTensors& tensors) {
  return view.oracle.real_product(tensors.before(), tensors.outputs(), view.rounding, 1);
}

/// Elements that are further from the truth than their bound.
int wrong_elements(const ProblemView& view, const ProblemTensors& tensors) {
  int wrong = 0;
  for (std::int64_t i = 0; i < tensors.output().elements; ++i) {
    const Expected expected = view.oracle.element(tensors.before(), i);
    const double bound = view.rounding.bound(expected, view.reduction);
    wrong += !(std::abs(tensors.get(i) - expected.value) <= bound);
  }
  return wrong;
}

TEST(GemmEpilogueOracle, AcceptsTheDefinition) {
  for (const char* id : problems) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      const GemmEpilogueProblem p = parse_gemm_epilogue(id);
      ProblemTensors tensors(p.view(), Fill::normal, seed);
      compute(p, tensors);
      SCOPED_TRACE(id);
      ASSERT_NO_FATAL_FAILURE(test::expect_matches_oracle(p.view(), tensors, Fill::normal));
    }
  }
}

TEST(GemmEpilogueOracle, MagnitudeHasBothTerms) {
  const GemmEpilogueProblem p = parse_gemm_epilogue("gemm_bias_gelu/f32/nn/m1n1k2");
  const ProblemTensors tensors(p.view(), Fill::normal, 1);
  const auto set = [&](std::size_t tensor, std::initializer_list<float> values) {
    std::copy(values.begin(), values.end(), tensors.before()[tensor].as<float>());
  };
  set(0, {5, -4});
  set(1, {1, 1});
  set(2, {-3});
  const Expected expected = p.view().oracle.element(tensors.before(), 0);
  EXPECT_EQ(expected.value, gelu(-2.0));
  EXPECT_DOUBLE_EQ(expected.magnitude, 1.13 * (9 + 3) + 4 * 2);
  const ProblemView relu = parse_gemm_epilogue("gemm_bias_relu/f32/nn/m1n1k2").view();
  EXPECT_EQ(relu.oracle.element(tensors.before(), 0).value, 0);
  EXPECT_EQ(relu.oracle.element(tensors.before(), 0).magnitude, 9 + 3);
}

// Each is what a kernel might compute instead, and close enough to pass for gelu at a glance.
TEST(GemmEpilogueOracle, OtherActivationsAndBiasesAreCaught) {
  const GemmEpilogueProblem p = parse_gemm_epilogue("gemm_bias_gelu/f32/nt/m16n16k8");
  ProblemTensors tensors(p.view(), Fill::normal, 2);
  const float* bias = tensors.before()[2].as<float>();
  const Definition wrong[] = {
      {.activation =
           [](float x) { return x / 2 * (1 + std::erf(x / std::numbers::sqrt2_v<float>)); }},
      {.activation = [](float x) { return x / (1 + std::exp(-1.702f * x)); }},
      {.activation = [](float x) { return std::max(x, 0.0f); }},
      {.activation = [](float x) { return x; }},
      {.bias_at = [](std::int64_t, std::int64_t) { return 0.0; }},
      {.bias_at = [&](std::int64_t i, std::int64_t) { return bias[i]; }},
      {.bias_at = [&](std::int64_t, std::int64_t j) { return bias[(j + 1) % 16]; }},
  };
  for (const Definition& definition : wrong) {
    compute(p, tensors, definition);
    EXPECT_GT(wrong_elements(p.view(), tensors), 50) << &definition - wrong;
  }
  compute(p, tensors);
  EXPECT_EQ(wrong_elements(p.view(), tensors), 0);
}

TEST(GemmEpilogueOracle, ReluWithoutItsBiasOrNotAtAllIsCaught) {
  const GemmEpilogueProblem p = parse_gemm_epilogue("gemm_bias_relu/f32/nt/m16n16k8");
  ProblemTensors tensors(p.view(), Fill::normal, 2);
  const float* bias = tensors.before()[2].as<float>();
  for (const Definition& definition :
       {Definition{.activation = [](float x) { return x; }}, Definition{.activation = gelu<float>},
        Definition{.bias_at = [](std::int64_t, std::int64_t) { return 0.0; }},
        Definition{.bias_at = [&](std::int64_t, std::int64_t j) { return bias[(j + 1) % 16]; }}}) {
    compute(p, tensors, definition);
    EXPECT_GT(wrong_elements(p.view(), tensors), 50);
  }
}

// One unit in the last place of one element is a failure, in either check that there is.
TEST(GemmEpilogueOracle, ReluIsExactOnIntegers) {
  for (const char* id : {"gemm_bias_relu/f32/nt/m5n7k300", "gemm_bias_relu/bf16/tn/m9n5k40",
                         "gemm_bias_relu/f16/nn/m4n4k3000"}) {
    const ProblemView view = parse_gemm_epilogue(id).view();
    ASSERT_GT(view.exact_range, 0) << id;
    ProblemTensors tensors(view, Fill::integers, 3);
    compute(parse_gemm_epilogue(id), tensors);
    SCOPED_TRACE(id);
    test::expect_matches_oracle(view, tensors, Fill::integers);
    tensors.set(2, tensors.get(2) + 1);
    EXPECT_NE(test::complaint(view, tensors, Fill::integers), "");
  }
}

TEST(GemmEpilogueOracle, WhatAnActivationNeverGivesIsCaughtAnywhere) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const char* id : problems) {
    const GemmEpilogueProblem p = parse_gemm_epilogue(id);
    const ProblemView view = p.view();
    ProblemTensors tensors(view, Fill::normal, 5);
    compute(p, tensors);
    for (std::int64_t i = 0; i < tensors.output().elements; ++i) {
      const double right = tensors.get(i);
      for (const double wrong :
           {std::numeric_limits<double>::quiet_NaN(), infinity, -infinity, -0.25, -30.0, 3e4}) {
        tensors.set(i, wrong);
        ASSERT_FALSE(check_all(view, tensors).ok) << id << " element " << i << " is " << wrong;
      }
      tensors.set(i, right);
    }
    EXPECT_TRUE(check_all(view, tensors).ok) << id;
  }
}

TEST(GemmEpilogueOracle, FailureNamesTheElement) {
  const GemmEpilogueProblem p = parse_gemm_epilogue("gemm_bias_gelu/f32/nn/m3n4k5");
  ProblemTensors tensors(p.view(), Fill::normal, 6);
  compute(p, tensors);
  tensors.set(2 * 4 + 1, -12);
  const Verdict verdict = check_all(p.view(), tensors);
  EXPECT_EQ(verdict.detail.find("D[2, 1] is -12, must be "), 0u) << verdict.detail;
}

TEST(GemmEpilogueOracle, OfGeluHasNoExactTier) {
  const ProblemView view = parse_gemm_epilogue("gemm_bias_gelu/f32/nn/m3n4k5").view();
  const ProblemTensors tensors(view, Fill::normal, 7);
  EXPECT_FALSE(view.oracle.exact_product(tensors.before(), tensors.outputs(), 1).ok);
}

TEST(GemmEpilogueLists, HoldCanonicalIdsAndUniqueTags) {
  std::set<std::string> lists;
  for (const auto& entry : std::filesystem::directory_iterator(list_folder("gemm_epilogue"))) {
    lists.insert(entry.path().stem());
    std::set<std::string> ids, tags;
    for (const ListRow& row : read_list(entry.path())) {
      EXPECT_EQ(parse_gemm_epilogue(row.problem).id(), row.problem) << row.place;
      EXPECT_TRUE(ids.insert(row.problem).second) << row.place << ": twice";
      EXPECT_TRUE(tags.insert(row.tag()).second) << row.place << ": " << row.tag();
      EXPECT_NE(row.origin, "") << row.place;
      EXPECT_EQ(row.multiplicity, 1) << row.place << ": it is no pass through a network";
    }
  }
  EXPECT_EQ(lists, (std::set<std::string>{"networks", "quick", "smoke", "transformers"}));
}

}  // namespace
}  // namespace breakeven
