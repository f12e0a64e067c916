#pragma once

#include <cuda_runtime.h>

#include <cstdint>

namespace breakeven::cuda_conv {

/// Division by a number that is known before the launch: a multiplication and a shift, where the
/// GPU takes some twenty instructions for one of its own. Divisors are 1 … 2^31 - 1, dividends
/// 0 … 2^31 - 1 (Granlund and Montgomery, "Division by Invariant Integers using Multiplication",
/// 1994, figure 4.1).
class Divisor {
 public:
  explicit Divisor(std::int64_t divisor) : divisor_(static_cast<int>(divisor)) {
    const auto d = static_cast<std::uint64_t>(divisor);
    while (std::uint64_t{1} << shift_ < d) ++shift_;
    const std::uint64_t above = (std::uint64_t{1} << shift_) - d;
    multiplier_ = static_cast<std::uint32_t>((above << 32) / d + 1);
  }

  __device__ int value() const { return divisor_; }

  __device__ int quotient(int dividend) const {
    const auto n = static_cast<std::uint32_t>(dividend);
    const auto high = static_cast<std::uint32_t>(std::uint64_t{n} * multiplier_ >> 32);
    return static_cast<int>((high + n) >> shift_);  // no overflow: high < n < 2^31
  }

 private:
  int divisor_;
  int shift_ = 0;
  std::uint32_t multiplier_;
};

}  // namespace breakeven::cuda_conv
