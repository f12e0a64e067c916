#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace breakeven {

/// Root of the file system that holds /proc, /sys, /etc and /dev: "/" on a real machine. The tests
/// feed recorded trees.
using Root = std::filesystem::path;

/// The text of a file below the root ("proc/cpuinfo"), or nothing where it cannot be read.
std::optional<std::string> read_text(const Root& root, const std::filesystem::path& file);

/// Without blanks, tabs and newlines at both ends.
std::string_view trim(std::string_view text);

/// The parts between separators; "a::b" has an empty one.
std::vector<std::string_view> split(std::string_view text, char separator);

/// Value of the first line "key<blanks>:<blanks>value", as /proc/cpuinfo and /proc/meminfo have it.
std::optional<std::string> value_of(std::string_view text, std::string_view key);

/// The whole text as a number, blanks aside; nothing for "max", "" or "12x".
std::optional<double> to_number(std::string_view text);

}  // namespace breakeven
