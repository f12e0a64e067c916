#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

#include "tests/support/gemm_tensors.h"

namespace breakeven::test {

/// Odd, ragged, thin and batched; then rows of whole vectors over several tiles, more rows of tiles
/// than kernels group, and K long enough to be split. Each with every layout, scaling and fill that
/// a test combines.
struct Sizes {
  std::int64_t batch, m, n, k;
};
inline constexpr Sizes gemm_sizes[] = {
    {1, 1, 1, 1},      {1, 1, 7, 5},      {1, 7, 1, 5},    {1, 1, 1, 64},   {1, 1, 130, 33},
    {1, 130, 1, 33},   {1, 3, 5, 1},      {1, 16, 16, 16}, {1, 17, 31, 13}, {1, 33, 65, 129},
    {1, 2, 300, 4},    {3, 5, 7, 9},      {2, 1, 9, 17},   {17, 4, 4, 4},   {1, 127, 63, 65},
    {2, 132, 132, 24}, {1, 1032, 132, 4}, {2, 5, 9, 264},  {1, 140, 5, 264}};

struct Scaling {
  double alpha, beta;
};
inline constexpr Scaling gemm_scalings[] = {{1, 0}, {1, 1}, {-2, 3}, {0.5, -0.25}};

/// Both tiers of verification: every element, and the product check over all of them.
inline void expect_matches_oracle(const GemmProblem& p, const GemmTensors& tensors, Fill fill) {
  const Oracle oracle = p.view().oracle;
  const double u = unit_roundoff(p.dtype);
  for (std::int64_t i = 0; i < p.batch * p.m * p.n; ++i) {
    const Expected expected = oracle.element(tensors.before(), i);
    const double bound = fill == Fill::integers
                             ? 0
                             : u * std::abs(expected.value) +
                                   4 * std::sqrt(static_cast<double>(p.k)) * u * expected.magnitude;
    ASSERT_LE(std::abs(tensors.get(i) - expected.value), bound)
        << "element " << i << " is " << tensors.get(i) << ", must be " << expected.value;
  }
  const Verdict verdict = fill == Fill::integers
                              ? oracle.exact_product(tensors.before(), tensors.c(), 1)
                              : oracle.real_product(tensors.before(), tensors.c(), {u, 0, u}, 1);
  EXPECT_TRUE(verdict.ok) << verdict.detail;
}

/// Calls `check` on every size, scaling and fill of problems with that dtype and layout.
inline void for_each_gemm(Dtype dtype, bool trans_a, bool trans_b,
                          const std::function<void(const GemmProblem&, Fill)>& check) {
  for (const Sizes& size : gemm_sizes) {
    for (const Scaling& scaling : gemm_scalings) {
      const GemmProblem p{dtype,  trans_a, trans_b,       size.batch,  size.m,
                          size.n, size.k,  scaling.alpha, scaling.beta};
      for (const Fill fill : {Fill::integers, Fill::normal}) {
        SCOPED_TRACE(p.id() + (fill == Fill::integers ? " integers" : " normal"));
        check(p, fill);
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  }
}

/// "openblas_f32_nt": the name of a test's parameters.
inline std::string name_of_case(std::string_view implementation, Dtype dtype, bool trans_a,
                                bool trans_b) {
  return std::string(implementation) + "_" + std::string(name_of(dtype)) + "_" +
         (trans_a ? "t" : "n") + (trans_b ? "t" : "n");
}

}  // namespace breakeven::test
