#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <utility>

#include "kernels/common/device.h"
#include "kernels/common/mma.h"
#include "kernels/gemm/operand.h"
#include "operations/gemm/problem.h"
#include "operations/implementation.h"

namespace breakeven::cuda_gemm {

/// What the kernels on tensor cores have in common: T of A and B is Bf16, F16, float (multiplied as
/// tf32) or int8_t, and the type of C and that of sums follow from it.

template <class T>
using TensorC = std::conditional_t<std::is_same_v<T, std::int8_t>, std::int32_t, T>;
template <class T>
using TensorArguments = Arguments<T, TensorC<T>, MmaSum<T>>;

/// Calls `visit.template operator()<T>()` with the type of A and B.
template <class Visit>
decltype(auto) with_tensor_type(Dtype dtype, Visit&& visit) {
  switch (dtype) {
    case Dtype::bf16:
      return std::forward<Visit>(visit).template operator()<Bf16>();
    case Dtype::f16:
      return std::forward<Visit>(visit).template operator()<F16>();
    case Dtype::s8:
      return std::forward<Visit>(visit).template operator()<std::int8_t>();
    default:
      return std::forward<Visit>(visit).template operator()<float>();
  }
}

/// Whether all rows of an operand as it is stored are made of whole chunks of 16 bytes, which is
/// how they are copied.
inline Support whole_chunks(const char* operand, std::int64_t row, Dtype dtype) {
  const std::int64_t bytes = row * static_cast<std::int64_t>(size_of(dtype));
  if (bytes % 16 == 0) return Support::yes();
  return Support::no(std::string("rows of ") + operand + " have " + std::to_string(bytes) +
                     " bytes, must be a multiple of 16");
}

/// The first that says no, or yes.
inline Support first_no(std::initializer_list<Support> supports) {
  const auto* no = std::find_if(supports.begin(), supports.end(), std::logical_not());
  return no == supports.end() ? Support::yes() : *no;
}

/// Both operands transposed is nobody's layout, and a quarter of all code that would be compiled.
inline Support not_both_transposed(const GemmProblem& p) {
  if (!p.trans_a || !p.trans_b) return Support::yes();
  return Support::no("tensor core kernels are compiled for nn, nt and tn");
}

/// Whether the dtype, the rows in memory and the device are right for tensor cores.
inline Support fits_tensor_cores(const GemmProblem& p, const void* kernel) {
  return first_no({only(p, {Dtype::bf16, Dtype::f16, Dtype::f32, Dtype::s8}),
                   not_both_transposed(p), whole_chunks("A", p.trans_a ? p.m : p.k, p.dtype),
                   whole_chunks("B", p.trans_b ? p.k : p.n, p.dtype),
                   needs_architecture(kernel, 80, "the tensor core instruction mma")});
}

/// The same for kernels that load by ldmatrix. It transposes elements of 16 bits; those of 32 can
/// be loaded one by one, and single bytes would have to be gathered into words.
inline Support fits_ldmatrix(const GemmProblem& p, const void* kernel) {
  const bool along_k = !p.trans_a && p.trans_b;
  return first_no({fits_tensor_cores(p, kernel),
                   p.dtype != Dtype::s8 || along_k
                       ? Support::yes()
                       : Support::no("ldmatrix cannot transpose bytes: s8 only as nt")});
}

/// Calls `visit` with the type of A and B and, as two compile-time bools, whether k runs fastest in
/// them.
template <class Visit>
void with_tensor_layout(const GemmProblem& p, Visit&& visit) {
  with_tensor_type(p.dtype, [&]<class T>() {
    if (p.trans_a) {
      visit.template operator()<T, false, false>();
    } else if (p.trans_b) {
      visit.template operator()<T, true, true>();
    } else {
      visit.template operator()<T, true, false>();
    }
  });
}

/// The same of a problem that fits_ldmatrix.
template <class Visit>
void with_mma_layout(const GemmProblem& p, Visit&& visit) {
  with_tensor_layout(p, [&]<class T, bool a_along_k, bool b_along_k>() {
    if constexpr (!std::is_same_v<T, std::int8_t> || (a_along_k && b_along_k)) {
      visit.template operator()<T, a_along_k, b_along_k>();
    }
  });
}

/// Products of f32 are multiplied in tf32.
inline MathMode tensor_math_mode(const GemmProblem& p) {
  if (p.dtype != Dtype::f32) return {};
  return {.name = "tf32", .input = 0x1p-11};
}

}  // namespace breakeven::cuda_gemm
