#include "operations/data/loader.h"

#include <algorithm>
#include <cstddef>

namespace breakeven {

void Loader::begin(std::int64_t epoch) {
  order_ = permutation(data_.size(), seed_ * 1'000'003 + static_cast<std::uint64_t>(epoch));
  next_ = 0;
}

void Loader::load(std::int64_t count, float* images, std::int32_t* labels) {
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t index = order_[static_cast<std::size_t>(next_++)];
    images = std::ranges::copy(data_.image_at(index), images).out;
    *labels++ = data_.labels[static_cast<std::size_t>(index)];
  }
}

}  // namespace breakeven
