#include "operations/sparsity.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <vector>

namespace breakeven {
namespace {

/// Where the elements of a dense tensor are whose index differs along some axes only, in order.
std::vector<std::int64_t> offsets_along(const std::vector<std::int64_t>& shape,
                                        const std::vector<bool>& axes) {
  std::vector<std::int64_t> offsets{0};
  std::int64_t step = 1;
  for (std::size_t axis = shape.size(); axis-- > 0; step *= shape[axis]) {
    if (!axes[axis]) continue;
    std::vector<std::int64_t> further;
    for (std::int64_t i = 0; i < shape[axis]; ++i) {
      for (const std::int64_t offset : offsets) further.push_back(i * step + offset);
    }
    offsets = std::move(further);
  }
  return offsets;
}

}  // namespace

void thin_out(const Tensor& tensor, const TensorSpec& spec, std::uint64_t seed) {
  const auto& [axes, one_in] = spec.exact_sparsity;
  if (one_in <= 1) return;
  std::vector<bool> along(spec.shape.size());
  for (const std::size_t axis : axes) along[axis] = true;
  const std::vector<std::int64_t> line = offsets_along(spec.shape, along);
  along.flip();
  const std::size_t bytes = size_of(tensor.dtype);
  auto* data = tensor.as<std::byte>();
  const auto extent = static_cast<std::int64_t>(line.size());
  std::mt19937_64 random(seed);
  for (const std::int64_t first : offsets_along(spec.shape, along)) {
    for (std::int64_t group = 0; group < extent; group += one_in) {
      // In a last group that is cut off it may fall outside: then all of it is zero.
      const auto kept =
          group + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(one_in));
      for (std::int64_t i = group; i < std::min(group + one_in, extent); ++i) {
        if (i == kept) continue;
        const std::int64_t element = first + line[static_cast<std::size_t>(i)];
        std::memset(data + static_cast<std::size_t>(element) * bytes, 0, bytes);
      }
    }
  }
}

}  // namespace breakeven
