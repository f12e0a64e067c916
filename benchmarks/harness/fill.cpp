#include "benchmarks/harness/fill.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <numbers>

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

template <class T>
void fill_as(const Tensor& tensor, Fill fill, int range, std::uint64_t seed) {
  T* data = tensor.as<T>();
  const std::uint64_t origin = split_mix(seed);
#pragma omp parallel for
  for (std::int64_t i = 0; i < tensor.elements; ++i) {
    const std::uint64_t bits = split_mix(origin + static_cast<std::uint64_t>(i));
    data[i] = static_cast<T>(fill == Fill::normal     ? normal_value(bits)
                             : fill == Fill::integers ? integer_value(bits, range)
                                                      : 0.0);
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
  switch (tensor.dtype) {
    case Dtype::f32:
      return fill_as<float>(tensor, fill, range, seed);
    case Dtype::f64:
      return fill_as<double>(tensor, fill, range, seed);
  }
}

void poison_tensor(const Tensor& tensor) { std::memset(tensor.data, 0xff, tensor.bytes()); }

InputStatistics statistics_of(const Tensor& tensor) {
  return tensor.dtype == Dtype::f32 ? statistics_as<float>(tensor) : statistics_as<double>(tensor);
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
