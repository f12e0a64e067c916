#pragma once

#include "operations/conv/strides.h"

namespace breakeven::cpu_conv {

/// fprop and dgrad alike: channels of a group that are summed over (`ins`) and that result
/// (`outs`), of filters and of the tensors that are read and written.
struct ConvRoles {
  std::int64_t ins, outs;
  std::int64_t in_stride, out_stride, group_stride;  // of filters
  ConvStrides filters, source, result;

  explicit ConvRoles(const ConvProblem& p)
      : filters(w_strides(p)), source(x_strides(p)), result(y_strides(p)) {
    ins = p.group_c();
    outs = p.group_k();
    in_stride = filters.channel;
    out_stride = filters.outer;
    group_stride = outs * filters.outer;
    if (p.direction == Direction::dgrad) {
      std::swap(ins, outs);
      std::swap(in_stride, out_stride);
      std::swap(source, result);
    }
  }

  std::int64_t filter_offset(std::int64_t d, std::int64_t h, std::int64_t w) const {
    return d * filters.axis[0] + h * filters.axis[1] + w * filters.axis[2];
  }
};

}  // namespace breakeven::cpu_conv
