#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "kernels/host/finding.h"
#include "kernels/host/schedule.h"
#include "tests/kernels/host/device_array.h"

namespace breakeven::test {

/// A kernel with a defect, and what the executor has to say of it.
struct Defect {
  std::string name;
  std::function<void(const float* in, float* out)> launch;  // 64 elements each
  std::string words;                                        // a regular expression
  bool needs_asan = false;
};

inline std::ostream& operator<<(std::ostream& out, const Defect& defect) {
  return out << defect.name;
}

/// What stands in every finding after its own words.
inline std::string with_context(const std::string& words) {
  return words +
         "(.|\n)*kernel .*launched at tests/kernels/host/planted_[a-z]*\\.cu:[0-9]+, grid "
         "\\(.*\\), block \\(.*\\)\n  schedule ascending:ff\n  repeat with: this test";
}

/// Executes the kernel, which has to end the process with that finding.
inline void expect_found(const Defect& defect) {
#ifndef BREAKEVEN_ASAN
  if (defect.needs_asan) GTEST_SKIP() << "found by AddressSanitizer, which this build has not";
#endif
  const DeviceArray<float> in(std::vector<float>(64, 1.0f)), out(64);
  const auto run = [&] {
    host::settings().threads = 1;  // a forked process has no others
    host::settings().repeat = "this test";
    defect.launch(in.data(), out.data());
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(host::finding_status), with_context(defect.words));
}

}  // namespace breakeven::test
