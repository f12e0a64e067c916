#include "cpu_reference/common/libraries.h"

#include <gtest/gtest.h>

#include <cctype>
#include <optional>

#include "tests/support/environment.h"

namespace breakeven {
namespace {

TEST(CpuLibraries, NameVersionAndThreading) {
  const test::Environment unforced("OPENBLAS_CORETYPE", std::nullopt);
  const auto libraries = cpu_libraries();
  ASSERT_EQ(libraries.size(), 2u);
  EXPECT_EQ(libraries[0].name, "OpenBLAS");
  EXPECT_EQ(libraries[1].name, "oneDNN");
  for (const Library& library : libraries) {
    EXPECT_TRUE(!library.version.empty() && std::isdigit(library.version[0])) << library.version;
    EXPECT_NE(library.detail.find("kernels for "), std::string::npos) << library.detail;
    EXPECT_EQ(library.problem.empty(), library.threading == "OpenMP") << library.problem;
  }
}

// The build must have found the OpenMP variant, whatever other variants are installed.
TEST(CpuLibraries, OpenblasIsTheOpenmpVariant) {
  EXPECT_EQ(cpu_libraries()[0].threading, "OpenMP") << cpu_libraries()[0].detail;
}

TEST(CpuLibraries, KernelsThatTheUserForcesAreAProblem) {
  const test::Environment forced("OPENBLAS_CORETYPE", "Haswell");
  const std::string problem = cpu_libraries()[0].problem;
  EXPECT_NE(problem.find("OPENBLAS_CORETYPE=Haswell"), std::string::npos) << problem;
}

}  // namespace
}  // namespace breakeven
