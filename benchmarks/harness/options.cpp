#include "benchmarks/harness/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "benchmarks/harness/command_line.h"

namespace breakeven {
namespace {

std::string did_you_mean(std::string_view word, const std::vector<std::string>& words) {
  const std::string near = near_miss(word, words);
  return near.empty() ? "" : fmt::format("; did you mean {}?", near);
}

constexpr std::string_view kFormat = "--benchmark_format=";

/// One of a few words, by its place.
std::size_t choice(const std::string& option, const std::string& value,
                   const std::vector<std::string>& words) {
  const auto found = std::find(words.begin(), words.end(), value);
  if (found == words.end()) {
    throw BadInput(fmt::format("{} {}: not one of {}{}", option, value, fmt::join(words, ", "),
                               did_you_mean(value, words)));
  }
  return static_cast<std::size_t>(found - words.begin());
}

template <class T>
T whole_number(const std::string& option, const std::string& text, T least, T most) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most) {
    throw BadInput(fmt::format("{} {}: a whole number from {} to {}", option, text, least, most));
  }
  return value;
}

/// The fastest of many samples is what an alternation compares: time alone is to bound them.
constexpr int kSamplesOfRound = 50;

/// Every process of a round makes its data and verifies anew what a run of one process does once.
constexpr double kBudgetOfRounds = 3;

/// "3/10": the third of ten rounds, each by processes that measure one repetition. The time budget
/// is that of all rounds up to this one, since those before it have spent theirs.
void take_round(const std::string& text, Options& options) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) throw BadInput(fmt::format("--round {}: such as 3/10", text));
  const int rounds = whole_number("--round", text.substr(slash + 1), 1, 1000);
  const int round = whole_number("--round", text.substr(0, slash), 1, rounds);
  options.repetitions = 1;
  options.preset.max_samples = std::max(options.preset.max_samples, kSamplesOfRound);
  if (options.preset.budget_s) *options.preset.budget_s *= kBudgetOfRounds * round / rounds;
}

/// "2G", "512M", "65536": bytes in powers of 1024.
std::size_t size(const std::string& option, const std::string& text) {
  constexpr std::string_view kUnits = "KMGT";
  const auto unit = text.empty() ? std::string::npos : kUnits.find(text.back());
  const bool suffixed = unit != std::string_view::npos;
  const std::string digits = suffixed ? text.substr(0, text.size() - 1) : text;
  const unsigned shift = suffixed ? 10 * (static_cast<unsigned>(unit) + 1) : 0;
  std::size_t value{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || value == 0 ||
      value > (SIZE_MAX >> shift)) {
    throw BadInput(fmt::format("{} {}: a size in bytes such as 512M, 2G or 65536", option, text));
  }
  return value << shift;
}

std::vector<int> thread_list(const std::string& text, int all_threads) {
  std::vector<int> threads;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    const std::string word = text.substr(at, comma - at);
    const int count = word == "all" ? all_threads : whole_number("--threads", word, 1, all_threads);
    if (std::find(threads.begin(), threads.end(), count) == threads.end()) {
      threads.push_back(count);
    }
    at = comma + 1;
  }
  return threads;
}

std::vector<std::string> names(const CLI::App& app) {
  std::vector<std::string> all;
  for (const CLI::Option* option : app.get_options()) all.push_back(option->get_name());
  return all;
}

/// The word with the working directory taken out: a run file shows the command that repeats it on
/// any machine, and not where somebody keeps the project.
std::string from_here(std::string word) {
  const std::string here = std::filesystem::current_path().string() + "/";
  const auto found = word.find(here);
  return found == std::string::npos ? word : word.erase(found, here.size());
}

}  // namespace

