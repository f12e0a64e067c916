#include "benchmarks/harness/machine/text.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace breakeven {

std::optional<std::string> read_text(const Root& root, const std::filesystem::path& file) {
  std::ifstream stream(root / file.relative_path());
  if (!stream) return std::nullopt;
  std::ostringstream text;
  text << stream.rdbuf();
  if (stream.bad()) return std::nullopt;
  return text.str();
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const auto first = text.find_first_not_of(blank);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::string> value_of(std::string_view text, std::string_view key) {
  for (std::string_view line : split(text, '\n')) {
    const auto colon = line.find(':');
    if (colon != line.npos && trim(line.substr(0, colon)) == key) {
      return std::string(trim(line.substr(colon + 1)));
    }
  }
  return std::nullopt;
}

std::optional<double> to_number(std::string_view text) {
  const std::string copy(trim(text));
  if (copy.empty()) return std::nullopt;
  char* end = nullptr;
  const double number = std::strtod(copy.c_str(), &end);
  if (*end != '\0') return std::nullopt;
  return number;
}

}  // namespace breakeven
