// run_kernel IMPLEMENTATION PROBLEM: executes one kernel on one problem on the host and checks its
// result, for a look at it under a debugger or to repeat what a test found.
// Exit status: 0 right, 2 bad input, 3 wrong or a finding.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "kernels/batch_norm/list.h"
#include "kernels/bias/list.h"
#include "kernels/conv/list.h"
#include "kernels/conv_bias_relu/list.h"
#include "kernels/elementwise/list.h"
#include "kernels/gemm/list.h"
#include "kernels/gemm_epilogue/list.h"
#include "kernels/host/schedule.h"
#include "kernels/pool/list.h"
#include "kernels/sgd/list.h"
#include "kernels/softmax_cross_entropy/list.h"
#include "tests/support/device_run.h"
#include "tests/support/oracle_check.h"

namespace breakeven {
namespace {

using test::Fill;

template <class Problem>
using List = std::span<const CudaImplementation<Problem>>;

template <class Problem>
const CudaImplementation<Problem>& find(List<Problem> list, const std::string& name) {
  std::string names;
  for (const auto& implementation : list) {
    if (implementation.name == name) return implementation;
    names += (names.empty() ? "" : ", ") + std::string(implementation.name);
  }
  throw std::invalid_argument("there is no kernel '" + name + "': it must be one of " + names);
}

template <class Problem>
int run(List<Problem> list, const std::string& name, const Problem& p, Fill fill) {
  const auto& implementation = find(list, name);
  const ProblemView view = p.view();
  if (const Support support = implementation.supports(p); !support) {
    throw std::invalid_argument(name + " does not take " + view.id + ": " + support.reason);
  }
  if (fill == Fill::integers && view.exact_range == 0) {
    throw std::invalid_argument(view.operation + " is exact on no integers: --fill normal");
  }
  const test::ProblemTensors tensors(view, fill, 17);
  test::run_on_device(implementation, p, tensors);
  test::expect_matches_oracle(view, tensors, fill, test::math_mode_of(implementation, p));
  if (testing::UnitTest::GetInstance()->Failed()) return 3;
  std::cout << name << " is right on " << view.id << ", " << name_of(host::settings().schedule)
            << "\n";
  return 0;
}

int run(const std::string& name, const std::string& id, Fill fill) {
  if (id.starts_with("gemm_bias_")) {
    return run(cuda_gemm_epilogue_list(), name, parse_gemm_epilogue(id), fill);
  }
  if (id.starts_with("conv_bias_relu/")) {
    return run(cuda_conv_bias_relu_list(), name, parse_conv_bias_relu(id), fill);
  }
  if (id.starts_with("conv")) return run(cuda_conv_list(), name, parse_conv(id), fill);
  if (id.starts_with("gemm")) return run(cuda_gemm_list(), name, parse_gemm(id), fill);
  if (id.starts_with("batch_norm")) {
    return run(cuda_batch_norm_list(), name, parse_batch_norm(id), fill);
  }
  if (id.starts_with("bias")) return run(cuda_bias_list(), name, parse_bias(id), fill);
  if (id.starts_with("max_pool") || id.starts_with("average_pool")) {
    return run(cuda_pool_list(), name, parse_pool(id), fill);
  }
  if (id.starts_with("sgd")) return run(cuda_sgd_list(), name, parse_sgd(id), fill);
  if (id.starts_with("softmax")) {
    return run(cuda_softmax_cross_entropy_list(), name, parse_softmax_cross_entropy(id), fill);
  }
  return run(cuda_elementwise_list(), name, parse_elementwise(id), fill);
}

}  // namespace
}  // namespace breakeven

int main(int argc, char** argv) {
  using namespace breakeven;
  CLI::App app("Executes one kernel on one problem on the host and checks its result.");
  std::string name, id, fill = "normal", schedule = "ascending";
  app.add_option("implementation", name, "as in the list, such as coalesced")->required();
  app.add_option("problem", id, "such as gemm/f32/nn/m33n65k129")->required();
  app.add_option("--fill", fill)->check(CLI::IsMember({"integers", "normal"}));
  app.add_option("--schedule", schedule, "ascending, descending or random[:SEED], then [:POISON]");
  app.add_option("--threads", host::settings().threads, "host threads; 1 is best for a debugger");
  for (const char* word : std::span(argv, static_cast<std::size_t>(argc))) {
    host::settings().repeat += (word == argv[0] ? "" : " ") + std::string(word);
  }
  try {
    app.parse(argc, argv);
    host::settings().schedule = host::parse_schedule(schedule);
    return run(name, id, fill == "integers" ? Fill::integers : Fill::normal);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::invalid_argument& error) {
    std::cerr << "run_kernel: " << error.what() << "\n";
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "run_kernel: " << error.what() << "\n";
    return 3;
  }
}
