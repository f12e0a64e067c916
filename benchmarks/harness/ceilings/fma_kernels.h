#pragma once

#include <string_view>
#include <vector>

namespace breakeven {

/// A loop of independent chains x <- x * a + b, kept in registers: nothing but fused multiply-adds
/// (where the CPU has none: multiplications and additions).
template <class T>
struct FmaKernel {
  std::string_view instructions;  // "AVX-512, 512 bits"
  int chains;
  int lanes;                                 // elements of one vector
  double (*run)(long iterations, T a, T b);  // sum of all elements of all chains at the end

  /// Floating-point operations of `run`: two for each element of each chain and iteration.
  double flops(long iterations) const {
    return 2.0 * chains * lanes * static_cast<double>(iterations);
  }
};

/// Those that this CPU can run, the widest first. Which one is fastest depends on the CPU: some
/// lower their clock for 512 bits, and some split them.
template <class T>
std::vector<FmaKernel<T>> fma_kernels();

extern template std::vector<FmaKernel<float>> fma_kernels();
extern template std::vector<FmaKernel<double>> fma_kernels();

}  // namespace breakeven
