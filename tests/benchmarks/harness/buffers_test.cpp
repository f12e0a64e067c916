#include "benchmarks/harness/buffers.h"

#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

#include "benchmarks/harness/fill.h"
#include "tests/benchmarks/harness/fake_device.h"

namespace breakeven::test {
namespace {

/// Odd sizes, so that the guards start right behind the last element.
const std::vector<TensorSpec> kSpecs{{"a", {3, 5}, Dtype::f32, Role::input},
                                     {"b", {7}, Dtype::f64, Role::input},
                                     {"c", {64}, Dtype::f32, Role::output}};

/// Both kinds of buffers, loaded with the same image.
class BuffersOnBothSides : public testing::Test {
 protected:
  BuffersOnBothSides() : image_(kSpecs, 1), host_(kSpecs, 3), device_buffers_(device_, kSpecs, 3) {
    for (const Tensor& tensor : image_.tensors(0)) fill_tensor(tensor, Fill::normal, 1, 1);
    for (Buffers* side : sides()) {
      for (int set = 0; set < 3; ++set) side->load(set, image_);
    }
  }
  std::array<Buffers*, 2> sides() { return {&host_, &device_buffers_}; }

  FakeDevice device_;
  HostBuffers image_, host_;
  DeviceBuffers device_buffers_;
};

TEST_F(BuffersOnBothSides, HoldTheImageInEachSet) {
  for (Buffers* side : sides()) {
    ASSERT_EQ(side->sets(), 3);
    for (int set = 0; set < 3; ++set) {
      ASSERT_EQ(side->tensors(set).size(), kSpecs.size());
      for (std::size_t i = 0; i < kSpecs.size(); ++i) {
        const Tensor& tensor = side->tensors(set)[i];
        std::vector<std::byte> copy(tensor.bytes());
        side->download(copy.data(), tensor);
        EXPECT_EQ(std::memcmp(copy.data(), image_.tensors(0)[i].data, copy.size()), 0);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.data) % 256, 0u) << "aligned";
      }
      EXPECT_TRUE(side->guards_intact(set));
    }
  }
}

TEST_F(BuffersOnBothSides, SeeAWriteBeforeAndBehindEachTensor) {
  for (Buffers* side : sides()) {
    for (int set = 0; set < 3; ++set) {
      for (const Tensor& tensor : side->tensors(set)) {
        const auto bytes = static_cast<std::ptrdiff_t>(tensor.bytes());
        for (std::ptrdiff_t offset :
             {std::ptrdiff_t{-256}, std::ptrdiff_t{-1}, bytes, bytes + 255}) {
          tensor.as<std::byte>()[offset] ^= std::byte{1};
          EXPECT_FALSE(side->guards_intact(set)) << "set " << set << ", offset " << offset;
          side->load(set, image_);
          EXPECT_TRUE(side->guards_intact(set)) << "loading brings the guards back";
        }
      }
    }
  }
}

TEST_F(BuffersOnBothSides, AllowEveryWriteWithinTheTensors) {
  for (Buffers* side : sides()) {
    for (const Tensor& tensor : side->tensors(1)) std::memset(tensor.data, 0x5a, tensor.bytes());
    for (int set = 0; set < 3; ++set) EXPECT_TRUE(side->guards_intact(set)) << set;
  }
}

TEST_F(BuffersOnBothSides, CountTheirBytes) {
  for (Buffers* side : sides()) EXPECT_EQ(side->bytes(), Buffers::bytes_needed(kSpecs, 3));
  EXPECT_EQ(Buffers::bytes_needed(kSpecs, 6), 2 * Buffers::bytes_needed(kSpecs, 3));
  EXPECT_EQ(device_.allocations(), 1u);
}

TEST(DeviceBuffers, GiveTheMemoryBack) {
  FakeDevice device;
  {
    DeviceBuffers buffers(device, kSpecs, 2);
  }
  EXPECT_EQ(device.allocations(), 0u);
}

TEST(DeviceBuffers, PassOnThatTheMemoryIsFull) {
  FakeDevice device({.memory = 100});
  EXPECT_THROW(DeviceBuffers(device, kSpecs, 1), OutOfMemory);
}

TEST(HostBuffers, RefuseWhatNoMachineHas) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "AddressSanitizer ends a program that asks for so much";
#endif
  const std::vector<TensorSpec> huge{{"x", {std::int64_t{1} << 58}, Dtype::f32, Role::input}};
  EXPECT_THROW(HostBuffers(huge, 1), OutOfMemory);
}

/// Whole cache lines that a set touches, in bytes.
std::size_t touched(const std::vector<TensorSpec>& specs) {
  return std::accumulate(
      specs.begin(), specs.end(), std::size_t{0},
      [](auto sum, const auto& spec) { return sum + (spec.bytes() + 63) / 64 * 64; });
}

// A flush buffer of exactly the L2's size; here buffers rotate over at least what is asked for,
// which is 3 × L2.
TEST(Traps, ARotationTouchesAtLeastTheColdBytes) {
  for (std::int64_t n : {1000, 65536, 1'000'000}) {
    const std::vector<TensorSpec> specs{{"x", {n}, Dtype::f32, Role::input},
                                        {"y", {n + 1}, Dtype::f32, Role::output}};
    for (std::size_t cold : {std::size_t{0}, std::size_t{1} << 20, std::size_t{50'000'000}}) {
      const int sets = cold_sets(specs, cold);
      EXPECT_GE(sets, 2) << "nothing is cold in a single set";
      EXPECT_GE(static_cast<std::size_t>(sets) * touched(specs), cold);
      const auto fewer = static_cast<std::size_t>(sets - 1) * touched(specs);
      EXPECT_TRUE(sets == 2 || fewer < cold) << "no memory is wasted";
    }
  }
}

TEST(ColdSets, OfTinyTensorsTakeNoMoreMemoryThanARotationOfLargeOnes) {
  const std::vector<TensorSpec> specs{{"x", {1}, Dtype::f32, Role::input},
                                      {"y", {1}, Dtype::f32, Role::output}};
  const std::size_t cold = std::size_t{128} << 20;
  EXPECT_LE(Buffers::bytes_needed(specs, cold_sets(specs, cold)), cold);
}

}  // namespace
}  // namespace breakeven::test
