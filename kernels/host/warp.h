#pragma once

#include <cstdint>
#include <cstring>

#include "kernels/host/builtins.h"
#include "kernels/host/finding.h"

/// Operations of a warp: host meanings of the CUDA builtins of these names (CUDA C++ Programming
/// Guide, "Warp Shuffle Functions", "Warp Vote Functions", "Warp Reduce Functions").

namespace breakeven::host {

inline unsigned lane() {
  return (threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z)) % 32;
}

template <class T>
std::uint64_t bits_of(T value) {
  static_assert(sizeof(T) <= 8, "a shuffle moves at most 8 bytes");
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(T));
  return bits;
}

template <class T>
T value_of(std::uint64_t bits) {
  T value;
  std::memcpy(&value, &bits, sizeof(T));
  return value;
}

/// What lane `source` brought; it must be one of the mask.
template <class T>
T shuffle(const char* operation, unsigned mask, T value, unsigned source, SourcePlace place) {
  if ((mask >> source & 1) == 0) {
    report("shuffle from a lane that its mask leaves out",
           {std::string(operation) + " from lane " + std::to_string(source) + " with mask " +
            mask_text(mask) + ": " + place.text()});
  }
  const Lanes lanes =
      Block::executing()->exchange(operation, mask, bits_of(value), /*orders_memory=*/false, place);
  return value_of<T>(lanes[source]);
}

/// What the lanes of the mask brought, combined from the lowest lane up.
template <class T, class Combine>
T reduce(const char* operation, unsigned mask, T value, Combine combine, SourcePlace place) {
  const Lanes lanes =
      Block::executing()->exchange(operation, mask, bits_of(value), /*orders_memory=*/false, place);
  bool first = true;
  T result{};
  for (unsigned i = 0; i < 32; ++i) {
    if ((mask >> i & 1) == 0) continue;
    result = first ? value_of<T>(lanes[i]) : combine(result, value_of<T>(lanes[i]));
    first = false;
  }
  return result;
}

}  // namespace breakeven::host

inline void __syncwarp(unsigned mask = 0xffffffff,
                       breakeven::SourcePlace place = breakeven::SourcePlace::here()) {
  breakeven::host::Block::executing()->exchange("__syncwarp", mask, 0, /*orders_memory=*/true,
                                                place);
}

template <class T>
T __shfl_sync(unsigned mask, T value, int source, int width = 32,
              breakeven::SourcePlace place = breakeven::SourcePlace::here()) {
  const auto lane = static_cast<int>(breakeven::host::lane());
  const int from = (lane & ~(width - 1)) | (source & (width - 1));
  return breakeven::host::shuffle("__shfl_sync", mask, value, static_cast<unsigned>(from), place);
}

template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32,
                 breakeven::SourcePlace place = breakeven::SourcePlace::here()) {
  const unsigned lane = breakeven::host::lane();
  const bool inside = lane % static_cast<unsigned>(width) >= delta;
  return breakeven::host::shuffle("__shfl_up_sync", mask, value, inside ? lane - delta : lane,
                                  place);
}

template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32,
                   breakeven::SourcePlace place = breakeven::SourcePlace::here()) {
  const unsigned lane = breakeven::host::lane();
  const bool inside = lane % static_cast<unsigned>(width) + delta < static_cast<unsigned>(width);
  return breakeven::host::shuffle("__shfl_down_sync", mask, value, inside ? lane + delta : lane,
                                  place);
}

template <class T>
T __shfl_xor_sync(unsigned mask, T value, int lane_mask, int width = 32,
                  breakeven::SourcePlace place = breakeven::SourcePlace::here()) {
  const unsigned lane = breakeven::host::lane();
  const unsigned other = lane ^ static_cast<unsigned>(lane_mask);
  const bool inside = other / static_cast<unsigned>(width) <= lane / static_cast<unsigned>(width);
  return breakeven::host::shuffle("__shfl_xor_sync", mask, value, inside ? other : lane, place);
}

inline unsigned __ballot_sync(unsigned mask, int predicate,
                              breakeven::SourcePlace place = breakeven::SourcePlace::here()) {
  const unsigned own = (predicate != 0 ? 1u : 0u) << breakeven::host::lane();
  return breakeven::host::reduce(
      "__ballot_sync", mask, own, [](unsigned a, unsigned b) { return a | b; }, place);
}

inline int __all_sync(unsigned mask, int predicate,
                      breakeven::SourcePlace place = breakeven::SourcePlace::here()) {
  return breakeven::host::reduce(
      "__all_sync", mask, int{predicate != 0}, [](int a, int b) { return a & b; }, place);
}

inline int __any_sync(unsigned mask, int predicate,
                      breakeven::SourcePlace place = breakeven::SourcePlace::here()) {
  return breakeven::host::reduce(
      "__any_sync", mask, int{predicate != 0}, [](int a, int b) { return a | b; }, place);
}

template <class T>
T __reduce_add_sync(unsigned mask, T value,
                    breakeven::SourcePlace place = breakeven::SourcePlace::here()) {
  return breakeven::host::reduce(
      "__reduce_add_sync", mask, value, [](T a, T b) { return a + b; }, place);
}

template <class T>
T __reduce_min_sync(unsigned mask, T value,
                    breakeven::SourcePlace place = breakeven::SourcePlace::here()) {
  return breakeven::host::reduce(
      "__reduce_min_sync", mask, value, [](T a, T b) { return b < a ? b : a; }, place);
}

template <class T>
T __reduce_max_sync(unsigned mask, T value,
                    breakeven::SourcePlace place = breakeven::SourcePlace::here()) {
  return breakeven::host::reduce(
      "__reduce_max_sync", mask, value, [](T a, T b) { return a < b ? b : a; }, place);
}
