#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "benchmarks/harness/ceilings/fma_kernels.h"
#include "benchmarks/harness/ceilings/host_array.h"
#include "benchmarks/harness/ceilings/matrix_kernels.h"
#include "benchmarks/harness/ceilings/memory_kernels.h"

namespace breakeven {
namespace {

template <class T>
class FmaKernels : public testing::Test {};
using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(FmaKernels, Types);

TYPED_TEST(FmaKernels, ThereIsOneForEveryCpu) { EXPECT_FALSE(fma_kernels<TypeParam>().empty()); }

TYPED_TEST(FmaKernels, AddTheTermOncePerElementAndIteration) {
  // With factor and term 1 an element grows by 1 in each multiply-add: the sum counts them.
  for (const auto& kernel : fma_kernels<TypeParam>()) {
    const double before = kernel.run(0, 1, 1);
    for (long iterations : {1L, 7L, 1000L}) {
      const double counted = kernel.run(iterations, 1, 1) - before;
      EXPECT_EQ(2 * counted, kernel.flops(iterations)) << kernel.instructions;
    }
  }
}

TYPED_TEST(FmaKernels, MultiplyByTheFactor) {
  // Three doublings are exact.
  for (const auto& kernel : fma_kernels<TypeParam>()) {
    EXPECT_EQ(kernel.run(3, 2, 0), 8 * kernel.run(0, 2, 0)) << kernel.instructions;
  }
}

TYPED_TEST(FmaKernels, StayBoundedAsTheProbeRunsThem) {
  for (const auto& kernel : fma_kernels<TypeParam>()) {
    const double start = kernel.run(0, TypeParam(-1), TypeParam(0.7531));
    EXPECT_NEAR(kernel.run(100000, TypeParam(-1), TypeParam(0.7531)) / start, 1, 1e-3);
  }
}

TYPED_TEST(FmaKernels, StartFromValuesThatDiffer) {
  for (const auto& kernel : fma_kernels<TypeParam>()) {
    const int elements = kernel.chains * kernel.lanes;
    EXPECT_EQ(kernel.run(0, 1, 1), elements * (elements - 1) / 2 / 64.0);
  }
}

// Each product of ones adds 1 to a sum: all sums together count them.
TEST(MatrixKernels, MultiplyAsManyElementsAsTheySay) {
  int kernels = 0;
  for (const Dtype dtype : {Dtype::bf16, Dtype::s8}) {
    std::vector<unsigned char> ones(kOperandBytes, 1);
    if (dtype == Dtype::bf16) {
      for (std::size_t i = 0; i < ones.size(); ++i) ones[i] = i % 2 == 0 ? 0x80 : 0x3f;
    }
    for (const MatrixKernel& kernel : matrix_kernels(dtype)) {
      ++kernels;
      for (const long iterations : {0L, 1L, 7L, 1000L}) {
        EXPECT_EQ(2 * kernel.run(iterations, ones.data(), ones.data()),
                  kernel.operations * static_cast<double>(iterations))
            << kernel.instructions << ' ' << name_of(dtype);
      }
    }
  }
  if (kernels == 0) GTEST_SKIP() << "this CPU has no matrix instructions";
}

class Memory : public testing::TestWithParam<Store> {};
INSTANTIATE_TEST_SUITE_P(Stores, Memory, testing::Values(Store::plain, Store::streaming));

TEST_P(Memory, TriadIsRightForEveryLengthAndNothingBeyond) {
  for (std::size_t elements : {0u, 1u, 2u, 3u, 8u, 17u, 1000u}) {
    HostArray<double> a(elements + 1), b(elements + 1), c(elements + 1);
    std::fill_n(a.data(), elements + 1, -1.0);
    std::iota(b.data(), b.data() + elements + 1, 0.0);
    std::iota(c.data(), c.data() + elements + 1, 100.0);
    triad(a.data(), b.data(), c.data(), 3, elements, GetParam());
    for (std::size_t i = 0; i < elements; ++i)
      ASSERT_EQ(a.data()[i], b.data()[i] + 3 * c.data()[i]);
    EXPECT_EQ(a.data()[elements], -1.0);
  }
}

TEST_P(Memory, CopyIsRightForEveryLengthAndNothingBeyond) {
  for (std::size_t elements : {0u, 1u, 2u, 3u, 8u, 17u, 1000u}) {
    HostArray<double> from(elements + 1), to(elements + 1);
    std::iota(from.data(), from.data() + elements + 1, 5.0);
    std::fill_n(to.data(), elements + 1, -1.0);
    copy(to.data(), from.data(), elements, GetParam());
    for (std::size_t i = 0; i < elements; ++i) ASSERT_EQ(to.data()[i], from.data()[i]);
    EXPECT_EQ(to.data()[elements], -1.0);
  }
}

TEST_P(Memory, StartsAnywhere) {
  HostArray<double> a(20), b(20);
  std::iota(b.data(), b.data() + 20, 0.0);
  copy(a.data() + 1, b.data() + 1, 18, GetParam());
  triad(a.data() + 3, b.data() + 3, b.data() + 3, 1, 5, GetParam());
  EXPECT_EQ(a.data()[1], 1.0);
  EXPECT_EQ(a.data()[4], 8.0);
  EXPECT_EQ(a.data()[18], 18.0);
}

TEST(MemoryBytes, AreThoseThatALoopTouches) {
  double read = 0, written = 0;
  for (int i = 0; i < 10; ++i) {  // a[i] = b[i] + s * c[i]
    read += 2 * sizeof(double);
    written += sizeof(double);
  }
  EXPECT_EQ(triad_bytes(10), read + written);
  EXPECT_EQ(copy_bytes(10), 10.0 * (sizeof(double) + sizeof(double)));
}

TEST(ReadWords, ReadsEachWordInEachPass) {
  for (std::size_t count : {64u, 128u, 4096u}) {
    HostArray<std::uint64_t> words(count);
    std::fill_n(words.data(), count, std::uint64_t{1});
    for (int passes : {1, 2, 5}) {
      const auto counted = read_words(words.data(), count, passes);
      EXPECT_EQ(8.0 * static_cast<double>(counted), read_bytes(count, passes));
    }
    std::iota(words.data(), words.data() + count, std::uint64_t{0});
    EXPECT_EQ(read_words(words.data(), count, 1), count * (count - 1) / 2);
  }
}

TEST(HostArrays, AreAlignedToLines) {
  HostArray<double> array(3);
  EXPECT_EQ(array.size(), 3u);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(array.data()) % 4096, 0u);
}

}  // namespace
}  // namespace breakeven
