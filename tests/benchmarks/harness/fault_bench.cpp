/// A benchmark program whose implementations have faults that the harness has to notice, on both
/// sides: its device is a fake one, in the state that $BREAKEVEN_FAKE_DEVICE names.

#include <cstdlib>
#include <cstring>

#include "benchmarks/harness/family.h"
#include "tests/benchmarks/harness/fake_device.h"
#include "tests/benchmarks/harness/scale.h"

namespace breakeven::test {
namespace {

Support only_even(const Scale& problem) {
  return problem.n % 2 == 0 ? Support::yes() : Support::no("odd sizes are not supported");
}

std::vector<CpuImplementation<Scale>> cpu_list() {
  return {cpu_scale<Fault::none>("plain", Rung::naive, /*threaded=*/false),
          cpu_scale<Fault::none>("right"),
          {"even", Rung::tuned, true, only_even, prepare_scale<CpuCall, Fault::none>},
          cpu_scale<Fault::wrong_element>("wrong_element"),
          cpu_scale<Fault::wrong_element_later>("wrong_element_later"),
          cpu_scale<Fault::unwritten_element>("unwritten_element"),
          cpu_scale<Fault::input_changed>("input_changed"),
          cpu_scale<Fault::out_of_bounds>("out_of_bounds"),
          cpu_scale<Fault::nan>("nan"),
          cpu_scale<Fault::returns_early>("returns_early"),
          cpu_scale<Fault::returns_early_later>("returns_early_later"),
          cpu_scale<Fault::throws>("throws"),
          cpu_scale<Fault::throws_later>("throws_later"),
          cpu_scale<Fault::throws_in_prepare>("throws_in_prepare"),
          cpu_scale<Fault::bad_alloc>("bad_alloc"),
          cpu_scale<Fault::out_of_memory>("out_of_memory"),
          cpu_scale<Fault::not_std>("not_std"),
          cpu_scale<Fault::not_std_later>("not_std_later"),
          cpu_scale<Fault::slow>("slow")};
}

std::vector<CudaImplementation<Scale>> cuda_list() {
  return {cuda_scale<Fault::none>("right"),
          cuda_scale<Fault::wrong_element>("wrong_element"),
          cuda_scale<Fault::wrong_element_later>("wrong_element_later"),
          cuda_scale<Fault::unwritten_element>("unwritten_element"),
          cuda_scale<Fault::input_changed>("input_changed"),
          cuda_scale<Fault::out_of_bounds>("out_of_bounds"),
          cuda_scale<Fault::nan>("nan"),
          cuda_scale<Fault::returns_early>("returns_early"),
          cuda_scale<Fault::returns_early_later>("returns_early_later"),
          cuda_scale<Fault::throws>("throws"),
          cuda_scale<Fault::throws_later>("throws_later"),
          cuda_scale<Fault::throws_in_prepare>("throws_in_prepare"),
          cuda_scale<Fault::bad_alloc>("bad_alloc"),
          cuda_scale<Fault::out_of_memory>("out_of_memory"),
          cuda_scale<Fault::not_std>("not_std"),
          cuda_scale<Fault::not_std_later>("not_std_later"),
          cuda_scale<Fault::slow>("slow")};
}

Case make_case(const Scale& problem) {
  Case made{.problem = problem.view(), .calibration = [problem] {
              return make_case({std::min<std::int64_t>(problem.n, 256)});
            }};
  for (const auto& row : cpu_list()) made.candidates.push_back(bind(row, problem));
  for (const auto& row : cuda_list()) made.candidates.push_back(bind(row, problem));
  return made;
}

/// The state named by the environment: "normal" where nothing is said, "failing:N" from call N on.
std::unique_ptr<Device> open_device() {
  const char* variable = std::getenv("BREAKEVEN_FAKE_DEVICE");
  const std::string state = variable ? variable : "normal";
  Trouble trouble;
  if (state == "none") return nullptr;
  if (state == "slow") trouble.copy_delay_s = 2e-3;
  if (state == "busy") trouble.busy = true;
  if (state == "unseen_copies") trouble = {.copy_delay_s = 2e-4, .copies_unseen = true};
  if (state == "losing_results") trouble.results_lost = true;
  if (state == "out_of_memory") trouble.out_of_memory = true;
  if (state == "no_pinned_memory") trouble.no_pinned_memory = true;
  if (state == "small") trouble.memory = 4096;
  if (state.starts_with("failing:")) trouble.failing_from_call = std::atoi(state.c_str() + 8);
  if (state == "throttling") trouble.clock_mhz = {1800, 1200};
  return std::make_unique<FakeDevice>(trouble);
}

}  // namespace
}  // namespace breakeven::test

int main(int argc, char** argv) {
  using namespace breakeven;
  const Family scale{
      .operation = "scale",
      .lists = [](std::string_view) { return std::vector<std::string>{"sizes"}; },
      .make_case = [](const std::string& id) { return test::make_case(test::parse_scale(id)); },
      .libraries = [] { return std::vector<Library>{{"fake", "1.0", "", "in host memory", ""}}; }};
  return run_program(argc, argv, scale, test::open_device);
}
