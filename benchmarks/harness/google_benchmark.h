#pragma once

#include <benchmark/benchmark.h>

#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "benchmarks/harness/options.h"

namespace breakeven {

/// One benchmark to register: its body is called once a repetition.
struct Registration {
  std::string name;
  std::function<void(benchmark::State&)> body;
};

/// What Google Benchmark appends to each of our names.
constexpr const char* kNameSuffix = "/iterations:1/manual_time";

/// Google Benchmark as registry, console and file format. Benchmarks are registered and run one
/// problem at a time; everything goes to one console report and one `--benchmark_out` file.
class GoogleBenchmark {
 public:
  /// Passes the flags on. Throws BadInput for one that it does not know, std::system_error for a
  /// file that cannot be written.
  explicit GoogleBenchmark(const Options& options);
  ~GoogleBenchmark();

  void run(const std::vector<Registration>& registrations);
  /// Ends the reports: the file is whole after it.
  void finish();

 private:
  class Everywhere;
  std::vector<std::string> words_;  // the library keeps a pointer to the program's name
  std::ofstream file_;
  std::unique_ptr<Everywhere> reporter_;
};

/// Ends a benchmark's repetition without a time. Before 1.8 the library only knows errors. It still
/// counts its iteration: the library ends the program where repetitions of a benchmark differ in
/// their number, as those do that an interruption left without a time.
template <class State>
void end_without_time(State& state, bool error, const std::string& reason) {
  while (state.KeepRunning()) state.SetIterationTime(0);
  if constexpr (requires { state.SkipWithMessage(reason); }) {
    if (!error) return state.SkipWithMessage(reason);
  }
  state.SkipWithError(reason.c_str());
}

}  // namespace breakeven
