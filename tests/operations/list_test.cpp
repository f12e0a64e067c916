#include "operations/list.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <set>

#include "operations/gemm/problem.h"
#include "tests/support/environment.h"
#include "tests/support/temporary_folder.h"

namespace breakeven {
namespace {

namespace fs = std::filesystem;

/// A list file of that content, removed afterwards.
class ListFile {
 public:
  explicit ListFile(const std::string& content, const std::string& name = "mine.csv")
      : path_(folder_.write(name, content)) {}
  const fs::path& path() const { return path_; }

 private:
  test::TemporaryFolder folder_;
  fs::path path_;
};

const std::string header = "name,problem,multiplicity,origin\n";

std::string error_of(const fs::path& path) {
  try {
    read_list(path);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(List, ReadsRows) {
  const ListFile file("# a comment\n\n" + header +
                      "one,gemm/f32/nn/m1n2k3,4,\"a, \"\"quoted\"\" origin\"\n"
                      "two,gemm/f64/tt/m1n1k1,1,\n");
  const auto rows = read_list(file.path());
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].list, "mine");
  EXPECT_EQ(rows[0].name, "one");
  EXPECT_EQ(rows[0].problem, "gemm/f32/nn/m1n2k3");
  EXPECT_EQ(rows[0].multiplicity, 4);
  EXPECT_EQ(rows[0].origin, "a, \"quoted\" origin");
  EXPECT_EQ(rows[0].tag(), "mine:one");
  EXPECT_EQ(rows[0].place, file.path().string() + ":4:5");
  EXPECT_EQ(rows[1].origin, "");
}

TEST(List, SaysWhetherItIsAPass) {
  const ListFile pass("# pass: one step of mine\n" + header + "one,p,1,\ntwo,p,1,\n");
  for (const ListRow& row : read_list(pass.path())) EXPECT_EQ(row.pass, "one step of mine");
  const ListFile other("# a pass: no\n" + header + "one,p,1,\n");
  EXPECT_EQ(read_list(other.path())[0].pass, "");
}

TEST(List, ReadsWhatSpreadsheetsWrite) {
  const ListFile file(
      "\xEF\xBB\xBFname,problem,multiplicity,origin\r\n\"x\",\"p\",\"2\",\"o\"\r\n");
  const auto rows = read_list(file.path());
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].name, "x");
  EXPECT_EQ(rows[0].multiplicity, 2);
  EXPECT_EQ(rows[0].origin, "o");
}

TEST(List, LastLineNeedsNoNewline) {
  const ListFile file(header + "a,p,1,o");
  EXPECT_EQ(read_list(file.path()).size(), 1u);
}

TEST(List, BadLinesNameFileLineColumnAndWhatWouldBeRight) {
  struct Row {
    const char* line;
    const char* column;
    const char* says;
  };
  for (const Row& row : {
           Row{"a,p,1", "6", "fewer than 4 fields; a row is name,problem,multiplicity,origin"},
           Row{"a", "2", "fewer than 4 fields"},
           Row{"a,p,1,o,more", "8", "more than 4 fields"},
           Row{"a,p,0,o", "5", "multiplicity '0' must be a whole number of at least 1"},
           Row{"a,p,-1,o", "5", "at least 1"},
           Row{"a,p,1.5,o", "5", "'1.5' must be a whole number"},
           Row{"a,p,99999999999999999999,o", "5", "whole number"},
           Row{"a,p,,o", "5", "'' must be a whole number"},
           Row{"a,,1,o", "3", "problem is empty"},
           Row{",p,1,o", "1", "name '' must be letters"},
           Row{"a b,p,1,o", "1", "name 'a b' must be letters, digits, '.', '_' or '-'"},
           Row{"a:b,p,1,o", "1", "must be letters"},
           Row{"a,\"p,1,o", "3", "the quote is not closed"},
           Row{"a,\"p\"x,1,o", "6", "a ',' must follow the closing quote"},
       }) {
    const ListFile file(header + "fine,p,1,o\n" + row.line + "\n");
    const std::string error = error_of(file.path());
    EXPECT_EQ(error.find(file.path().string() + ":3:" + row.column + ": "), 0u)
        << row.line << ": " << error;
    EXPECT_NE(error.find(row.says), std::string::npos) << row.line << ": " << error;
  }
}

