#pragma once

#include <utility>

#include "operations/dtype.h"
#include "operations/gemm/problem.h"

namespace breakeven {

/// Element types of a GEMM. `Sum` is what products are summed in; alpha and beta have it too.
template <class TypeA, class TypeB, class TypeC, class TypeSum>
struct GemmTypes {
  using A = TypeA;
  using B = TypeB;
  using C = TypeC;
  using Sum = TypeSum;
};

/// Calls `visit` with the GemmTypes of a problem's dtype.
template <class Visit>
decltype(auto) with_gemm_types(Dtype dtype, Visit&& visit) {
  switch (dtype) {
    case Dtype::f64:
      return std::forward<Visit>(visit)(GemmTypes<double, double, double, double>{});
    case Dtype::bf16:
      return std::forward<Visit>(visit)(GemmTypes<Bf16, Bf16, Bf16, float>{});
    case Dtype::f16:
      return std::forward<Visit>(visit)(GemmTypes<F16, F16, F16, float>{});
    case Dtype::e4m3:
      return std::forward<Visit>(visit)(GemmTypes<E4m3, E4m3, Bf16, float>{});
    case Dtype::e5m2:
      return std::forward<Visit>(visit)(GemmTypes<E5m2, E4m3, Bf16, float>{});
    case Dtype::s8:
      return std::forward<Visit>(visit)(
          GemmTypes<std::int8_t, std::int8_t, std::int32_t, std::int32_t>{});
    case Dtype::f32:
    case Dtype::s32:  // no problem has it
      break;
  }
  return std::forward<Visit>(visit)(GemmTypes<float, float, float, float>{});
}

}  // namespace breakeven
