#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <set>
#include <stdexcept>
#include <string>

#include "operations/data/data_set.h"
#include "tests/support/temporary_folder.h"

namespace breakeven {
namespace {

TEST(Permutation, HasEveryNumberOnceAndIsTheSameForASeed) {
  for (const std::int64_t count : {0, 1, 2, 7, 1797}) {
    std::vector<std::int64_t> all = permutation(count, 4);
    EXPECT_EQ(all, permutation(count, 4));
    if (count > 2) {
      EXPECT_NE(all, permutation(count, 5));
      EXPECT_FALSE(std::is_sorted(all.begin(), all.end()));
    }
    std::sort(all.begin(), all.end());
    std::vector<std::int64_t> expected(static_cast<std::size_t>(count));
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(all, expected);
  }
  // As every machine has it.
  EXPECT_EQ(permutation(5, 1), (std::vector<std::int64_t>{1, 4, 0, 2, 3}));
}

TEST(Digits, AreAllThereAsTheirOriginDescribesThem) {
  const DataSet digits = read_digits(digits_file());
  EXPECT_EQ(digits.size(), 1797);
  EXPECT_EQ(digits.image, (Extents{1, 8, 8}));
  EXPECT_EQ(digits.images.size(), 1797U * 64);
  std::vector<int> counts(10);
  for (const std::int32_t label : digits.labels) ++counts.at(static_cast<std::size_t>(label));
  EXPECT_EQ(counts, (std::vector{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}));
  EXPECT_EQ(*std::min_element(digits.images.begin(), digits.images.end()), -1);
  EXPECT_EQ(*std::max_element(digits.images.begin(), digits.images.end()), 1);
  EXPECT_FLOAT_EQ(digits.image_at(0)[2], 5.0F / 8 - 1);  // the first line begins 0,0,5
}

TEST(Digits, SplitLeavesNoneOutAndHasNoneTwice) {
  const DataSet digits = read_digits(digits_file());
  const SplitData parts = split(digits, 1437, 20);
  EXPECT_EQ(parts.training.size(), 1437);
  EXPECT_EQ(parts.test.size(), 360);
  std::multiset<std::vector<float>> before, after;
  for (const DataSet* part : {&digits, &parts.training, &parts.test}) {
    for (std::int64_t i = 0; i < part->size(); ++i) {
      std::vector<float> image(part->image_at(i).begin(), part->image_at(i).end());
      image.push_back(static_cast<float>(part->labels[static_cast<std::size_t>(i)]));
      (part == &digits ? before : after).insert(std::move(image));
    }
  }
  EXPECT_TRUE(before == after);
}

std::string refusal(const std::string& text) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "digits.csv";
  std::ofstream(file) << text;
  try {
    read_digits(file);
  } catch (const std::invalid_argument& error) {
    return std::string(error.what()).substr(file.string().size());
  }
  return "none";
}

TEST(Digits, ABadFileIsRefusedWithItsLine) {
  std::string line;
  for (int i = 0; i < 64; ++i) line += "7,";
  EXPECT_EQ(refusal(line + "3\n" + line + "9\n"), "none");
  EXPECT_EQ(refusal(line + "3\n" + line + "10\n"), ":2: number 65 must be 0 to 9");
  EXPECT_EQ(refusal("17" + line.substr(1) + "3\n"), ":1: number 1 must be 0 to 16");
  EXPECT_EQ(refusal("x" + line.substr(1) + "3\n"), ":1: number 1 must be 0 to 16");
  EXPECT_EQ(refusal(line + "3,\n"), ":1: must end after the digit");
  EXPECT_EQ(refusal(line + "\n"), ":1: number 65 must be 0 to 9");
  EXPECT_EQ(refusal("7;7\n"), ":1: must hold 64 pixels and a digit, with commas between them");
  EXPECT_THROW(read_digits("/nowhere/digits.csv"), std::invalid_argument);
}

TEST(SyntheticData, HasItsStatisticsAndIsTheSameForASeed) {
  const Extents image{3, 32, 32};
  const SplitData data = synthetic_data(image, 10, 200, 50, 3);
  EXPECT_EQ(data.training.size(), 200);
  EXPECT_EQ(data.test.size(), 50);
  EXPECT_EQ(data.training.images, synthetic_data(image, 10, 200, 50, 3).training.images);
  EXPECT_NE(data.training.images, synthetic_data(image, 10, 200, 50, 4).training.images);
  for (int label = 0; label < 10; ++label) {
    EXPECT_EQ(std::count(data.training.labels.begin(), data.training.labels.end(), label), 20);
  }
  double sum = 0, squares = 0;
  for (const float pixel : data.training.images) {
    sum += static_cast<double>(pixel);
    squares += static_cast<double>(pixel) * static_cast<double>(pixel);
  }
  const auto count = static_cast<double>(data.training.images.size());
  EXPECT_NEAR(sum / count, 0, 0.05);
  EXPECT_NEAR(squares / count, 2, 0.1);  // deviation 1 of the classes, and 1 about them
}

}  // namespace
}  // namespace breakeven
