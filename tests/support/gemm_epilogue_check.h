#pragma once

#include "operations/gemm_epilogue/problem.h"
#include "tests/support/gemm_check.h"

namespace breakeven::test {

inline constexpr Activation activations[] = {Activation::relu, Activation::gelu};

/// Dtypes of products with an epilogue.
inline constexpr Dtype epilogue_dtypes[] = {Dtype::f32, Dtype::bf16, Dtype::f16};

/// The problem of that dtype and layout with the extents of a GEMM that the tests multiply.
inline GemmEpilogueProblem epilogue_problem(Dtype dtype, bool trans_a, bool trans_b,
                                            const Sizes& size, Activation activation) {
  return {{.dtype = dtype,
           .trans_a = trans_a,
           .trans_b = trans_b,
           .m = size.m,
           .n = size.n,
           .k = size.k},
          activation};
}

/// Calls `check` on every size and activation of problems with that dtype and layout, and with the
/// inputs that there are to check with: with gelu there is no exact tier.
inline void for_each_epilogue_problem(
    Dtype dtype, bool trans_a, bool trans_b,
    const std::function<void(const GemmEpilogueProblem&, Fill)>& check) {
  for (const Sizes& size : gemm_sizes) {
    for (const Activation activation : activations) {
      const GemmEpilogueProblem p = epilogue_problem(dtype, trans_a, trans_b, size, activation);
      SCOPED_TRACE(p.id());
      check(p, Fill::normal);
      if (activation == Activation::relu) check(p, Fill::integers);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

/// All parameters with which a row of the list supports any of the sizes.
template <class List>
std::vector<Parameters> supported_epilogues(const List& list) {
  std::vector<Parameters> found;
  for (std::size_t index = 0; index < list.size(); ++index) {
    for (const Dtype dtype : epilogue_dtypes) {
      for (const auto& [trans_a, trans_b] : {std::pair{false, false}, std::pair{false, true},
                                             std::pair{true, false}, std::pair{true, true}}) {
        const auto takes = [&](const Sizes& size) {
          return std::ranges::any_of(activations, [&](Activation activation) {
            return bool(
                list[index].supports(epilogue_problem(dtype, trans_a, trans_b, size, activation)));
          });
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