std::optional<Options> parse_options(int argc, char** argv, int all_threads) {
  Options options;
  for (int i = 0; i < argc; ++i) options.command.push_back(from_here(argv[i]));
  options.program = options.command.front();
  std::string preset = "quick", side = "both", threads = "1,all", seed = "1", memory,
              fill = "normal";
  std::string repetitions, round, problems_after = "0";

  CLI::App app(
      "Measures every problem of its lists with every implementation on both sides.\n"
      "All --benchmark_ flags of Google Benchmark work as well.");
  app.allow_extras();
  app.add_option("--preset", preset, "time budget: smoke 30 s, quick 3 min, standard 30 min, full");
  app.add_option("--filter", options.filter,
                 "regular expression over <id>/<side>/<implementation> and list:row");
  app.add_option("--problems", options.problems, "a list of your own (CSV)")
      ->expected(1)
      ->take_all();
  app.add_option("--side", side, "cpu, cuda or both");
  app.add_option("--threads", threads, "CPU threads to measure with, such as 1,all");
  app.add_option("--seed", seed, "seed of data, order and checks");
  app.add_option("--memory-limit", memory, "host memory for one problem, such as 2G");
  app.add_flag("--require-cuda", options.require_cuda, "fail without a CUDA device");
  app.add_flag("--list", options.list, "list what would run, and stop");
  app.add_flag("--count", options.count, "say how many problems would be measured, and stop");
  app.add_option("--problems-after", problems_after,
                 "how many problems later programs of the same run have: they get an equal share "
                 "of the time budget");
  app.add_option("--run-out", options.run_out, "the run file to write; an existing one is refused");
  app.add_flag("--run-append", options.run_append, "continue the run file");
  app.add_option("--round", round,
                 "such as 3/10: this program measures one repetition, the third of ten, each with "
                 "its part of three times the time budget; append them to one run file");
  app.add_option("--fill", fill, "what the timed inputs hold: normal, integers, zeros");
  app.add_option("--benchmark_repetitions", repetitions, "repetitions of each benchmark");
  app.add_option("--benchmark_filter", options.benchmark_filter, "regular expression over names");
  app.add_option("--benchmark_list_tests", options.benchmark_list_tests)
      ->expected(0, 1)
      ->default_str("true");
  app.add_option("--benchmark_out", options.benchmark_out,
                 "Google Benchmark's file, all problems in it");
  app.add_option("--benchmark_out_format", options.benchmark_out_format, "json, csv or console");
  app.add_option("--benchmark_display_aggregates_only", options.display_aggregates_only)
      ->expected(0, 1)
      ->default_str("true");
  if (!read_command_line(app, argc, argv)) return std::nullopt;
  for (const std::string& extra : app.remaining()) {
    if (!extra.starts_with("--benchmark_") && !extra.starts_with("--v=")) {
      const std::string name = extra.substr(0, extra.find('='));
      throw BadInput(fmt::format("unknown option {}{}", extra, did_you_mean(name, names(app))));
    }
    // The library would print its help and end the program as if all were well.
    if (extra.starts_with(kFormat)) {
      choice("--benchmark_format", extra.substr(kFormat.size()), {"console", "json", "csv"});
    }
    options.google_benchmark.push_back(extra);
  }

  std::vector<std::string> presets;
  for (const Preset& known : kPresets) presets.emplace_back(known.name);
  options.preset = kPresets[choice("--preset", preset, presets)];
  const std::size_t sides = choice("--side", side, {"cpu", "cuda", "both"});
  if (sides < 2) options.side = sides == 0 ? Side::cpu : Side::cuda;
  choice("--fill", fill, {"normal", "integers", "zeros"});
  options.fill = *parse_fill(fill);
  choice("--benchmark_out_format", options.benchmark_out_format, {"json", "csv", "console"});
  options.threads = thread_list(threads, all_threads);
  options.seed = whole_number<std::uint64_t>("--seed", seed, 0, UINT64_MAX);
  options.problems_after = whole_number("--problems-after", problems_after, 0, 1'000'000);
  if (!memory.empty()) options.memory_limit = size("--memory-limit", memory);
  options.repetitions = repetitions.empty()
                            ? options.preset.repetitions
                            : whole_number("--benchmark_repetitions", repetitions, 1, 1000);
  if (!round.empty()) take_round(round, options);
  return options;
}

}  // namespace breakeven
