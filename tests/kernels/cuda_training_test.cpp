#include <gtest/gtest.h>

#include <utility>

#include "kernels/training/list.h"
#include "tests/support/device_run.h"
#include "tests/support/gpu.h"
#include "tests/support/problem_tensors.h"

namespace breakeven {
namespace {

TEST(CudaNetworks, AreAsNearToFloat64AsNaiveOnesAre) {
  BREAKEVEN_NEEDS_GPU();
  for (const Network& network : networks()) {
    for (const auto& [training, dtype] : {std::pair(true, Dtype::f32), std::pair(false, Dtype::f32),
                                          std::pair(true, Dtype::bf16)}) {
      const NetworkProblem p{
          .network = network.name, .training = training, .batch = 5, .dtype = dtype};
      const ProblemView view = p.view();
      for (const auto& engine : cuda_network_list()) {
        if (!engine.supports(p)) continue;
        const test::ProblemTensors tensors(view, test::Fill::normal, 21);
        test::run_on_device(engine, p, tensors);
        const Verdict verdict =
            view.oracle.real_product(tensors.before(), tensors.outputs(), view.rounding, 1);
        EXPECT_TRUE(verdict.ok) << view.id << " " << engine.name << ": " << verdict.detail;
      }
    }
  }
}

}  // namespace
}  // namespace breakeven
