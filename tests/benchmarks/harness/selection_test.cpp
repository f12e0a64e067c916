#include "benchmarks/harness/selection.h"

#include <gtest/gtest.h>

#include "tests/benchmarks/harness/test_run.h"

namespace breakeven::test {
namespace {

constexpr int kAllThreads = 8;

/// Two lists in a folder of their own: one that the presets name and a user's.
class Selecting : public testing::Test {
 protected:
  Selecting() {
    options_.problems = {folder_.write("net.csv",
                                       "name,problem,multiplicity,origin\n"
                                       "conv1,scale/f32/n200,1,here\n"
                                       "fc,scale/f32/n100,2,here\n"
                                       "conv7,scale/f32/n200,1,here\n")};
    options_.threads = {1, kAllThreads};
  }
  std::vector<Selected> selected() const { return select(options_, family_, kAllThreads); }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const Selected& one : selected())
      all.insert(all.end(), one.names.begin(), one.names.end());
    return all;
  }
  std::string complaint() const {
    try {
      selected();
    } catch (const BadInput& error) {
      return error.what();
    }
    ADD_FAILURE() << "accepted";
    return "";
  }

  TemporaryFolder folder_;
  Options options_;
  Family family_{.operation = "scale",
                 .lists = [](std::string_view) { return std::vector<std::string>{"sizes"}; },
                 .make_case =
                     [](const std::string& id) {
                       Case made = scale_case(parse_scale(id),
                                              {cpu_scale<Fault::none>("plain", Rung::naive, false),
                                               cpu_scale<Fault::none>("fast")},
                                              {cuda_scale<Fault::none>("fast")});
                       made.tags.clear();
                       return made;
                     },
                 .libraries = {}};
};

TEST_F(Selecting, TheSameProblemInSeveralRowsIsOneCaseWithSeveralTags) {
  const auto all = selected();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].problem.problem.id, "scale/f32/n100") << "least work first";
  EXPECT_EQ(all[0].problem.tags, std::vector<std::string>{"net:fc"});
  EXPECT_EQ(all[1].problem.tags, (std::vector<std::string>{"net:conv1", "net:conv7"}));
}

TEST_F(Selecting, ThreadedImplementationsRunWithEachNumberOfThreads) {
  options_.filter = "n100";
  EXPECT_EQ(names(), (std::vector<std::string>{
                         "scale/f32/n100/cpu/plain", "scale/f32/n100/cpu/fast/threads:1",
                         "scale/f32/n100/cpu/fast", "scale/f32/n100/cuda/fast"}));
  std::vector<int> threads;
  const auto all = selected();
  for (const Entry& entry : all[0].entries) threads.push_back(entry.threads);
  EXPECT_EQ(threads, (std::vector{1, 1, kAllThreads, 0}));
  options_.threads = {2};
  EXPECT_EQ(names()[1], "scale/f32/n100/cpu/fast/threads:2");
}

TEST_F(Selecting, FilterMatchesIdSideImplementationAndTag) {
  options_.filter = "/cpu/plain$";
  EXPECT_EQ(names().size(), 2u);
  options_.filter = "^net:conv7$";
  EXPECT_EQ(selected().size(), 1u);
  EXPECT_EQ(names().size(), 4u) << "a tag takes the whole problem";
  options_.filter = "^scale/f32/n100/cuda";
  EXPECT_EQ(names(), std::vector<std::string>{"scale/f32/n100/cuda/fast"});
}

TEST_F(Selecting, SideKeepsOneSide) {
  options_.side = Side::cuda;
  EXPECT_EQ(names().size(), 2u);
  options_.side = Side::cpu;
  EXPECT_EQ(names().size(), 6u);
}

TEST_F(Selecting, GoogleBenchmarksFilterIsIntersected) {
  options_.benchmark_filter = "n200/cpu";
  EXPECT_EQ(names().size(), 3u);
  options_.filter = "fast";
  EXPECT_EQ(names().size(), 2u);
  options_.benchmark_filter = "-/cpu/";
  EXPECT_EQ(names().size(), 2u) << "a leading minus turns it round";
  options_.benchmark_filter = "iterations:1/manual_time$";
  EXPECT_EQ(names().size(), 6u) << "it sees the names that Google Benchmark shows";
}

TEST_F(Selecting, NothingThatMatchesIsBadInput) {
  options_.filter = "banana";
  const std::string message = complaint();
  EXPECT_NE(message.find("banana"), std::string::npos) << message;
  EXPECT_NE(message.find("--list"), std::string::npos) << message;
}

TEST_F(Selecting, TheSideThatWasNotBuiltIsBadInput) {
  if (BREAKEVEN_CUDA) GTEST_SKIP() << "this build has both sides";
  family_.make_case = [](const std::string& id) {
    return scale_case(parse_scale(id), {cpu_scale<Fault::none>("plain")});
  };
  options_.side = Side::cuda;
  const std::string message = complaint();
  EXPECT_NE(message.find("--side cuda: this program was built without CUDA"), std::string::npos)
      << message;
  EXPECT_NE(message.find("./breakeven build --cuda"), std::string::npos) << message;
}

TEST_F(Selecting, BadPatternsAndListsAreBadInput) {
  options_.filter = "[";
  EXPECT_NE(complaint().find("--filter '['"), std::string::npos);
  options_.filter.clear();
  options_.benchmark_filter = "(";
  EXPECT_NE(complaint().find("--benchmark_filter"), std::string::npos);
  options_.benchmark_filter.clear();
  options_.problems = {folder_.write(
      "bad.csv", "name,problem,multiplicity,origin\nok,scale/f32/n4,1,\nrow,scale/f32/n-4,1,\n")};
  const std::string message = complaint();
  EXPECT_NE(message.find("bad.csv:3:5: "), std::string::npos) << message;
  EXPECT_NE(message.find("scale/f32/n1024"), std::string::npos) << "what would be right";
  options_.problems = {folder_.path() / "none.csv"};
  EXPECT_THROW(selected(), std::invalid_argument);
}

TEST_F(Selecting, WithoutAListOfTheirOwnThePresetsListsAreRead) {
  options_.problems.clear();
  std::filesystem::create_directories(folder_.path() / "scale");
  folder_.write("scale/sizes.csv", "name,problem,multiplicity,origin\na,scale/f32/n3,1,\n");
  setenv("BREAKEVEN_LISTS", folder_.path().c_str(), 1);
  const auto all = selected();
  unsetenv("BREAKEVEN_LISTS");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].problem.tags, std::vector<std::string>{"sizes:a"});
}

}  // namespace
}  // namespace breakeven::test