TEST(List, BadFilesAreNamed) {
  EXPECT_NE(error_of("/nowhere/at/all.csv").find("/nowhere/at/all.csv"), std::string::npos);
  EXPECT_NE(error_of(testing::TempDir()), "");
  const ListFile empty("");
  EXPECT_NE(error_of(empty.path()).find("holds no problem"), std::string::npos);
  const ListFile only_header(header);
  EXPECT_NE(error_of(only_header.path()).find("holds no problem"), std::string::npos);
  const ListFile headless("a,p,1,o\n");
  EXPECT_NE(error_of(headless.path()).find(":1:1: the first line must be the header"),
            std::string::npos);
}

TEST(List, FolderComesFromTheEnvironmentFirst) {
  const ListFile file(header + "a,p,1,o\n");
  const fs::path lists = file.path().parent_path();
  const test::Environment chosen("BREAKEVEN_LISTS", lists);
  EXPECT_THROW(list_folder("gemm"), std::runtime_error);
  fs::create_directory(lists / "gemm");
  EXPECT_EQ(list_folder("gemm"), lists / "gemm");
}

TEST(List, OperationsAreKnownByTheFoldersThatHaveProblemsOfThem) {
  const OperationFolders own = folders_of_operations();
  EXPECT_EQ(own.at("gemm"), std::set<std::string>{"gemm"});
  EXPECT_EQ(own.at("relu_backward"), std::set<std::string>{"ops"});
  EXPECT_EQ(own.at("gemm_bias_relu"), std::set<std::string>{"gemm_epilogue"});
  EXPECT_FALSE(own.contains("gemm_epilogue"));

  const ListFile file(header + "a,relu/f32/n8,1,o\nb,conv/f32/n1,1,o\n");
  const fs::path lists = file.path().parent_path();
  for (const char* folder : {"ops", "conv"}) {
    fs::create_directory(lists / folder);
    fs::copy_file(file.path(), lists / folder / "mixed.csv");
    std::ofstream(lists / folder / "notes.txt") << "no list";
  }
  const test::Environment chosen("BREAKEVEN_LISTS", lists);
  const std::set<std::string> both{"conv", "ops"};
  EXPECT_EQ(folders_of_operations(), (OperationFolders{{"conv", both}, {"relu", both}}));

  const test::Environment nowhere("BREAKEVEN_LISTS", lists / "missing");
  EXPECT_TRUE(folders_of_operations().empty());
}

TEST(List, MissingFolderNamesThePlaces) {
  const test::Environment unset("BREAKEVEN_LISTS", std::nullopt);
  try {
    list_folder("no-such-operation");
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("share/breakeven/lists/no-such-operation"),
              std::string::npos)
        << error.what();
  }
}

TEST(GemmLists, HoldCanonicalIdsAndUniqueTags) {
  int lists = 0;
  for (const auto& entry : fs::directory_iterator(list_folder("gemm"))) {
    ++lists;
    std::set<std::string> ids, tags;
    for (const ListRow& row : read_list(entry.path())) {
      EXPECT_EQ(parse_gemm(row.problem).id(), row.problem) << row.place;
      EXPECT_TRUE(ids.insert(row.problem).second) << row.place << ": twice";
      EXPECT_TRUE(tags.insert(row.tag()).second) << row.place << ": " << row.tag();
      EXPECT_NE(row.origin, "") << row.place;
    }
  }
  EXPECT_GE(lists, 2);
}

