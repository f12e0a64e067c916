#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <set>

#include "operations/gemm/types.h"
#include "tests/support/gemm_check.h"

namespace breakeven {
namespace {

/// Counts what the definition does, operation by operation and element by element.
struct Counts {
  double flops = 0;
  double bytes = 0;
};

Counts count_by_definition(const GemmProblem& p) {
  Counts counts;
  std::set<std::int64_t> touched_a, touched_b, read_c, written_c;
  for (std::int64_t b = 0; b < p.batch; ++b) {
    for (std::int64_t i = 0; i < p.m; ++i) {
      for (std::int64_t j = 0; j < p.n; ++j) {
        for (std::int64_t k = 0; k < p.k; ++k) {
          touched_a.insert((b * p.m + i) * p.k + k);
          touched_b.insert((b * p.k + k) * p.n + j);
          ++counts.flops;  // multiply
          ++counts.flops;  // add
        }
        if (p.alpha != 1) ++counts.flops;
        if (p.beta != 0) {
          read_c.insert((b * p.m + i) * p.n + j);
          if (p.beta != 1) ++counts.flops;
          ++counts.flops;
        }
        written_c.insert((b * p.m + i) * p.n + j);
      }
    }
  }
  counts.bytes = static_cast<double>(touched_a.size() * size_of(p.a_dtype()) +
                                     touched_b.size() * size_of(p.b_dtype()) +
                                     (read_c.size() + written_c.size()) * size_of(p.c_dtype()));
  return counts;
}

GemmProblem random_problem(std::mt19937_64& random, std::int64_t largest) {
  const auto extent = [&] {
    return std::uniform_int_distribution<std::int64_t>(1, largest)(random);
  };
  GemmProblem p;
  p.dtype = test::gemm_dtypes[random() % std::size(test::gemm_dtypes)];
  p.trans_a = random() % 2 == 0;
  p.trans_b = random() % 2 == 0;
  p.batch = random() % 2 == 0 ? 1 : extent();
  p.m = extent();
  p.n = extent();
  p.k = extent();
  if (random() % 2 == 0) {
    constexpr double factors[] = {1, 0, -1, 2, 0.5, 0.1, 1e-30, -3.25, 1e30};
    const std::size_t whole = 4;
    const std::size_t choices = p.dtype == Dtype::s8 ? whole : std::size(factors);
    p.alpha = factors[random() % choices];
    p.beta = factors[random() % choices];
  }
  return p;
}

std::string error_of(const std::string& id) {
  try {
    parse_gemm(id);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(GemmProblem, IdHasTheDocumentedForm) {
  GemmProblem p{.dtype = Dtype::f32, .m = 512, .n = 512, .k = 512};
  EXPECT_EQ(p.id(), "gemm/f32/nn/m512n512k512");
  p = {.trans_b = true, .batch = 96, .m = 512, .n = 512, .k = 64};
  EXPECT_EQ(p.id(), "gemm/f32/nt/b96m512n512k64");
  p = {.dtype = Dtype::f64, .trans_a = true, .m = 8, .n = 9, .k = 10, .alpha = 2, .beta = -1};
  EXPECT_EQ(p.id(), "gemm/f64/tn/m8n9k10/alpha2beta-1");
}

TEST(GemmProblem, IdParsesBack) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    const GemmProblem p = random_problem(random, i % 2 == 0 ? 10 : 10000);
    ASSERT_EQ(parse_gemm(p.id()), p) << p.id();
  }
}

// Trap: "bytes moved = product of sizes; FLOPs counted over padding": one model, counted here by
// force.
TEST(GemmProblem, FlopsAndBytesMatchBruteForceCounting) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 300; ++i) {
    const GemmProblem p = random_problem(random, 7);
    const Counts counts = count_by_definition(p);
    ASSERT_EQ(p.flops(), counts.flops) << p.id();
    ASSERT_EQ(p.least_bytes(), counts.bytes) << p.id();
    ASSERT_EQ(p.view().flops, counts.flops) << p.id();
    ASSERT_EQ(p.view().least_bytes, counts.bytes) << p.id();
  }
}

