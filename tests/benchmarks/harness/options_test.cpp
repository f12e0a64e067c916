#include "benchmarks/harness/options.h"

#include <gtest/gtest.h>

namespace breakeven {
namespace {

constexpr int kAllThreads = 8;

std::optional<Options> parse(std::vector<std::string> words) {
  words.insert(words.begin(), "some_bench");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return parse_options(static_cast<int>(words.size()), argv.data(), kAllThreads);
}

/// The one line that a user gets.
std::string complaint(const std::vector<std::string>& words) {
  try {
    parse(words);
  } catch (const BadInput& error) {
    return error.what();
  }
  ADD_FAILURE() << "accepted";
  return "";
}

void expect_complaint(const std::vector<std::string>& words,
                      const std::vector<std::string>& parts) {
  const std::string found = complaint(words);
  EXPECT_EQ(found.find('\n'), std::string::npos) << "one line: " << found;
  for (const std::string& part : parts) {
    EXPECT_NE(found.find(part), std::string::npos) << '\'' << part << "' is not in: " << found;
  }
}

TEST(Options, HaveTheirDefaults) {
  const Options options = *parse({});
  EXPECT_EQ(options.program, "some_bench");
  EXPECT_EQ(options.preset.name, "quick");
  EXPECT_EQ(options.repetitions, 5);
  EXPECT_EQ(options.side, std::nullopt);
  EXPECT_EQ(options.threads, (std::vector{1, kAllThreads}));
  EXPECT_EQ(options.seed, 1u);
  EXPECT_EQ(options.fill, Fill::normal);
  EXPECT_EQ(options.memory_limit, std::nullopt);
  EXPECT_FALSE(options.require_cuda || options.list || options.run_append);
  EXPECT_TRUE(options.run_out.empty() && options.problems.empty() && options.filter.empty());
}

// `--warmup False` was true; a "False" constant that was true.
TEST(Traps, EveryOptionHasItsEffect) {
  EXPECT_EQ(parse({"--preset", "smoke"})->preset.budget_s, 30);
  EXPECT_EQ(parse({"--preset=quick"})->preset.budget_s, 180);
  EXPECT_EQ(parse({"--preset", "standard"})->preset.budget_s, 1800);
  EXPECT_EQ(parse({"--preset", "full"})->preset.budget_s, std::nullopt);
  EXPECT_EQ(parse({"--filter", "^gemm"})->filter, "^gemm");
  EXPECT_EQ(parse({"--problems", "a.csv"})->problems.at(0), "a.csv");
  EXPECT_EQ(parse({"--problems", "a.csv", "--problems", "b.csv"})->problems.size(), 2u);
  EXPECT_EQ(parse({"--side", "cpu"})->side, Side::cpu);
  EXPECT_EQ(parse({"--side", "cuda"})->side, Side::cuda);
  EXPECT_EQ(parse({"--side", "both"})->side, std::nullopt);
  EXPECT_EQ(parse({"--seed", "18446744073709551615"})->seed, UINT64_MAX);
  EXPECT_TRUE(parse({"--require-cuda"})->require_cuda);
  EXPECT_TRUE(parse({"--list"})->list);
  EXPECT_EQ(parse({"--run-out", "d/run.jsonl"})->run_out, "d/run.jsonl");
  EXPECT_TRUE(parse({"--run-append"})->run_append);
  EXPECT_EQ(parse({"--fill", "integers"})->fill, Fill::integers);
  EXPECT_EQ(parse({"--fill", "zeros"})->fill, Fill::zeros);
  EXPECT_EQ(parse({"--benchmark_repetitions=7"})->repetitions, 7);
  EXPECT_EQ(parse({"--benchmark_filter=a"})->benchmark_filter, "a");
  EXPECT_EQ(parse({"--benchmark_out=f.json"})->benchmark_out, "f.json");
  EXPECT_EQ(parse({"--benchmark_out_format=csv"})->benchmark_out_format, "csv");
}

TEST(Traps, AFlagThatSaysFalseIsFalse) {
  EXPECT_TRUE(parse({"--benchmark_list_tests"})->benchmark_list_tests);
  EXPECT_TRUE(parse({"--benchmark_list_tests=true"})->benchmark_list_tests);
  EXPECT_FALSE(parse({"--benchmark_list_tests=false"})->benchmark_list_tests);
  EXPECT_FALSE(parse({"--benchmark_display_aggregates_only=false"})->display_aggregates_only);
  EXPECT_FALSE(parse({"--require-cuda=false"})->require_cuda);
  EXPECT_FALSE(parse({"--list=false"})->list);
  EXPECT_FALSE(parse({"--run-append=false"})->run_append);
}

TEST(Options, ThreadsAreAListWithAll) {
  EXPECT_EQ(parse({"--threads", "all"})->threads, std::vector{kAllThreads});
  EXPECT_EQ(parse({"--threads", "4,1,all"})->threads, (std::vector{4, 1, kAllThreads}));
  EXPECT_EQ(parse({"--threads", "8,all,8"})->threads, std::vector{8}) << "each once";
  expect_complaint({"--threads", "0"}, {"--threads 0", "1", "8"});
  expect_complaint({"--threads", "9"}, {"--threads 9"});
  expect_complaint({"--threads", "1,,2"}, {"--threads"});
  expect_complaint({"--threads", "many"}, {"--threads many"});
}

TEST(Options, SizesHaveUnits) {
  EXPECT_EQ(parse({"--memory-limit", "65536"})->memory_limit, 65536u);
  EXPECT_EQ(parse({"--memory-limit", "3K"})->memory_limit, 3072u);
  EXPECT_EQ(parse({"--memory-limit", "512M"})->memory_limit, 512u << 20);
  EXPECT_EQ(parse({"--memory-limit", "2G"})->memory_limit, std::size_t{2} << 30);
  EXPECT_EQ(parse({"--memory-limit", "1T"})->memory_limit, std::size_t{1} << 40);
  for (const char* bad : {"2X", "G", "-1", "1.5G", "0", "99999999999T", "18446744073709551616"}) {
    expect_complaint({"--memory-limit", bad}, {"--memory-limit", bad, "512M"});
  }
}

TEST(Options, ABadValueSaysWhatWouldBeRight) {
  expect_complaint({"--preset", "quik"}, {"--preset quik", "smoke", "did you mean quick?"});
  expect_complaint({"--side", "gpu"}, {"--side gpu", "cpu, cuda, both"});
  expect_complaint({"--fill", "zeroes"}, {"--fill zeroes", "did you mean zeros?"});
  expect_complaint({"--seed", "-1"}, {"--seed -1"});
  expect_complaint({"--seed", "1e3"}, {"--seed 1e3"});
  expect_complaint({"--benchmark_repetitions=0"}, {"--benchmark_repetitions 0", "1"});
  expect_complaint({"--benchmark_repetitions=x"}, {"--benchmark_repetitions x"});
  expect_complaint({"--benchmark_out_format=xml"}, {"xml", "json, csv, console"});
  expect_complaint({"--benchmark_format=xml"}, {"xml", "console, json, csv"});
  expect_complaint({"--preset"}, {"--preset"});
}

TEST(Options, AnUnknownOneComesWithTheNearMiss) {
  expect_complaint({"--presett", "quick"}, {"--presett", "did you mean --preset?"});
  expect_complaint({"--presett=quick"}, {"--presett", "did you mean --preset?"});
  expect_complaint({"--repetitions=3"}, {"--repetitions"});
  expect_complaint({"stray"}, {"stray"});
}

TEST(Options, GoogleBenchmarksOwnArePassedOn) {
  const Options options = *parse({"--benchmark_counters_tabular=true", "--v=1", "--seed", "2"});
  EXPECT_EQ(options.google_benchmark,
            (std::vector<std::string>{"--benchmark_counters_tabular=true", "--v=1"}));
  EXPECT_EQ(parse({"--benchmark_format=json"})->google_benchmark,
            std::vector<std::string>{"--benchmark_format=json"});
}

TEST(Options, HelpIsNoError) { EXPECT_EQ(parse({"--help"}), std::nullopt); }

TEST(Matching, OfFiltersIsThatOfRegularExpressions) {
  EXPECT_TRUE(matches("--filter", "", "anything"));
  EXPECT_TRUE(matches("--filter", "m5.2", "gemm/f32/nn/m512n512k512"));
  EXPECT_FALSE(matches("--filter", "^m512", "gemm/f32/nn/m512n512k512"));
  try {
    matches("--filter", "(", "anything");
    ADD_FAILURE() << "accepted";
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find("--filter '('"), std::string::npos) << error.what();
  }
}

TEST(Matching, OfGoogleBenchmarksFilterKnowsAllAndMinus) {
  EXPECT_TRUE(matches_benchmark_filter("", "a"));
  EXPECT_TRUE(matches_benchmark_filter("all", "a"));
  EXPECT_TRUE(matches_benchmark_filter("a", "abc"));
  EXPECT_FALSE(matches_benchmark_filter("-a", "abc"));
  EXPECT_TRUE(matches_benchmark_filter("-x", "abc"));
  EXPECT_THROW(matches_benchmark_filter("-[", "abc"), BadInput);
}

}  // namespace
}  // namespace breakeven
