#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "operations/list.h"
#include "tests/support/ops_check.h"

namespace breakeven {
namespace {

template <class Parse>
std::string error_of(Parse parse, const std::string& id) {
  try {
    parse(id);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

/// An error quotes the id and says what would be right.
template <class Parse>
void expect_refused(Parse parse, const std::string& id, const std::string& says) {
  const std::string error = error_of(parse, id);
  EXPECT_TRUE(error.starts_with("'" + id + "' is no ")) << id << ": " << error;
  EXPECT_NE(error.find(says), std::string::npos) << id << ": " << error;
  EXPECT_EQ(error.find('\n'), std::string::npos) << error;
}

TEST(OpIds, ParseBack) {
  for (const auto& p : test::elementwise_problems()) EXPECT_EQ(parse_elementwise(p.id()), p);
  for (const auto& p : test::sgd_problems()) EXPECT_EQ(parse_sgd(p.id()), p);
  for (const auto& p : test::bias_problems()) EXPECT_EQ(parse_bias(p.id()), p);
  for (const auto& p : test::batch_norm_problems()) EXPECT_EQ(parse_batch_norm(p.id()), p);
  for (const auto& p : test::pool_problems()) EXPECT_EQ(parse_pool(p.id()), p);
  EXPECT_EQ(parse_pool("max_pool/f32/nchw/n1c2h8w8r3s3/stride2x2/pad1x1").id(),
            "max_pool/f32/nchw/n1c2h8w8r3s3/stride2x2/pad1x1");
  for (const auto& p : test::softmax_cross_entropy_problems()) {
    EXPECT_EQ(parse_softmax_cross_entropy(p.id()), p);
  }
  EXPECT_EQ(parse_sgd("sgd/f32/lr0.001momentum0.9/n62006").id(),
            "sgd/f32/lr0.001momentum0.9/n62006");
}

TEST(OpIds, ErrorsSayWhatWouldBeRight) {
  expect_refused(parse_elementwise, "gelu/f32/n1",
                 "must be relu, relu_backward, add, narrow or widen");
  expect_refused(parse_elementwise, "narrow/f16/n1", "between f32 and bf16");
  expect_refused(parse_elementwise, "relu/f64/n1", "dtype 'f64' must be f32, bf16 or f16");
  expect_refused(parse_elementwise, "relu/f32/n0", "N is 0, must be at least 1");
  expect_refused(parse_elementwise, "relu/f32/m1", "<relu|relu_backward|add|narrow|widen>/");
  expect_refused(parse_elementwise, "relu/f32/n9000000000000000000", "more than 2^63 - 1 bytes");
  expect_refused(parse_sgd, "sgd/bf16/lr1momentum0/n1", "dtype 'bf16' must be f32");
  expect_refused(parse_sgd, "sgd/f32/lr1e99momentum0/n1", "lr must be a finite number");
  expect_refused(parse_sgd, "sgd/f32/lr1/n1", "momentum");
  expect_refused(parse_softmax_cross_entropy, "softmax_cross_entropy/f32/n2", "n<N>c<C>");
  expect_refused(parse_softmax_cross_entropy, "softmax_cross_entropy/f32/n1c3000000000",
                 "beyond what a label counts");
  expect_refused(parse_pool, "min_pool/f32/nchw/n1c1h1w1r1s1", "<max_pool|average_pool>");
  expect_refused(parse_pool, "max_pool/f32/nchw/n1c1h4w4r5s5", "the output is empty");
  expect_refused(parse_pool, "max_pool/f32/nchw/n1c1h4w4r2s2/pad2x2",
                 "pad is 2, must be smaller than the window, 2");
  expect_refused(parse_batch_norm, "batch_norm/f32/ncp/n1c8p1", "of which there is no variance");
  expect_refused(parse_batch_norm, "batch_norm_forward/f32/ncp/n1c8p2", "_evaluation|_backward");
  expect_refused(parse_bias, "bias/f32/nchw/n1c1p1", "<ncp|npc>");
  expect_refused(parse_bias, "bias_forward/f32/ncp/n1c1p1", "must be bias or bias_backward");
  expect_refused(parse_bias, "bias/f32/ncp/n1c0p1", "C is 0, must be at least 1");
  expect_refused(parse_bias, "bias/f32/ncp/n3000000c3000000p3000000", "2^63 - 1 bytes");
}

TEST(OpViews, CountOperationsAndBytes) {
  EXPECT_EQ(parse_elementwise("relu/bf16/n10").view().least_bytes, 2 * 2 * 10);
  EXPECT_EQ(parse_elementwise("add/f32/n10").view().least_bytes, 4 * 3 * 10);
  EXPECT_EQ(parse_elementwise("add/f32/n10").view().flops, 10);
  EXPECT_EQ(parse_elementwise("narrow/bf16/n10").view().least_bytes, (4 + 2) * 10);
  EXPECT_EQ(parse_elementwise("widen/bf16/n10").view().least_bytes, (2 + 4) * 10);
  EXPECT_EQ(parse_sgd("sgd/f32/lr0.1momentum0.9/n10").view().least_bytes, 4 * 5 * 10);
  EXPECT_EQ(parse_sgd("sgd/f32/lr0.1momentum0.9/n10").view().flops, 2 * 2 * 10);
  EXPECT_EQ(parse_sgd("sgd/f32/lr0.1momentum0.9decay0.1/n10").view().flops, 3 * 2 * 10);
  EXPECT_EQ(parse_bias("bias/f32/ncp/n2c3p5").view().least_bytes, 4 * (2 * 30 + 3));
  EXPECT_EQ(parse_bias("bias_backward/f32/ncp/n2c3p5").view().least_bytes, 4 * (30 + 3));
  EXPECT_EQ(parse_bias("bias_backward/f32/ncp/n2c3p5").view().reduction, 10);
  const ProblemView sgd = SgdProblem{.n = 7}.view();
  EXPECT_EQ(outputs_of(sgd), (std::vector<std::size_t>{1, 2}));
  for (const std::size_t place : {1, 2}) EXPECT_EQ(sgd.tensors[place].role, Role::inout);
}

/// The id that a problem of any of the operations calls itself.
std::string canonical(const std::string& id) {
  if (id.starts_with("sgd/")) return parse_sgd(id).id();
  if (id.starts_with("bias")) return parse_bias(id).id();
  if (id.starts_with("max_pool") || id.starts_with("average_pool")) return parse_pool(id).id();
  if (id.starts_with("batch_norm")) return parse_batch_norm(id).id();
  if (id.starts_with("softmax")) return parse_softmax_cross_entropy(id).id();
  return parse_elementwise(id).id();
}

TEST(OpLists, HoldCanonicalIdsAndUniqueTags) {
  std::set<std::string> lists;
  for (const auto& entry : std::filesystem::directory_iterator(list_folder("ops"))) {
    lists.insert(entry.path().stem());
    std::set<std::string> ids, tags;
    for (const ListRow& row : read_list(entry.path())) {
      const std::string id = canonical(row.problem);
      EXPECT_EQ(id, row.problem) << row.place;
      EXPECT_TRUE(ids.insert(row.problem).second) << row.place << ": twice";
      EXPECT_TRUE(tags.insert(row.tag()).second) << row.place << ": " << row.tag();
      EXPECT_NE(row.origin, "") << row.place;
    }
  }
  EXPECT_EQ(lists, (std::set<std::string>{"batch_norm", "bias", "elementwise", "pool", "quick",
                                          "sgd", "smoke", "softmax_cross_entropy"}));
}

}  // namespace
}  // namespace breakeven
