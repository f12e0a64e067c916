#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "operations/tensor.h"

namespace breakeven {

/// What tensors are filled with. Zeros and integers draw less power and run faster on some devices:
/// the timed data is `normal` unless the effect itself is to be shown.
enum class Fill { normal, integers, zeros };

std::optional<Fill> parse_fill(std::string_view name);
std::string_view name_of(Fill fill);

/// Fills host memory, reproducibly for a seed: standard normal values (integer dtypes: of standard
/// deviation 48, rounded), non-zero integers in ±[1, range], or zeros.
void fill_tensor(const Tensor& tensor, Fill fill, int range, std::uint64_t seed);

/// The same for a tensor of that description: indices, uniformly, or positive numbers,
/// where it holds such.
void fill_tensor(const Tensor& tensor, const TensorSpec& spec, Fill fill, int range,
                 std::uint64_t seed);

/// What no right result is: NaN in floating-point dtypes, a number below -2·10^9 in s32.
void poison_tensor(const Tensor& tensor);

struct InputStatistics {
  double mean = 0;
  double standard_deviation = 0;
  double zero_fraction = 0;
};
InputStatistics statistics_of(const Tensor& tensor);

/// 64-bit hash of a tensor's bytes: to see that inputs are the same before and after.
std::uint64_t hash_of(const Tensor& tensor);

}  // namespace breakeven