TEST(GemmProblem, ViewDescribesTensorsAsStored) {
  const ProblemView view = parse_gemm("gemm/f64/tn/b3m4n5k6/alpha1beta2").view();
  EXPECT_EQ(view.id, "gemm/f64/tn/b3m4n5k6/alpha1beta2");
  EXPECT_EQ(view.operation, "gemm");
  EXPECT_EQ(view.reduction, 6);
  ASSERT_EQ(view.tensors.size(), 3u);
  EXPECT_EQ(view.tensors[0].shape, (std::vector<std::int64_t>{3, 6, 4}));
  EXPECT_EQ(view.tensors[1].shape, (std::vector<std::int64_t>{3, 6, 5}));
  EXPECT_EQ(view.tensors[2].shape, (std::vector<std::int64_t>{3, 4, 5}));
  EXPECT_EQ(view.tensors[2].bytes(), 3u * 4 * 5 * 8);
  EXPECT_EQ(view.tensors[2].role, Role::inout);
  EXPECT_EQ(parse_gemm("gemm/f64/nn/m4n5k6").view().tensors[2].role, Role::output);
}

/// Whether all partial sums of the worst case, all terms of one sign, are exact: they are multiples
/// of `grain`, so the sum must not pass grain times the largest exact integer.
bool exact_with(const GemmProblem& p, double r, std::int64_t one_in, double grain) {
  const auto terms = static_cast<double>((p.k - 1) / one_in + 1);
  const double products = terms * r * r;
  const double total = std::abs(p.alpha) * products + std::abs(p.beta) * r;
  return std::max(total, products) <=
         grain * std::min(largest_exact_integer(p.sum_dtype()), largest_exact_integer(p.c_dtype()));
}

TEST(GemmProblem, ExactTierKeepsPartialSumsExact) {
  struct Row {
    const char* id;
    double grain;  // all values are multiples of it
    double largest_input;
  };
  for (const Row& row :
       {Row{"gemm/f32/nn/m8n8k512", 1, 2048}, Row{"gemm/f32/nn/m8n8k512/alpha-2beta3", 1, 2048},
        Row{"gemm/f32/nn/m8n8k512/alpha0.5beta-0.25", 0.25, 2048},
        Row{"gemm/f64/nn/m8n8k512/alpha0.5beta1", 0.5, 0x1p53}, Row{"gemm/f32/nn/m1n1k1", 1, 2048},
        Row{"gemm/f32/nn/m1n1k4000000", 1, 2048}, Row{"gemm/f32/nn/m1n1k20000000", 1, 2048},
        Row{"gemm/bf16/nn/m8n8k16", 1, 256}, Row{"gemm/bf16/nn/m8n8k4096", 1, 256},
        Row{"gemm/f16/nt/m8n8k4096/alpha0.5beta-0.25", 0.25, 2048},
        Row{"gemm/e4m3/nn/m8n8k64", 1, 16}, Row{"gemm/e5m2/nn/m8n8k1", 1, 8},
        Row{"gemm/e5m2/nn/m8n8k8192", 1, 8}, Row{"gemm/s8/nn/m8n8k100000/alpha-2beta3", 1, 127},
        Row{"gemm/s8/nn/m8n8k64", 1, 127}}) {
    const GemmProblem p = parse_gemm(row.id);
    const auto [range, one_in] = p.exact_tier();
    EXPECT_EQ(p.view().exact_range, range);
    EXPECT_EQ(p.view().tensors[0].exact_sparsity.one_in, one_in);
    EXPECT_GE(range, 1) << row.id;
    EXPECT_LE(range, row.largest_input) << row.id;
    EXPECT_TRUE(exact_with(p, range, one_in, row.grain)) << row.id << " " << range;
    // Largest: one more would not do, unless alpha below 1 leaves room that the product has not.
    if (std::abs(p.alpha) >= 1 && range < row.largest_input) {
      EXPECT_FALSE(exact_with(p, range + 1.0, one_in, row.grain)) << row.id << " " << range;
    }
    // No zeros without need.
    if (std::abs(p.alpha) >= 1 && one_in > 1) {
      EXPECT_FALSE(exact_with(p, 1, one_in - 1, row.grain)) << row.id << " " << one_in;
    }
  }
}

