#include <gtest/gtest.h>

#include "kernels/training/list.h"
#include "tests/support/device_run.h"
#include "tests/support/problem_tensors.h"

namespace breakeven {
namespace {

/// One whole step of a small network, kernel after kernel: as near to the float64 engine as f32
/// arithmetic is, or bf16; and so is inference.
TEST(HostNetworks, AreAsNearToFloat64AsNaiveOnesAre) {
  for (const char* id : {"train/f32/cnn_8x8/b3/step", "infer/f32/cnn_8x8/b3",
                         "train/f32/mlp_8x8/b2/step", "train/bf16/cnn_8x8/b2/step"}) {
    const NetworkProblem p = parse_network_problem(id);
    const ProblemView view = p.view();
    for (const auto& engine : cuda_network_list()) {
      EXPECT_TRUE(engine.supports(p)) << id;
      const test::ProblemTensors tensors(view, test::Fill::normal, 4);
      test::run_on_device(engine, p, tensors);
      const Verdict verdict =
          view.oracle.real_product(tensors.before(), tensors.outputs(), view.rounding, 1);
      EXPECT_TRUE(verdict.ok) << id << " " << engine.name << ": " << verdict.detail;
    }
  }
}

}  // namespace
}  // namespace breakeven
