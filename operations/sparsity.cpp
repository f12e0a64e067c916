#include "operations/sparsity.h"

#include <algorithm>
#include <cstring>
#include <random>

namespace breakeven {

void thin_out(const Tensor& tensor, const TensorSpec& spec, std::uint64_t seed) {
  const auto& [axis, one_in] = spec.exact_sparsity;
  if (one_in <= 1) return;
  const std::int64_t extent = spec.shape[axis];
  std::int64_t step = 1;  // between neighbours along the axis, in elements
  for (std::size_t i = axis + 1; i < spec.shape.size(); ++i) step *= spec.shape[i];
  const std::size_t bytes = size_of(tensor.dtype);
  auto* data = tensor.as<std::byte>();
  std::mt19937_64 random(seed);
  for (std::int64_t line = 0; line < spec.elements() / extent; ++line) {
    const std::int64_t first = line / step * step * extent + line % step;
    for (std::int64_t group = 0; group < extent; group += one_in) {
      // In a last group that is cut off it may fall outside: then all of it is zero.
      const auto kept =
          group + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(one_in));
      for (std::int64_t i = group; i < std::min(group + one_in, extent); ++i) {
        if (i == kept) continue;
        std::memset(data + static_cast<std::size_t>(first + i * step) * bytes, 0, bytes);
      }
    }
  }
}

}  // namespace breakeven