TEST(GemmLists, SquaresRunFrom32To8192WithOddNeighbours) {
  std::set<std::int64_t> f32, f64;
  std::vector<std::int64_t> order;
  for (const ListRow& row : read_list(list_folder("gemm") / "squares.csv")) {
    const GemmProblem p = parse_gemm(row.problem);
    EXPECT_TRUE(p.m == p.n && p.n == p.k && p.batch == 1) << row.problem;
    (p.dtype == Dtype::f32 ? f32 : f64).insert(p.m);
    order.push_back(p.m);
  }
  int with_neighbours = 0;
  for (std::int64_t n = 32; n <= 8192; n *= 2) {
    EXPECT_TRUE(f32.count(n)) << n;
    EXPECT_EQ(f32.count(n - 1), f32.count(n + 1)) << n;
    with_neighbours += f32.count(n - 1) && f32.count(n + 1);
    EXPECT_EQ(f64.count(n), n <= 2048 ? 1u : 0u) << n;
  }
  EXPECT_GE(with_neighbours, 5);
  // The sweep that answers the question comes first, ascending.
  EXPECT_TRUE(std::is_sorted(order.begin(), order.begin() + 9));
}

/// The problems of a list by dtype.
std::map<Dtype, std::vector<GemmProblem>> by_dtype(const std::string& list) {
  std::map<Dtype, std::vector<GemmProblem>> found;
  for (const ListRow& row : read_list(list_folder("gemm") / (list + ".csv"))) {
    const GemmProblem problem = parse_gemm(row.problem);
    found[problem.dtype].push_back(problem);
  }
  return found;
}

TEST(GemmLists, LowPrecisionHasTheSameSquaresInEachDtype) {
  const auto found = by_dtype("low_precision");
  EXPECT_EQ(found.size(), 4u);
  for (const auto& [dtype, problems] : found) {
    std::int64_t n = 256;
    for (const GemmProblem& p : problems) {
      EXPECT_TRUE(p.m == n && p.n == n && p.k == n && p.batch == 1) << p.id();
      n *= 2;
    }
    EXPECT_EQ(n, 2 * 8192) << name_of(dtype);
  }
}

TEST(GemmLists, SkinnyRunsFromOneRowTo64) {
  const auto found = by_dtype("skinny");
  EXPECT_EQ(found.size(), 2u);
  for (const auto& [dtype, problems] : found) {
    std::int64_t m = 1;
    for (const GemmProblem& p : problems) {
      EXPECT_TRUE(p.m == m && p.n == 4096 && p.k == 4096) << p.id();
      m *= 2;
    }
    EXPECT_EQ(m, 2 * 64) << name_of(dtype);
  }
}

TEST(GemmLists, BatchedAreAThousandSmallSquares) {
  for (const auto& [dtype, problems] : by_dtype("batched")) {
    EXPECT_EQ(problems.front().m, 16) << name_of(dtype);
    EXPECT_EQ(problems.back().m, 128) << name_of(dtype);
    for (const GemmProblem& p : problems) {
      EXPECT_TRUE(p.batch == 1000 && p.m == p.n && p.n == p.k) << p.id();
    }
  }
}

TEST(GemmLists, DeepbenchKeepsEveryRowAsMultiplicity) {
  const auto rows = read_list(list_folder("gemm") / "deepbench.csv");
  EXPECT_EQ(rows.size(), 243u);
  std::int64_t total = 0;
  double flops = 0;
  for (const ListRow& row : rows) {
    total += row.multiplicity;
    const double own = parse_gemm(row.problem).flops();
    EXPECT_GE(own, flops) << row.place << ": not in order of FLOPs";
    flops = own;
  }
  EXPECT_EQ(total, 248);
}

// Column-major m=1760 n=16 k=1760 ta=0 tb=0 is row-major M=16 N=1760 K=1760.
TEST(GemmLists, DeepbenchIsTurnedRowMajor) {
  std::set<std::string> ids;
  for (const ListRow& row : read_list(list_folder("gemm") / "deepbench.csv")) {
    ids.insert(row.problem);
  }
  EXPECT_TRUE(ids.count("gemm/f32/nn/m16n1760k1760"));
  EXPECT_TRUE(ids.count("gemm/f32/nt/m24000n512k1536"));  // m=512 n=24000 k=1536 ta=1 tb=0
  EXPECT_TRUE(ids.count("gemm/f32/tn/m7133n1760k1760"));  // m=1760 n=7133 k=1760 ta=0 tb=1
}

}  // namespace
}  // namespace breakeven
