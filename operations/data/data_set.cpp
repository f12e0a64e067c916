#include "operations/data/data_set.h"

#include <cmath>
#include <numbers>
#include <numeric>
#include <random>
#include <utility>

namespace breakeven {
namespace {

/// Standard normal numbers, the same in every standard library (Box and Muller 1958).
class Normal {
 public:
  explicit Normal(std::uint64_t seed) : random_(seed) {}
  float operator()() {
    const double radius = std::sqrt(-2 * std::log(unit()));
    return static_cast<float>(radius * std::cos(2 * std::numbers::pi * unit()));
  }

 private:
  /// In (0, 1].
  double unit() { return static_cast<double>((random_() >> 11) + 1) * 0x1p-53; }
  std::mt19937_64 random_;
};

}  // namespace

std::vector<std::int64_t> permutation(std::int64_t count, std::uint64_t seed) {
  std::vector<std::int64_t> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), std::int64_t{0});
  std::mt19937_64 random(seed);
  // Fisher and Yates; std::shuffle is not the same everywhere. The remainder's bias is below 2^-40.
  for (std::size_t left = all.size(); left > 1; --left) {
    std::swap(all[left - 1], all[random() % left]);
  }
  return all;
}

SplitData split(const DataSet& all, std::int64_t training, std::uint64_t seed) {
  SplitData parts;
  parts.training.image = parts.test.image = all.image;
  std::int64_t place = 0;
  for (const std::int64_t index : permutation(all.size(), seed)) {
    DataSet& part = place++ < training ? parts.training : parts.test;
    const auto pixels = all.image_at(index);
    part.images.insert(part.images.end(), pixels.begin(), pixels.end());
    part.labels.push_back(all.labels[static_cast<std::size_t>(index)]);
  }
  return parts;
}

SplitData synthetic_data(const Extents& image, std::int64_t classes, std::int64_t training,
                         std::int64_t test, std::uint64_t seed) {
  Normal normal(seed);
  const auto elements = static_cast<std::size_t>(image.elements());
  std::vector<float> middles(static_cast<std::size_t>(classes) * elements);
  for (float& pixel : middles) pixel = normal();
  const auto make = [&](std::int64_t count) {
    DataSet data{.image = image, .images = {}, .labels = {}};
    data.images.reserve(static_cast<std::size_t>(count) * elements);
    for (std::int64_t i = 0; i < count; ++i) {
      const auto label = static_cast<std::size_t>(i % classes);
      data.labels.push_back(static_cast<std::int32_t>(label));
      for (std::size_t pixel = 0; pixel < elements; ++pixel) {
        data.images.push_back(middles[label * elements + pixel] + normal());
      }
    }
    return data;
  };
  SplitData data;
  data.training = make(training);
  data.test = make(test);
  return data;
}

}  // namespace breakeven
