#pragma once

#include <string>
#include <string_view>

namespace breakeven {

/// Where a call stands in the source, for messages. As a default argument or member initialiser,
/// `here()` is the caller's place. (clang 14 has no std::source_location.)
struct SourcePlace {
  const char* file;
  int line;

  static constexpr SourcePlace here(const char* file = __builtin_FILE(),
                                    int line = __builtin_LINE()) {
    return {file, line};
  }

  bool operator==(const SourcePlace& other) const {
    return line == other.line && (file == other.file || std::string_view(file) == other.file);
  }

  /// "FILE:LINE".
  std::string text() const { return std::string(file) + ":" + std::to_string(line); }
};

}  // namespace breakeven
