#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <set>

#include "operations/gemm/problem.h"

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
  const std::size_t elements =
      touched_a.size() + touched_b.size() + read_c.size() + written_c.size();
  counts.bytes = static_cast<double>(elements * size_of(p.dtype));
  return counts;
}

GemmProblem random_problem(std::mt19937_64& random, std::int64_t largest) {
  const auto extent = [&] {
    return std::uniform_int_distribution<std::int64_t>(1, largest)(random);
  };
  GemmProblem p;
  p.dtype = random() % 2 == 0 ? Dtype::f32 : Dtype::f64;
  p.trans_a = random() % 2 == 0;
  p.trans_b = random() % 2 == 0;
  p.batch = random() % 2 == 0 ? 1 : extent();
  p.m = extent();
  p.n = extent();
  p.k = extent();
  if (random() % 2 == 0) {
    constexpr double factors[] = {1, 0, -1, 2, 0.5, 0.1, 1e-30, -3.25, 1e30};
    p.alpha = factors[random() % std::size(factors)];
    p.beta = factors[random() % std::size(factors)];
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
bool exact_with(const GemmProblem& p, double r, double grain) {
  const double products = static_cast<double>(p.k) * r * r;
  const double total = std::abs(p.alpha) * products + std::abs(p.beta) * r;
  return std::max(total, products) <= grain * largest_exact_integer(p.dtype);
}

TEST(GemmProblem, ExactRangeKeepsPartialSumsExact) {
  struct Row {
    const char* id;
    double grain;  // all values are multiples of it
  };
  for (const Row& row :
       {Row{"gemm/f32/nn/m8n8k512", 1}, Row{"gemm/f32/nn/m8n8k512/alpha-2beta3", 1},
        Row{"gemm/f32/nn/m8n8k512/alpha0.5beta-0.25", 0.25},
        Row{"gemm/f64/nn/m8n8k512/alpha0.5beta1", 0.5}, Row{"gemm/f32/nn/m1n1k1", 1},
        Row{"gemm/f32/nn/m1n1k4000000", 1}}) {
    const GemmProblem p = parse_gemm(row.id);
    const int range = p.exact_range();
    EXPECT_EQ(p.view().exact_range, range);
    EXPECT_GE(range, 1) << row.id;
    EXPECT_TRUE(exact_with(p, range, row.grain)) << row.id << " " << range;
    // Largest: one more would not do, unless alpha below 1 leaves room that the product has not.
    if (std::abs(p.alpha) >= 1) {
      EXPECT_FALSE(exact_with(p, range + 1.0, row.grain)) << row.id << " " << range;
    }
  }
}

TEST(GemmProblem, ExactRangeIsZeroWhereNothingIsExact) {
  EXPECT_EQ(parse_gemm("gemm/f32/nn/m1n1k20000000").exact_range(), 0);
  EXPECT_EQ(parse_gemm("gemm/f32/nn/m1n1k1/alpha0.1beta0").exact_range(), 0);
  EXPECT_EQ(parse_gemm("gemm/f64/nn/m1n1k1/alpha1e-300beta0").exact_range(), 0);
  EXPECT_EQ(parse_gemm("gemm/f64/nn/m1n1k1/alpha1beta1e300").exact_range(), 0);
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
           Row{"conv/f32/nn/m1n1k1", "gemm/<f32|f64>/<nn|nt|tn|tt>"},
           Row{"", "ends too early"},
           Row{"gemm", "has the form"},
           Row{"gemm/", "must be f32 or f64"},
           Row{"gemm/f16/nn/m1n1k1", "dtype 'f16' must be f32 or f64"},
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
