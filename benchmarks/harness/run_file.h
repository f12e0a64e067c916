#pragma once

#include <filesystem>
#include <vector>

#include "benchmarks/harness/json.h"

namespace breakeven {

/// The one result file of a run: JSON Lines, each row written with one system call as soon as it
/// is measured, so that a killed program loses nothing it had measured.
class RunFile {
 public:
  /// Creates the file and its folders; an existing file is refused (std::invalid_argument) unless
  /// `append`, where it must be there. Throws std::system_error naming the call and the file.
  RunFile(const std::filesystem::path& path, bool append);
  ~RunFile();
  RunFile(const RunFile&) = delete;
  RunFile& operator=(const RunFile&) = delete;

  void write(const Json& row);

  /// Rows that were in the file when it was opened.
  const std::vector<Json>& earlier() const { return earlier_; }
  /// Rows written since.
  int rows() const { return rows_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  std::vector<Json> earlier_;
  int descriptor_ = -1;
  int rows_ = 0;
};

}  // namespace breakeven
