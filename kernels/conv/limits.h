#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "kernels/common/device.h"
#include "kernels/common/grid.h"
#include "kernels/conv/sums.h"
#include "kernels/gemm/tensor_problem.h"
#include "operations/conv/problem.h"
#include "operations/implementation.h"
#include "operations/small_float.h"

namespace breakeven::cuda_conv {

/// What all kernels ask of a problem, and how they find their types.

using cuda_gemm::first_no;

inline Support at_most(std::string_view what, std::int64_t count, std::string_view unit,
                       std::int64_t most) {
  if (count <= most) return Support::yes();
  return Support::no(std::string(what) + " has " + std::to_string(count) + " " + std::string(unit) +
                     ", at most " + std::to_string(most) + " can be counted");
}

constexpr std::int64_t most_of_int = std::numeric_limits<std::int32_t>::max();
/// Of what an int counts also a tile beyond its end.
constexpr std::int64_t most_with_tiles = std::int64_t{1} << 30;

/// Whether Sums can say it: coordinates, and distances within one image or filter, are ints.
inline Support fits_sums(const ConvProblem& p) {
  std::int64_t padded = 0;
  for (const ConvAxis& axis : p.axes) {
    padded = std::max(padded, axis.input + axis.pad_before + axis.pad_after);
  }
  const auto elements = [](std::int64_t channels, const std::array<std::int64_t, 3>& extents) {
    return channels * extents[0] * extents[1] * extents[2];
  };
  return first_no(
      {at_most("an axis with its padding", padded, "elements", most_with_tiles),
       at_most("x", p.c, "channels", most_with_tiles),
       at_most("y", p.k, "channels", most_with_tiles),
       at_most("an image of x", elements(p.c, input_extents(p)), "elements", most_of_int),
       at_most("an image of y", elements(p.k, output_extents(p)), "elements", most_of_int),
       at_most("a filter", elements(p.group_c(), filter_extents(p)), "elements", most_of_int)});
}

/// Whether rows and terms can be counted by ints; and whether a stride cuts dgrad into so many
/// launches that nobody wants it.
inline Support fits_matrices(const ConvProblem& p) {
  if (const Support sums = fits_sums(p); !sums) return sums;
  constexpr std::int64_t most_launches = 64;  // of dgrad, one for each residue by the stride
  const Sums sums = sums_of(p);
  std::int64_t launches = 1;
  for (const ConvAxis& axis : p.axes) {
    if (p.direction == Direction::dgrad && launches <= most_launches) {
      launches *= std::min(axis.stride, axis.input);
    }
  }
  return first_no({at_most("the result", sums.rows, "rows", most_with_tiles),
                   at_most("a sum", sums.terms, "terms", most_with_tiles),
                   launches <= most_launches
                       ? Support::yes()
                       : Support::no("the stride cuts it into more than " +
                                     std::to_string(most_launches) + " launches")});
}

/// Rounding to bf16 is an instruction of architecture 80.
inline Support rounds_to(const ConvProblem& p, const void* kernel_of_bf16) {
  if (p.dtype != Dtype::bf16) return Support::yes();
  return needs_architecture(kernel_of_bf16, 80, "rounding to bf16");
}

/// Calls `visit.template operator()<T>()` with the type of the elements.
template <class Visit>
decltype(auto) with_element_type(Dtype dtype, Visit&& visit) {
  switch (dtype) {
    case Dtype::f64:
      return std::forward<Visit>(visit).template operator()<double>();
    case Dtype::bf16:
      return std::forward<Visit>(visit).template operator()<Bf16>();
    case Dtype::f16:
      return std::forward<Visit>(visit).template operator()<F16>();
    default:
      return std::forward<Visit>(visit).template operator()<float>();
  }
}

/// The same for kernels that sum in f32.
template <class Visit>
decltype(auto) with_type_of_f32_sums(Dtype dtype, Visit&& visit) {
  switch (dtype) {
    case Dtype::bf16:
      return std::forward<Visit>(visit).template operator()<Bf16>();
    case Dtype::f16:
      return std::forward<Visit>(visit).template operator()<F16>();
    default:
      return std::forward<Visit>(visit).template operator()<float>();
  }
}

}  // namespace breakeven::cuda_conv
