#include <fstream>
#include <stdexcept>
#include <string>

#include "operations/data/data_set.h"

namespace breakeven {
namespace {

constexpr Extents image{3, 32, 32};
constexpr std::int64_t images_of_file = 10000;
constexpr int classes = 10;

/// Appends the images of one file.
void append(DataSet& data, const std::filesystem::path& file) {
  const std::int64_t record = 1 + image.elements(), bytes = images_of_file * record;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    throw std::invalid_argument(file.string() +
                                ": cannot be read; CIFAR-10's binary version has this file");
  }
  std::vector<unsigned char> all(static_cast<std::size_t>(bytes) + 1);
  stream.read(reinterpret_cast<char*>(all.data()), bytes + 1);
  if (stream.gcount() != bytes) {
    throw std::invalid_argument(
        file.string() + ": must have " + std::to_string(bytes) + " bytes, has " +
        (stream.gcount() > bytes ? "more" : std::to_string(stream.gcount())));
  }
  for (std::int64_t i = 0; i < images_of_file; ++i) {
    const unsigned char* at = all.data() + i * record;
    if (*at >= classes) {
      throw std::invalid_argument(file.string() + ": record " + std::to_string(i) +
                                  " has the label " + std::to_string(*at) + "; it must be 0 to 9");
    }
    data.labels.push_back(*at);
    for (std::int64_t pixel = 1; pixel < record; ++pixel) {
      data.images.push_back(static_cast<float>(at[pixel]) * (2.0F / 255) - 1);
    }
  }
}

}  // namespace

SplitData read_cifar10(const std::filesystem::path& folder) {
  SplitData split;
  split.training.image = split.test.image = image;
  for (int batch = 1; batch <= 5; ++batch) {
    append(split.training, folder / ("data_batch_" + std::to_string(batch) + ".bin"));
  }
  append(split.test, folder / "test_batch.bin");
  return split;
}

}  // namespace breakeven
