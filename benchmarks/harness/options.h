#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "benchmarks/harness/candidate.h"
#include "benchmarks/harness/fill.h"
#include "benchmarks/harness/preset.h"

namespace breakeven {

/// Input that cannot be used: one line, exit status 2.
struct BadInput : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// Of what a program has, nothing was asked for.
struct NothingSelected : BadInput {
  using BadInput::BadInput;
};

/// The command line of a benchmark program.
struct Options {
  std::string program;  // as it was called, seen from the working directory
  std::vector<std::string> command;
  Preset preset = kPresets[1];
  std::string filter;
  std::vector<std::filesystem::path> problems;  // a user's own lists
  std::optional<Side> side;                     // nothing: both
  std::vector<int> threads;                     // in the order given, each once
  std::uint64_t seed = 1;
  std::optional<std::size_t> memory_limit;  // host bytes for one problem
  bool require_cuda = false;
  bool list = false;
  bool count = false;
  int problems_after = 0;         // of programs that follow in the same run
  std::filesystem::path run_out;  // empty: a new folder under results/local
  bool run_append = false;
  Fill fill = Fill::normal;

  // Google Benchmark's, where this program must know them.
  int repetitions = 0;
  std::string benchmark_filter;
  bool benchmark_list_tests = false;
  std::filesystem::path benchmark_out;
  std::string benchmark_out_format = "json";
  bool display_aggregates_only = false;
  std::vector<std::string> google_benchmark;  // the rest, passed on
};

/// Parses the command line; `all_threads` is what `--threads all` means. Throws BadInput.
/// Prints the help and returns nothing for `--help`.
std::optional<Options> parse_options(int argc, char** argv, int all_threads);

/// Whether a user's regular expression is found in the text. Throws BadInput, naming the option,
/// for what is no regular expression.
bool matches(const char* option, const std::string& pattern, const std::string& text);

/// As Google Benchmark reads its filter: "all" or nothing for everything, a leading minus turns it
/// round.
bool matches_benchmark_filter(const std::string& filter, const std::string& name);

/// Of the words, the one that a typo most likely meant; empty if none is near.
std::string near_miss(std::string_view word, const std::vector<std::string>& words);

}  // namespace breakeven
