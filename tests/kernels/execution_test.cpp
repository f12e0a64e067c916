#include <gtest/gtest.h>

#include <string>

namespace breakeven {
namespace {

// Not a check: says among the results why kernels are not executed on the host in a build that
// would.
TEST(HostExecution, SaysWhyItIsMissing) {
  const std::string missing = BREAKEVEN_NO_HOST_EXECUTION;
  if (!missing.empty()) GTEST_SKIP() << missing;
}

}  // namespace
}  // namespace breakeven
