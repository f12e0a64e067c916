#pragma once

#include "operations/gemm_bias_gelu/problem.h"
#include "tests/support/gemm_check.h"

namespace breakeven::test {

/// Dtypes of gemm_bias_gelu problems.
inline constexpr Dtype gelu_dtypes[] = {Dtype::f32, Dtype::bf16, Dtype::f16};

/// The problem of that dtype and layout with the extents of a GEMM that the tests multiply.
inline GemmBiasGeluProblem gelu_problem(Dtype dtype, bool trans_a, bool trans_b,
                                        const Sizes& size) {
  return {{.dtype = dtype,
           .trans_a = trans_a,
           .trans_b = trans_b,
           .m = size.m,
           .n = size.n,
           .k = size.k}};
}

/// Calls `check` on every size of problems with that dtype and layout.
inline void for_each_gelu_problem(Dtype dtype, bool trans_a, bool trans_b,
                                  const std::function<void(const GemmBiasGeluProblem&)>& check) {
  for (const Sizes& size : gemm_sizes) {
    const GemmBiasGeluProblem p = gelu_problem(dtype, trans_a, trans_b, size);
    SCOPED_TRACE(p.id());
    check(p);
    if (testing::Test::HasFatalFailure()) return;
  }
}

/// All parameters with which a row of the list supports any of the sizes.
template <class List>
std::vector<Parameters> supported_gelu(const List& list) {
  std::vector<Parameters> found;
  for (std::size_t index = 0; index < list.size(); ++index) {
    for (const Dtype dtype : gelu_dtypes) {
      for (const auto& [trans_a, trans_b] : {std::pair{false, false}, std::pair{false, true},
                                             std::pair{true, false}, std::pair{true, true}}) {
        const auto takes = [&](const Sizes& size) {
          return bool(list[index].supports(gelu_problem(dtype, trans_a, trans_b, size)));
        };
        if (std::any_of(std::begin(gemm_sizes), std::end(gemm_sizes), takes)) {
          found.emplace_back(index, dtype, trans_a, trans_b);
        }
      }
    }
  }
  return found;
}

}  // namespace breakeven::test
