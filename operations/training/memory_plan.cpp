#include "operations/training/memory_plan.h"

#include <algorithm>
#include <vector>

namespace breakeven {
namespace {

std::int64_t aligned(std::int64_t elements) {
  return (elements + kAlignedElements - 1) / kAlignedElements * kAlignedElements;
}

}  // namespace

std::int64_t plan_memory(std::span<Lifetime> blocks) {
  std::vector<Lifetime*> by_size;
  for (Lifetime& block : blocks) by_size.push_back(&block);
  std::ranges::stable_sort(by_size, std::ranges::greater{}, &Lifetime::elements);
  std::vector<const Lifetime*> placed;  // by offset
  std::int64_t total = 0;
  for (Lifetime* block : by_size) {
    std::int64_t offset = 0;
    for (const Lifetime* other : placed) {
      if (other->last < block->first || block->last < other->first) continue;
      if (offset + aligned(block->elements) <= other->offset) break;
      offset = std::max(offset, other->offset + aligned(other->elements));
    }
    block->offset = offset;
    placed.insert(std::ranges::upper_bound(placed, offset, {}, &Lifetime::offset), block);
    total = std::max(total, offset + aligned(block->elements));
  }
  return total;
}

}  // namespace breakeven
