#pragma once

#include <algorithm>
#include <cstdint>

#include "cpu_reference/common/aligned_array.h"
#include "cpu_reference/gemm/tile_grid.h"
#include "operations/conv/strides.h"

namespace breakeven::cpu_conv {

/// Into how many partial sums the images of a wgrad are cut so that there is work for many threads:
/// a number that does not depend on that of threads, and neither does the order of summation. Their
/// memory stays within a tenth of the tensors.
/// `units`: what can be cut; `items`: that can be done side by side without cutting.
inline std::int64_t parts_of_sums(const ConvProblem& p, std::int64_t units, std::int64_t items) {
  const double filters =
      static_cast<double>(p.k * w_strides(p).outer) * static_cast<double>(size_of(p.dtype));
  const auto affordable = static_cast<std::int64_t>(p.least_bytes() / 10 / filters);
  const std::int64_t wanted = std::min(cpu_gemm::quotient_up(64, items), units);
  return std::clamp<std::int64_t>(affordable, 1, wanted);
}

/// Partial sums as dw is in memory; a single one is dw itself.
template <class T>
class PartialSums {
 public:
  PartialSums(const ConvProblem& p, std::int64_t parts)
      : parts_(parts),
        elements_(p.k * w_strides(p).outer),
        sums_(static_cast<std::size_t>(parts == 1 ? 0 : parts * elements_)) {}

  std::int64_t parts() const { return parts_; }
  std::size_t bytes() const { return sums_.bytes(); }
  T* of(std::int64_t part, T* dw) const {
    return parts_ == 1 ? dw : sums_.data() + part * elements_;
  }
  void add_up(T* dw, int threads) const {
    if (parts_ == 1) return;
#pragma omp parallel for num_threads(threads)
    for (std::int64_t i = 0; i < elements_; ++i) {
      T sum = 0;
      for (std::int64_t part = 0; part < parts_; ++part) sum += of(part, dw)[i];
      dw[i] = sum;
    }
  }

 private:
  std::int64_t parts_, elements_;
  AlignedArray<T> sums_;  // (parts, K, C/G, taps), where there are several
};

}  // namespace breakeven::cpu_conv
