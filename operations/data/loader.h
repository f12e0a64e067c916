#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "operations/data/data_set.h"

namespace breakeven {

/// Goes through a data set batch by batch, in an order that each epoch shuffles anew: from the seed
/// and the epoch's number alone, so that whoever asks gets the same batches.
class Loader {
 public:
  /// `data` must outlive it.
  Loader(const DataSet& data, std::uint64_t seed) : data_(data), seed_(seed) {}

  /// Begins that epoch, from 0 on.
  void begin(std::int64_t epoch);
  /// Images that are left of the epoch.
  std::int64_t left() const { return data_.size() - next_; }
  /// Copies the next `count` images one after the other, and their labels; the epoch must have as
  /// many left.
  void load(std::int64_t count, float* images, std::int32_t* labels);

 private:
  const DataSet& data_;
  std::uint64_t seed_;
  std::vector<std::int64_t> order_;
  std::int64_t next_ = 0;
};

}  // namespace breakeven
