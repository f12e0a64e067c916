#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "operations/training/network.h"

namespace breakeven {

/// Labelled images.
struct DataSet {
  Extents image;
  std::vector<float> images;         // one after the other
  std::vector<std::int32_t> labels;  // of each image

  std::int64_t size() const { return static_cast<std::int64_t>(labels.size()); }
  std::span<const float> image_at(std::int64_t index) const {
    const auto elements = static_cast<std::size_t>(image.elements());
    return std::span(images).subspan(static_cast<std::size_t>(index) * elements, elements);
  }
};

/// What a network learns from and what it is tried on.
struct SplitData {
  DataSet training, test;
};

/// A permutation of [0, count), the same for the same seed on every machine.
std::vector<std::int64_t> permutation(std::int64_t count, std::uint64_t seed);

/// The first so many images of a permutation, and the rest.
SplitData split(const DataSet& all, std::int64_t training, std::uint64_t seed);

/// The UCI handwritten digits: 1797 images of 8×8, pixels in [-1, 1]. Throws std::invalid_argument
/// naming file, line and what is wrong.
DataSet read_digits(const std::filesystem::path& file);
/// Where their file is: beside an installed program, or in the source tree.
std::filesystem::path digits_file();

/// CIFAR-10 (Krizhevsky 2009) in its binary version: data_batch_1.bin to data_batch_5.bin and
/// test_batch.bin in a folder, 10 000 records each of a label and 3·32·32 bytes; pixels in [-1, 1].
/// Throws std::invalid_argument naming the file and what is wrong with it.
SplitData read_cifar10(const std::filesystem::path& folder);

/// Images about a random one of each class, normal with deviation 1, as many of each class; for
/// networks of any input.
SplitData synthetic_data(const Extents& image, std::int64_t classes, std::int64_t training,
                         std::int64_t test, std::uint64_t seed);

}  // namespace breakeven
