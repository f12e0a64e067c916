#include <gtest/gtest.h>

#include "tests/support/conv_check.h"
#include "tests/support/gpu.h"
#include "tests/support/ops_check.h"
#if BREAKEVEN_CUDNN
#include "kernels/batch_norm/cudnn_graph.h"
#include "kernels/bias/cudnn_graph.h"
#include "kernels/conv/cudnn_conv.h"
#include "kernels/conv_bias_relu/cudnn_graph.h"
#include "kernels/elementwise/cudnn_graph.h"
#include "kernels/pool/cudnn_graph.h"

namespace breakeven {
namespace {

TEST(Cudnn, OpensWhereItIsInstalled) {
  if (!cudnn().missing.empty()) GTEST_SKIP() << cudnn().missing;
  EXPECT_EQ(cudnn().get_version() / 10000, std::size_t{CUDNN_MAJOR});
  EXPECT_NE(cudnn().path.find("libcudnn"), std::string::npos) << cudnn().path;
  try {
    check_cudnn(CUDNN_STATUS_BAD_PARAM, "cudnnBackendFinalize");
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(std::string(error.what()).find("cudnnBackendFinalize at "), 0u) << error.what();
    EXPECT_NE(std::string(error.what()).find("CUDNN_STATUS_BAD_PARAM"), std::string::npos);
  }
}

/// Tensors, axes and operations need no GPU; only then comes cuDNN's handle.
template <class Problem>
void expect_described(const Problem& p) {
  try {
    cudnn_graph_of(p);
    EXPECT_EQ(test::no_gpu(), "");
  } catch (const std::runtime_error& error) {
    ASSERT_NE(test::no_gpu(), "") << p.id() << ": " << error.what();
    ASSERT_EQ(std::string(error.what()).find("cudnnCreate at "), 0u) << p.id() << error.what();
  }
}

TEST(Cudnn, TakesTheDescriptionOfEveryGeometry) {
  if (!cudnn().missing.empty()) GTEST_SKIP() << cudnn().missing;
  for (const std::string& id : test::conv_ids()) {
    const ConvProblem p = parse_conv(id);
    if (p.dtype == Dtype::f64) continue;
    expect_described(p);
    if (p.direction == Direction::fprop) expect_described(ConvBiasReluProblem{p});
  }
}

TEST(Cudnn, TakesTheDescriptionOfEveryOperationOfANetwork) {
  if (!cudnn().missing.empty()) GTEST_SKIP() << cudnn().missing;
  for (const auto& p : test::elementwise_problems()) expect_described(p);
  for (const auto& p : test::bias_problems()) {
    if (!p.backward) expect_described(p);
  }
  for (const auto& p : test::batch_norm_problems()) expect_described(p);
  for (const auto& p : test::pool_problems()) {
    // Of these gradients it wants what the problem does not have.
    const bool lacking = p.backward && (p.pool == Pool::max || p.channels == ChannelOrder::first);
    if (!lacking) expect_described(p);
  }
}

}  // namespace
}  // namespace breakeven
#endif
