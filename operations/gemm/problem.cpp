#include "operations/gemm/problem.h"

#include <algorithm>
#include <cmath>

#include "operations/gemm/oracle.h"
#include "operations/gemm/scale.h"

namespace breakeven {

double GemmProblem::flops() const {
  const double c_elements =
      static_cast<double>(batch) * static_cast<double>(m) * static_cast<double>(n);
  const int scaling = (alpha != 1) + (beta != 0) + (beta != 0 && beta != 1);
  return c_elements * (2 * static_cast<double>(k) + scaling);
}

Dtype GemmProblem::c_dtype() const {
  switch (dtype) {
    case Dtype::e4m3:
    case Dtype::e5m2:
      return Dtype::bf16;
    case Dtype::s8:
      return Dtype::s32;
    default:
      return dtype;
  }
}

Dtype GemmProblem::sum_dtype() const {
  if (dtype == Dtype::f64) return Dtype::f64;
  return dtype == Dtype::s8 ? Dtype::s32 : Dtype::f32;
}

double GemmProblem::least_bytes() const {
  const auto bytes = [](Dtype type, std::int64_t rows, std::int64_t columns) {
    return static_cast<double>(rows) * static_cast<double>(columns) *
           static_cast<double>(size_of(type));
  };
  const double passes_over_c = beta == 0 ? 1 : 2;
  return static_cast<double>(batch) *
         (bytes(a_dtype(), m, k) + bytes(b_dtype(), k, n) + passes_over_c * bytes(c_dtype(), m, n));
}

// With alpha = a/s and beta = b/s for integers a, b and a power of two s, all partial sums are
// multiples of 1/s, and those are exact up to limit/s.
GemmProblem::ExactTier GemmProblem::exact_tier() const {
  const double limit =
      std::min(largest_exact_integer(sum_dtype()), largest_exact_integer(c_dtype())) /
      common_scale(alpha, beta);
  // f32 is multiplied as tf32 too, which has 11 significant bits.
  const double largest_input = dtype == Dtype::f32 ? 0x1p11
                                                   : std::min(largest_exact_integer(a_dtype()),
                                                              largest_exact_integer(b_dtype()));
  const double weight = std::max(1.0, std::abs(alpha));  // of a product in its sum
  const double added = std::abs(beta);
  const double most_products = std::floor((limit - added) / weight);  // of ±1 in a sum
  if (!(most_products >= 1)) return {};
  ExactTier tier;
  if (static_cast<double>(k) > most_products) {
    tier.one_in = (k - 1) / static_cast<std::int64_t>(most_products) + 1;
  }
  const std::int64_t terms = (k - 1) / tier.one_in + 1;
  const double products = weight * static_cast<double>(terms);
  const auto fits = [&](double r) { return products * r * r + added * r <= limit; };
  // The positive root of products·r² + added·r = limit, written so that nothing cancels.
  double r = std::floor(2 * limit / (added + std::sqrt(added * added + 4 * products * limit)));
  while (r > 1 && !fits(r)) --r;
  tier.range = static_cast<int>(std::clamp(r, 1.0, largest_input));
  return tier;
}

ProblemView GemmProblem::view() const {
  const auto matrix = [&](std::string name, std::int64_t rows, std::int64_t columns,
                          bool transposed, Dtype type, Role role) {
    if (transposed) std::swap(rows, columns);
    return TensorSpec{std::move(name), {batch, rows, columns}, type, role};
  };
  const ExactTier exact = exact_tier();
  ProblemView view;
  view.id = id();
  view.operation = "gemm";
  view.dtype = dtype;
  view.sizes = {{"batch", std::to_string(batch)},
                {"m", std::to_string(m)},
                {"n", std::to_string(n)},
                {"k", std::to_string(k)}};
  view.tensors = {matrix("A", m, k, trans_a, a_dtype(), Role::input),
                  matrix("B", k, n, trans_b, b_dtype(), Role::input),
                  matrix("C", m, n, false, c_dtype(), beta == 0 ? Role::output : Role::inout)};
  view.tensors[0].exact_sparsity = {{trans_a ? 1u : 2u}, exact.one_in};
  view.flops = flops();
  view.least_bytes = least_bytes();
  view.reduction = k;
  view.exact_range = exact.range;
  view.rounding = {.output = unit_roundoff(c_dtype()),
                   .input = 0,
                   .accumulate = unit_roundoff(sum_dtype()),
                   .underflow = static_cast<double>(k + 2) * smallest_subnormal(sum_dtype()) +
                                smallest_subnormal(c_dtype())};
  if (alpha != 1 || beta != 0) view.not_timed = "verified only: GEMM is timed with alpha 1, beta 0";
  view.oracle = gemm_oracle(*this);
  return view;
}

GemmProblem GemmProblem::shrunk_to(std::int64_t extent) const {
  GemmProblem small = *this;
  for (std::int64_t* size : {&small.batch, &small.m, &small.n, &small.k}) {
    *size = std::min(*size, extent);
  }
  return small;
}

GemmProblem GemmProblem::in(Dtype other) const {
  GemmProblem same = *this;
  same.dtype = other;
  return same;
}

Support only(const GemmProblem& problem, std::initializer_list<Dtype> dtypes) {
  if (std::find(dtypes.begin(), dtypes.end(), problem.dtype) != dtypes.end()) return Support::yes();
  std::string names;
  for (const Dtype dtype : dtypes) {
    if (!names.empty()) names += dtype == *(dtypes.end() - 1) ? " and " : ", ";
    names += name_of(dtype);
  }
  return Support::no("multiplies " + names + " only");
}

}  // namespace breakeven
