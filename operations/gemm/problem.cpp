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

double GemmProblem::least_bytes() const {
  const double rows = static_cast<double>(m);
  const double columns = static_cast<double>(n);
  const double depth = static_cast<double>(k);
  const double passes_over_c = beta == 0 ? 1 : 2;
  const double elements = rows * depth + depth * columns + passes_over_c * rows * columns;
  return static_cast<double>(batch) * elements * static_cast<double>(size_of(dtype));
}

// With alpha = a/s and beta = b/s for integers a, b and a power of two s, all partial sums are
// multiples of 1/s, and those are exact up to limit/s.
int GemmProblem::exact_range() const {
  const double limit = largest_exact_integer(dtype) / common_scale(alpha, beta);
  const double products = static_cast<double>(k) * std::max(1.0, std::abs(alpha));
  const double added = std::abs(beta);
  const auto fits = [&](double r) { return products * r * r + added * r <= limit; };
  if (!fits(1)) return 0;
  // The positive root of products·r² + added·r = limit, written so that nothing cancels.
  double r = std::floor(2 * limit / (added + std::sqrt(added * added + 4 * products * limit)));
  while (!fits(r)) --r;
  return static_cast<int>(std::max(r, 1.0));
}

ProblemView GemmProblem::view() const {
  const auto matrix = [&](std::string name, std::int64_t rows, std::int64_t columns,
                          bool transposed, Role role) {
    if (transposed) std::swap(rows, columns);
    return TensorSpec{std::move(name), {batch, rows, columns}, dtype, role};
  };
  ProblemView view;
  view.id = id();
  view.operation = "gemm";
  view.dtype = dtype;
  view.sizes = {{"batch", std::to_string(batch)},
                {"m", std::to_string(m)},
                {"n", std::to_string(n)},
                {"k", std::to_string(k)}};
  view.tensors = {matrix("A", m, k, trans_a, Role::input), matrix("B", k, n, trans_b, Role::input),
                  matrix("C", m, n, false, beta == 0 ? Role::output : Role::inout)};
  view.flops = flops();
  view.least_bytes = least_bytes();
  view.reduction = k;
  view.exact_range = exact_range();
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

}  // namespace breakeven
