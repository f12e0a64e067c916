#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "operations/implementation.h"
#include "tests/support/gemm_tensors.h"
#include "tests/support/oracle_check.h"

namespace breakeven::test {

/// Odd, ragged, thin and batched; then rows of whole vectors over several tiles (for matrix units
/// of 16 bytes in every dtype), more rows of tiles than kernels group, and K long enough to be
/// split. Each with every layout, scaling and fill that a test combines.
struct Sizes {
  std::int64_t batch, m, n, k;
};
inline constexpr Sizes gemm_sizes[] = {
    {1, 1, 1, 1},      {1, 1, 7, 5},      {1, 7, 1, 5},    {1, 1, 1, 64},    {1, 1, 130, 33},
    {1, 130, 1, 33},   {1, 3, 5, 1},      {1, 16, 16, 16}, {1, 17, 31, 13},  {1, 33, 65, 129},
    {1, 2, 300, 4},    {3, 5, 7, 9},      {2, 1, 9, 17},   {17, 4, 4, 4},    {1, 127, 63, 65},
    {2, 132, 132, 24}, {1, 1032, 132, 4}, {2, 5, 9, 264},  {1, 140, 5, 264}, {1, 144, 80, 48},
    {2, 48, 144, 112}};

struct Scaling {
  double alpha, beta;
};
inline constexpr Scaling gemm_scalings[] = {{1, 0}, {1, 1}, {-2, 3}, {0.5, -0.25}};

/// Both tiers of verification: every element, and the product check over all of them.
inline void expect_matches_oracle(const GemmProblem& p, const GemmTensors& tensors, Fill fill,
                                  const MathMode& math_mode = {}) {
  expect_matches_oracle(p.view(), tensors, fill, math_mode);
}

/// Dtypes of GEMM problems.
inline constexpr Dtype gemm_dtypes[] = {Dtype::f32,  Dtype::f64,  Dtype::bf16, Dtype::f16,
                                        Dtype::e4m3, Dtype::e5m2, Dtype::s8};

/// The scaling, or for an integer dtype a whole one.
inline Scaling scaling_for(Dtype dtype, Scaling scaling) {
  if (!is_integer(dtype)) return scaling;
  return {std::ceil(scaling.alpha), std::floor(scaling.beta)};
}

/// Calls `check` on every size, scaling and fill of problems with that dtype and layout.
inline void for_each_gemm(Dtype dtype, bool trans_a, bool trans_b,
                          const std::function<void(const GemmProblem&, Fill)>& check) {
  for (const Sizes& size : gemm_sizes) {
    for (const Scaling& any : gemm_scalings) {
      const Scaling scaling = scaling_for(dtype, any);
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

/// An implementation's place in its list, and problems that it takes.
using Parameters = std::tuple<std::size_t, Dtype, bool, bool>;  // index, dtype, trans_a, trans_b

/// All parameters with which a row of the list supports any of the sizes.
template <class List>
std::vector<Parameters> supported(const List& list) {
  std::vector<Parameters> found;
  for (std::size_t index = 0; index < list.size(); ++index) {
    for (const Dtype dtype : gemm_dtypes) {
      for (const auto& [trans_a, trans_b] : {std::pair{false, false}, std::pair{false, true},
                                             std::pair{true, false}, std::pair{true, true}}) {
        const auto takes = [&](const Sizes& size) {
          return bool(
              list[index].supports({dtype, trans_a, trans_b, size.batch, size.m, size.n, size.k}));
        };
        if (std::any_of(std::begin(gemm_sizes), std::end(gemm_sizes), takes)) {
          found.emplace_back(index, dtype, trans_a, trans_b);
        }
      }
    }
  }
  return found;
}

/// "openblas_f32_nt": the name of a test's parameters.
inline std::string name_of_case(std::string_view implementation, Dtype dtype, bool trans_a,
                                bool trans_b) {
  return std::string(implementation) + "_" + std::string(name_of(dtype)) + "_" +
         (trans_a ? "t" : "n") + (trans_b ? "t" : "n");
}

}  // namespace breakeven::test