TEST(GemmProblem, ExactTierIsMissingWhereNothingIsExact) {
  for (const char* id :
       {"gemm/f32/nn/m1n1k1/alpha0.1beta0", "gemm/f64/nn/m1n1k1/alpha1e-300beta0",
        "gemm/f64/nn/m1n1k1/alpha1beta1e300", "gemm/bf16/nn/m1n1k1/alpha300beta0"}) {
    EXPECT_EQ(parse_gemm(id).exact_tier().range, 0) << id;
  }
}

TEST(GemmProblem, ZerosLieAlongTheSummedAxisOfA) {
  EXPECT_EQ(parse_gemm("gemm/bf16/nn/m2n3k1000").view().tensors[0].exact_sparsity.axes,
            std::vector<std::size_t>{2});
  EXPECT_EQ(parse_gemm("gemm/bf16/tn/m2n3k1000").view().tensors[0].exact_sparsity.axes,
            std::vector<std::size_t>{1});
}

TEST(GemmProblem, TensorsHaveTheDtypesOfTheTable) {
  struct Row {
    Dtype dtype, a, b, c, sum;
  };
  for (const Row& row : {Row{Dtype::f32, Dtype::f32, Dtype::f32, Dtype::f32, Dtype::f32},
                         Row{Dtype::f64, Dtype::f64, Dtype::f64, Dtype::f64, Dtype::f64},
                         Row{Dtype::bf16, Dtype::bf16, Dtype::bf16, Dtype::bf16, Dtype::f32},
                         Row{Dtype::f16, Dtype::f16, Dtype::f16, Dtype::f16, Dtype::f32},
                         Row{Dtype::e4m3, Dtype::e4m3, Dtype::e4m3, Dtype::bf16, Dtype::f32},
                         Row{Dtype::e5m2, Dtype::e5m2, Dtype::e4m3, Dtype::bf16, Dtype::f32},
                         Row{Dtype::s8, Dtype::s8, Dtype::s8, Dtype::s32, Dtype::s32}}) {
    const GemmProblem p{.dtype = row.dtype, .m = 4, .n = 4, .k = 4};
    const ProblemView view = p.view();
    EXPECT_EQ(view.tensors[0].dtype, row.a);
    EXPECT_EQ(view.tensors[1].dtype, row.b);
    EXPECT_EQ(view.tensors[2].dtype, row.c);
    EXPECT_EQ(p.sum_dtype(), row.sum);
    with_gemm_types(row.dtype, [&]<class Types>(Types) {
      EXPECT_EQ(sizeof(typename Types::A), size_of(row.a));
      EXPECT_EQ(sizeof(typename Types::B), size_of(row.b));
      EXPECT_EQ(sizeof(typename Types::C), size_of(row.c));
      EXPECT_EQ(sizeof(typename Types::Sum), size_of(row.sum));
    });
  }
}

TEST(GemmProblem, OnlyNamesTheDtypesThatWouldDo) {
  const GemmProblem p{.dtype = Dtype::s8, .m = 1, .n = 1, .k = 1};
  EXPECT_TRUE(only(p, {Dtype::s8}));
  EXPECT_EQ(only(p, {Dtype::f32}).reason, "multiplies f32 only");
  EXPECT_EQ(only(p, {Dtype::f32, Dtype::f64}).reason, "multiplies f32 and f64 only");
  EXPECT_EQ(only(p, {Dtype::f32, Dtype::bf16, Dtype::f16}).reason,
            "multiplies f32, bf16 and f16 only");
}

