#include <charconv>
#include <fstream>
#include <stdexcept>
#include <string>

#include "operations/data/data_set.h"

namespace breakeven {
namespace {

namespace fs = std::filesystem;

constexpr Extents image{1, 8, 8};
constexpr int largest_pixel = 16, classes = 10;

[[noreturn]] void fail(const fs::path& file, std::size_t line, const std::string& what) {
  throw std::invalid_argument(file.string() + ":" + std::to_string(line) + ": " + what);
}

/// Appends an image and its label from a line of 65 numbers.
void append(DataSet& data, const std::string& text, const fs::path& file, std::size_t line) {
  const char *next = text.data(), *end = text.data() + text.size();
  const std::int64_t pixels = image.elements();
  for (std::int64_t i = 0; i <= pixels; ++i) {
    int number = 0;
    const auto [after, error] = std::from_chars(next, end, number);
    const int largest = i < pixels ? largest_pixel : classes - 1;
    if (error != std::errc() || number < 0 || number > largest) {
      fail(file, line,
           "number " + std::to_string(i + 1) + " must be 0 to " + std::to_string(largest));
    }
    if (i < pixels) {
      data.images.push_back(static_cast<float>(number) * (2.0F / largest_pixel) - 1);
      if (after == end || *after != ',') {
        fail(file, line, "must hold 64 pixels and a digit, with commas between them");
      }
      next = after + 1;
    } else {
      data.labels.push_back(number);
      if (after != end) fail(file, line, "must end after the digit");
    }
  }
}

}  // namespace

DataSet read_digits(const fs::path& file) {
  std::ifstream stream(file);
  if (!stream) throw std::invalid_argument(file.string() + ": no file of digits that can be read");
  DataSet all{.image = image, .images = {}, .labels = {}};
  std::string text;
  for (std::size_t line = 1; std::getline(stream, text); ++line) append(all, text, file, line);
  return all;
}

fs::path digits_file() {
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  const fs::path installed =
      program.parent_path().parent_path() / "share/breakeven/data/digits.csv";
  return fs::exists(installed) ? installed : fs::path(BREAKEVEN_DATA_DIR) / "digits.csv";
}

}  // namespace breakeven
