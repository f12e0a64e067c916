#include <gtest/gtest.h>

#include <cstring>

#include "cpu_reference/training/list.h"
#include "tests/support/problem_tensors.h"

namespace breakeven {
namespace {

using test::Fill;
using test::ProblemTensors;

/// Does one step (or inference) and returns the outputs' bytes.
std::vector<std::byte> run(const CpuCall& call, const ProblemView& view, std::uint64_t seed,
                           double* worst = nullptr) {
  const ProblemTensors tensors(view, Fill::normal, seed);
  call.run(tensors.call());
  const Verdict verdict =
      view.oracle.real_product(tensors.before(), tensors.outputs(), view.rounding, 1);
  EXPECT_TRUE(verdict.ok) << view.id << ": " << verdict.detail;
  if (worst) *worst = verdict.worst;
  std::vector<std::byte> all;
  for (const Tensor& output : tensors.outputs()) {
    const auto* data = output.as<std::byte>();
    all.insert(all.end(), data, data + output.bytes());
  }
  return all;
}

/// Every engine on every network, as near to the float64 engine as f32 arithmetic is.
TEST(CpuNetworks, AreAsNearToFloat64AsNaiveF32Is) {
  for (const Network& network : networks()) {
    for (const bool training : {true, false}) {
      for (const std::int64_t batch : {1, 5}) {
        if (training && batch == 1 && network.name == "resnet20") continue;  // no variance of one
        const NetworkProblem p{network.name, training, batch};
        const ProblemView view = p.view();
        for (const auto& engine : cpu_network_list()) {
          double worst = 0;
          run(engine.prepare(p), view, 21, &worst);
          std::printf("%s %s: %.2f of what is allowed\n", view.id.c_str(),
                      std::string(engine.name).c_str(), worst);
        }
      }
    }
  }
}

TEST(CpuNetworks, GiveTheSameBitsForTheSameData) {
  const NetworkProblem p{.network = "cnn_8x8", .batch = 9};
  for (const auto& engine : cpu_network_list()) {
    const CpuCall call = engine.prepare(p);
    const auto first = run(call, p.view(), 5);
    run(call, p.view(), 6);  // whatever the engine keeps
    EXPECT_EQ(run(call, p.view(), 5), first) << engine.name;
    EXPECT_EQ(run(engine.prepare(p), p.view(), 5), first) << engine.name;
  }
}

}  // namespace
}  // namespace breakeven
