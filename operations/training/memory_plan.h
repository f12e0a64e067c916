#pragma once

#include <cstdint>
#include <span>

namespace breakeven {

/// A block of memory that is in use from one node of a plan to another, both included.
struct Lifetime {
  std::int64_t elements;
  int first, last;
  std::int64_t offset = 0;  // what the plan is made for
};

/// Elements that begin at a multiple of this are at the beginning of a cache line, and of what a
/// GPU's widest loads and stores take.
inline constexpr std::int64_t kAlignedElements = 64;

/// Gives each block an offset, a multiple of kAlignedElements, such that no two that are in use at
/// the same time overlap; returns the elements that all of them take. The larger ones come first,
/// each to the lowest place that is free while it lives (Pisarchyk and Lee 2020, arXiv:2001.03288,
/// "greedy by size").
std::int64_t plan_memory(std::span<Lifetime> blocks);

}  // namespace breakeven
