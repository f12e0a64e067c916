#include "benchmarks/harness/run_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <system_error>

#include "tests/benchmarks/harness/test_run.h"

namespace breakeven::test {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

template <class Exception, class Function>
std::string message_of(Function function) {
  try {
    function();
  } catch (const Exception& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

TEST(RunFile, WritesOneLineForEachRowAtOnce) {
  TemporaryFolder folder;
  const auto path = folder.path() / "a/b/run.jsonl";
  RunFile file(path, false);
  file.write({{"kind", "run"}, {"text", "two\nlines"}});
  EXPECT_EQ(text_of(path), "{\"kind\":\"run\",\"text\":\"two\\nlines\"}\n");
  file.write({{"kind", "end"}});
  EXPECT_EQ(read_rows(path).size(), 2u);
  EXPECT_EQ(file.rows(), 2);
  EXPECT_TRUE(file.earlier().empty());
}

TEST(RunFile, NeverOverwrites) {
  TemporaryFolder folder;
  const auto path = folder.write("run.jsonl", "{\"kind\":\"run\"}\n");
  const auto message = message_of<std::invalid_argument>([&] { RunFile(path, false); });
  EXPECT_NE(message.find(path.string()), std::string::npos);
  EXPECT_EQ(text_of(path), "{\"kind\":\"run\"}\n");
}

TEST(RunFile, ContinuesAFileAndKnowsItsRows) {
  TemporaryFolder folder;
  const auto path = folder.write("run.jsonl", "{\"kind\":\"run\"}\n{\"kind\":\"end\"}\n");
  RunFile file(path, true);
  ASSERT_EQ(file.earlier().size(), 2u);
  EXPECT_EQ(file.earlier()[1]["kind"], "end");
  file.write({{"kind", "run"}});
  EXPECT_EQ(read_rows(path).size(), 3u);
  EXPECT_EQ(file.rows(), 1) << "of this program";
}

TEST(RunFile, RefusesToContinueWhatIsNotThereOrNotWhole) {
  TemporaryFolder folder;
  const auto missing = folder.path() / "none.jsonl";
  EXPECT_NE(message_of<std::invalid_argument>([&] { RunFile(missing, true); }).find("none.jsonl"),
            std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(missing));
  for (const char* second : {"{\"kind\":\"ca", "5", "[]", "{\"case\":\"x\"}"}) {
    const auto cut = folder.write("cut.jsonl", std::string("{\"kind\":\"run\"}\n") + second);
    EXPECT_NE(message_of<std::invalid_argument>([&] { RunFile(cut, true); }).find("cut.jsonl:2"),
              std::string::npos)
        << second;
  }
}

TEST(RunFile, NamesTheCallThatFailed) {
  TemporaryFolder folder;
  const auto blocked = folder.write("file", "") / "run.jsonl";
  EXPECT_THROW(RunFile(blocked, false), std::system_error);
}

// Times truncated to whole µs or ms.
TEST(Traps, RawSamplesAreNeverRounded) {
  TemporaryFolder folder;
  const auto path = folder.path() / "run.jsonl";
  const std::vector<double> samples{1.2345678901234567e-7, 0.1, 1e-9 + 1e-24,
                                    std::nextafter(1e-3, 1), 123.456789012345678};
  RunFile(path, false).write({{"samples_s", samples}});
  EXPECT_EQ(read_rows(path)[0]["samples_s"].get<std::vector<double>>(), samples);
}

TEST(RunFile, IsStrictJsonWhateverIsWritten) {
  TemporaryFolder folder;
  const auto path = folder.path() / "run.jsonl";
  RunFile(path, false)
      .write({{"nan", std::numeric_limits<double>::quiet_NaN()},
              {"infinite", std::numeric_limits<double>::infinity()},
              {"no utf-8", "\xff\xfe"},
              {"helper", or_null(std::numeric_limits<double>::infinity())}});
  const Json row = read_rows(path)[0];
  EXPECT_TRUE(row["nan"].is_null());
  EXPECT_TRUE(row["infinite"].is_null());
  EXPECT_TRUE(row["helper"].is_null());
  EXPECT_TRUE(row["no utf-8"].is_string());
}

}  // namespace
}  // namespace breakeven::test
