#pragma once

#include <algorithm>
#include <cstdint>

#include "operations/conv/strides.h"

namespace breakeven::cpu_conv {

/// Whether vectors across images suit a problem, on whatever CPU this is.
inline Support supports_lanes(const ConvProblem& p) {
  constexpr std::int64_t lanes = 16, most_bytes = 16 << 20;
  if (Support dtype = only(p, {Dtype::f32}); !dtype) return dtype;
  if (p.channels == ChannelOrder::last) return Support::no("takes channels first only");
  if (p.n < lanes / 2) return Support::no("needs batches of 8 or more");
  // Lines along W with all that taps reach beyond them.
  const ConvAxis& w = p.axes[2];
  const std::int64_t reach = (w.filter - 1) * w.dilation, pad = w.pad_before + w.pad_after;
  std::int64_t elements = std::max(x_strides(p).outer / w.input * (w.input + pad + reach),
                                   y_strides(p).outer / w.output() * (w.output() + 2 * reach));
  if (p.direction == Direction::wgrad) elements = std::max(elements, p.k * w_strides(p).outer);
  if (elements > most_bytes / (lanes * 4)) {
    return Support::no("16 images or filters' sums are beyond 16 MiB");
  }
  return Support::yes();
}

}  // namespace breakeven::cpu_conv
