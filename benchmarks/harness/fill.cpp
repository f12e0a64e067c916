#include "benchmarks/harness/fill.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <numbers>
#include <type_traits>

namespace breakeven {
namespace {

constexpr std::array kFills{Fill::normal, Fill::integers, Fill::zeros};

/// SplitMix64 (Steele, Lea, Flood 2014): the n-th value straight from n, so that a fill does not
/// depend on the order in which it is written.
std::uint64_t split_mix(std::uint64_t n) {
  n *= 0x9e3779b97f4a7c15;
  n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9;
  n = (n ^ (n >> 27)) * 0x94d049bb133111eb;
  return n ^ (n >> 31);
}

/// Integers get normal values of this standard deviation, rounded: fewer than 1 % are zero, and 1 %
/// are clamped to what s8 holds.
constexpr double kIntegerDeviation = 48;

/// Box-Muller from the two halves of one random word.
double normal_value(std::uint64_t bits) {
  const double u = (static_cast<double>(bits >> 32) + 0.5) * 0x1p-32;
  const double v = static_cast<double>(bits & 0xffffffff) * 0x1p-32;
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
}

double integer_value(std::uint64_t bits, int range) {
  const auto magnitude = static_cast<double>(1 + (bits >> 1) % static_cast<unsigned>(range));
  return bits & 1 ? -magnitude : magnitude;
}

/// A standard normal value as an element of a tensor.
template <class T>
T normal_element(std::uint64_t bits) {
  if constexpr (std::is_integral_v<T>) {
    const double value = std::nearbyint(kIntegerDeviation * normal_value(bits));
    return static_cast<T>(std::clamp(value, -127.0, 127.0));
  } else {
    return static_cast<T>(normal_value(bits));
  }
}

template <class T>
void fill_as(const Tensor& tensor, Fill fill, int range, std::uint64_t seed) {
  T* data = tensor.as<T>();
  const std::uint64_t origin = split_mix(seed);
#pragma omp parallel for
  for (std::int64_t i = 0; i < tensor.elements; ++i) {
    const std::uint64_t bits = split_mix(origin + static_cast<std::uint64_t>(i));
    data[i] = fill == Fill::normal     ? normal_element<T>(bits)
              : fill == Fill::integers ? static_cast<T>(integer_value(bits, range))
                                       : static_cast<T>(0);
  }
}

template <class T>
InputStatistics statistics_as(const Tensor& tensor) {
  const T* data = tensor.as<T>();
  const auto n = static_cast<double>(tensor.elements);
  double sum = 0;
  double squares = 0;
  std::int64_t zeros = 0;
  for (std::int64_t i = 0; i < tensor.elements; ++i) {
    const auto value = static_cast<double>(data[i]);
    sum += value;
    squares += value * value;
    zeros += value == 0;
  }
  const double mean = sum / n;
  return {mean, std::sqrt(std::max(0.0, squares / n - mean * mean)),
          static_cast<double>(zeros) / n};
}

}  // namespace

std::optional<Fill> parse_fill(std::string_view name) {
  for (Fill fill : kFills) {
    if (name == name_of(fill)) return fill;
  }
  return std::nullopt;
}

std::string_view name_of(Fill fill) {
  return fill == Fill::normal ? "normal" : fill == Fill::integers ? "integers" : "zeros";
}

void fill_tensor(const Tensor& tensor, Fill fill, int range, std::uint64_t seed) {
  with_type(tensor.dtype, [&]<class T>(T) { fill_as<T>(tensor, fill, range, seed); });
}

void fill_tensor(const Tensor& tensor, const TensorSpec& spec, Fill fill, int range,
                 std::uint64_t seed) {
  if (spec.fill) return spec.fill(tensor, seed);
  if (spec.positive) {
    fill_tensor(tensor, fill, range, seed);
    return with_type(tensor.dtype, [&]<class T>(T) {
      T* data = tensor.as<T>();
      for (std::int64_t i = 0; i < tensor.elements; ++i) {
        data[i] = static_cast<T>(std::abs(static_cast<double>(data[i])) + 1);
      }
    });
  }
  if (spec.indices_below == 0) return fill_tensor(tensor, fill, range, seed);
  const std::uint64_t origin = split_mix(seed);
  auto* indices = tensor.as<std::int32_t>();
  for (std::int64_t i = 0; i < tensor.elements; ++i) {
    const std::uint64_t bits = split_mix(origin + static_cast<std::uint64_t>(i));
    indices[i] = static_cast<std::int32_t>(bits % static_cast<std::uint64_t>(spec.indices_below));
  }
}

void poison_tensor(const Tensor& tensor) {
  std::memset(tensor.data, is_integer(tensor.dtype) ? 0x80 : 0xff, tensor.bytes());
}

InputStatistics statistics_of(const Tensor& tensor) {
  return with_type(tensor.dtype, [&]<class T>(T) { return statistics_as<T>(tensor); });
}

std::uint64_t hash_of(const Tensor& tensor) {
  const std::size_t bytes = tensor.bytes();
  const auto* data = tensor.as<const unsigned char>();
  std::array<std::uint64_t, 4> lanes{1, 2, 3, 4};  // independent, so that the CPU overlaps them
  std::size_t at = 0;
  for (; at + sizeof lanes <= bytes; at += sizeof lanes) {
    std::array<std::uint64_t, 4> words;
    std::memcpy(words.data(), data + at, sizeof words);
    for (std::size_t lane = 0; lane < 4; ++lane) {
      lanes[lane] = (std::rotl(lanes[lane], 29) ^ words[lane]) * 0x9e3779b97f4a7c15;
    }
  }
  std::uint64_t hash = bytes;
  for (; at < bytes; ++at) hash = (hash ^ data[at]) * 0x100000001b3;
  for (std::uint64_t lane : lanes) hash = split_mix(hash ^ lane);
  return hash;
}

}  // namespace breakeven
