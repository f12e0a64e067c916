#pragma once

#include <filesystem>
#include <string>

#include "tests/support/temporary_folder.h"

namespace breakeven {

/// A root directory with recorded /proc and /sys files, removed at the end.
class RecordedTree {
 public:
  RecordedTree& add(const std::filesystem::path& file, const std::string& text) {
    folder_.write(file, text);
    return *this;
  }
  const std::filesystem::path& root() const { return folder_.path(); }

 private:
  test::TemporaryFolder folder_;
};

}  // namespace breakeven
