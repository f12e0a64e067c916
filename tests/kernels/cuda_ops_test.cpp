#include <gtest/gtest.h>

#include "kernels/batch_norm/list.h"
#include "kernels/bias/list.h"
#include "kernels/elementwise/list.h"
#include "kernels/pool/list.h"
#include "kernels/sgd/list.h"
#include "kernels/softmax_cross_entropy/list.h"
#include "tests/support/device_run.h"
#include "tests/support/gpu.h"
#include "tests/support/list_check.h"
#include "tests/support/ops_check.h"
#include "tests/support/oracle_check.h"

namespace breakeven {
namespace {

using test::Fill;
using test::ProblemTensors;

/// Both tiers, where there are both.
template <class List, class Problem>
void expect_all_right(const List& list, const std::vector<Problem>& problems) {
  for (const auto& implementation : list) {
    for (const Problem& p : problems) {
      if (!implementation.supports(p)) continue;
      SCOPED_TRACE(std::string(implementation.name) + " " + p.id());
      const ProblemView view = p.view();
      for (const Fill fill : {Fill::integers, Fill::normal}) {
        if (fill == Fill::integers && view.exact_range == 0) continue;
        const ProblemTensors tensors(view, fill, 17);
        test::run_on_device(implementation, p, tensors);
        test::expect_matches_oracle(view, tensors, fill, test::math_mode_of(implementation, p));
        if (testing::Test::HasFailure()) return;
      }
    }
  }
}

TEST(CudaElementwise, MatchesTheOracle) {
  BREAKEVEN_NEEDS_GPU();
  expect_all_right(cuda_elementwise_list(), test::elementwise_problems());
}
TEST(CudaSgd, MatchesTheOracle) {
  BREAKEVEN_NEEDS_GPU();
  expect_all_right(cuda_sgd_list(), test::sgd_problems());
}
TEST(CudaSoftmaxCrossEntropy, MatchesTheOracle) {
  BREAKEVEN_NEEDS_GPU();
  expect_all_right(cuda_softmax_cross_entropy_list(), test::softmax_cross_entropy_problems());
}
TEST(CudaPool, MatchesTheOracle) {
  BREAKEVEN_NEEDS_GPU();
  expect_all_right(cuda_pool_list(), test::pool_problems());
}
TEST(CudaBatchNorm, MatchesTheOracle) {
  BREAKEVEN_NEEDS_GPU();
  expect_all_right(cuda_batch_norm_list(), test::batch_norm_problems());
}
TEST(CudaBias, MatchesTheOracle) {
  BREAKEVEN_NEEDS_GPU();
  expect_all_right(cuda_bias_list(), test::bias_problems());
}

TEST(CudaOpsLists, NamesAreUniqueAndRungsAscend) {
  test::names_in_order(cuda_elementwise_list());
  test::names_in_order(cuda_sgd_list());
  test::names_in_order(cuda_softmax_cross_entropy_list());
  test::names_in_order(cuda_pool_list());
  test::names_in_order(cuda_batch_norm_list());
  test::names_in_order(cuda_bias_list());
}

}  // namespace
}  // namespace breakeven
