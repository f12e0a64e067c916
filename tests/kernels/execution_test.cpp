#include <gtest/gtest.h>

#include <string>

namespace breakeven {
namespace {

// Says among the results why kernels were not executed on the host in a build that should.
TEST(HostExecution, IsPartOfASanitizedBuild) {
  const std::string missing = BREAKEVEN_NO_HOST_EXECUTION;
  if (!missing.empty()) GTEST_SKIP() << missing;
}

}  // namespace
}  // namespace breakeven
