#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "benchmarks/harness/measurement.h"
#include "benchmarks/harness/session.h"
#include "tests/benchmarks/harness/scale.h"
#include "tests/support/temporary_folder.h"

namespace breakeven::test {

inline std::vector<Json> read_rows(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<Json> rows;
  for (std::string line; std::getline(in, line);) rows.push_back(Json::parse(line));
  return rows;
}

/// A session with a run file, on a device or without one.
class TestRun {
 public:
  explicit TestRun(Device* device = nullptr)
      : session{.file = file_,
                .device = device,
                .cuda_absence = device ? "" : "no device in this test",
                .all_threads = 2,
                .repetitions = 3,
                .max_samples = 12,
                .seed = 1,
                .fill = Fill::normal,
                .memory_limit = std::size_t{1} << 30,
                .cpu_cold_bytes = 1 << 16,
                .device_cold_bytes = 3 * 4096,
                .reproduce = "test_bench",
                .budget = Budget(std::nullopt, 0)} {}

  std::vector<Json> rows() const { return read_rows(file_.path()); }
  std::vector<Json> rows(const std::string& kind) const {
    std::vector<Json> some;
    for (const Json& row : rows()) {
      if (row["kind"] == kind) some.push_back(row);
    }
    return some;
  }

 private:
  TemporaryFolder folder_;
  RunFile file_{folder_.path() / "run.jsonl", false};

 public:
  Session session;
};

/// The case of a problem with candidates of both sides.
inline Case scale_case(const Scale& problem, const std::vector<CpuImplementation<Scale>>& cpu_rows,
                       const std::vector<CudaImplementation<Scale>>& cuda_rows = {}) {
  Case made{.problem = problem.view(), .tags = {"test:row"}};
  for (const auto& row : cpu_rows) made.candidates.push_back(bind(row, problem));
  for (const auto& row : cuda_rows) made.candidates.push_back(bind(row, problem));
  made.calibration = [=] {
    return scale_case({std::min<std::int64_t>(problem.n, 256)}, cpu_rows, cuda_rows);
  };
  return made;
}

/// Every candidate once: CPU with as many threads as the session has, or one.
inline std::vector<Entry> all_entries(const Case& problem, const Session& session) {
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < problem.candidates.size(); ++i) {
    const Candidate& candidate = problem.candidates[i];
    const int threads = candidate.threaded ? session.all_threads : 1;
    entries.push_back({i, candidate.side == Side::cuda ? 0 : threads});
  }
  return entries;
}

}  // namespace breakeven::test