TEST(GemmProblem, ShrinksEveryExtent) {
  EXPECT_EQ(parse_gemm("gemm/f32/tn/b9m100n3k50/alpha2beta1").shrunk_to(8).id(),
            "gemm/f32/tn/b8m8n3k8/alpha2beta1");
}

TEST(GemmProblem, ParseErrorsQuoteTheIdAndSayWhatWouldBeRight) {
  struct Row {
    const char* id;
    const char* says;
  };
  for (const Row& row : {
           Row{"conv/f32/nn/m1n1k1", "gemm/<f32|f64|bf16|f16|e4m3|e5m2|s8>/<nn|nt|tn|tt>"},
           Row{"", "ends too early"},
           Row{"gemm", "has the form"},
           Row{"gemm/", "must be f32, f64, bf16, f16, e4m3, e5m2 or s8"},
           Row{"gemm/s32/nn/m1n1k1", "dtype 's32' must be f32, f64, bf16"},
           Row{"gemm/s8/nn/m1n1k1/alpha0.5beta0", "alpha must be a whole number that s32 holds"},
           Row{"gemm/s8/nn/m1n1k200000", "do not fit into s32"},
           Row{"gemm/f32", "ends too early"},
           Row{"gemm/f32/NN/m1n1k1", "layout 'NN' must be nn, nt, tn or tt"},
           Row{"gemm/f32/nn/512", "cannot read '512'"},
           Row{"gemm/f32/nn/m1n1", "ends too early"},
           Row{"gemm/f32/nn/m1k1n1", "cannot read 'k1n1'"},
           Row{"gemm/f32/nn/m0n1k1", "M is 0, must be at least 1"},
           Row{"gemm/f32/nn/m1n-3k1", "N is -3, must be at least 1"},
           Row{"gemm/f32/nn/b0m1n1k1", "batch is 0, must be at least 1"},
           Row{"gemm/f32/nn/m1n1k1 ", "cannot read ' '"},
           Row{"gemm/f32/nn/m1n1k1.5", "cannot read '.5'"},
           Row{"gemm/f32/nn/m1n1k1/alpha2", "ends too early"},
           Row{"gemm/f32/nn/m1n1k1/alphainfbeta0", "alpha must be a finite number"},
           Row{"gemm/f32/nn/m1n1k1/alpha1betanan", "beta must be a finite number"},
           Row{"gemm/f32/nn/m1n1k1/alpha1e39beta0", "that f32 holds"},
       }) {
    const std::string error = error_of(row.id);
    EXPECT_NE(error.find(row.says), std::string::npos) << row.id << ": " << error;
    EXPECT_TRUE(error.starts_with(std::string("'").append(row.id).append("' is no GEMM"))) << error;
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  }
  EXPECT_EQ(error_of("gemm/f64/nn/m1n1k1/alpha1e39beta0"), "");
}

TEST(GemmProblem, OverflowIsRefusedAndNeverWraps) {
  for (const char* id : {"gemm/f32/nn/m99999999999999999999n1k1",      // beyond 64 bits by itself
                         "gemm/f32/nn/m4000000000n4000000000k1",       // C
                         "gemm/f32/nn/m4000000000n1k4000000000",       // A
                         "gemm/f32/nn/m1n4000000000k4000000000",       // B
                         "gemm/f32/nn/b9223372036854775807m1n1k1",     // times bytes of an element
                         "gemm/f64/nn/m1n1k9223372036854775807",       // K + 2 would wrap
                         "gemm/f32/nn/m3000000n3000000k3000000",       // FLOPs only
                         "gemm/f64/nn/b65536m65536n65536k65536",       // 2^64 exactly
                         "gemm/f32/nn/b4294967296m4294967296n1k1"}) {  // wraps to 0
    EXPECT_NE(error_of(id), "") << id;
  }
  // Just below: 2·M·N·K counts up to 2^63 - 1.
  EXPECT_EQ(error_of("gemm/f32/nn/m1000000n1000000k1000000"), "");
}

}  // namespace
}  // namespace breakeven
