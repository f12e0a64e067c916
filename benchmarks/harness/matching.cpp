#include <fmt/format.h>

#include <map>
#include <regex>

#include "benchmarks/harness/options.h"

namespace breakeven {
namespace {

/// Compiled once for each pattern: a run asks the same one thousands of times.
const std::regex& compiled(const char* option, const std::string& pattern) {
  static std::map<std::string, std::regex> known;
  const auto found = known.find(pattern);
  if (found != known.end()) return found->second;
  try {
    return known.emplace(pattern, std::regex(pattern)).first->second;
  } catch (const std::regex_error& error) {
    throw BadInput(
        fmt::format("{} '{}': no regular expression: {}", option, pattern, error.what()));
  }
}

}  // namespace

bool matches(const char* option, const std::string& pattern, const std::string& text) {
  return pattern.empty() || std::regex_search(text, compiled(option, pattern));
}

bool matches_benchmark_filter(const std::string& filter, const std::string& name) {
  if (filter.empty() || filter == "all") return true;
  const bool negative = filter.starts_with('-');
  return matches("--benchmark_filter", negative ? filter.substr(1) : filter, name) != negative;
}

}  // namespace breakeven
