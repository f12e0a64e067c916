#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "benchmarks/harness/ceilings/ceilings.h"
#include "benchmarks/harness/device.h"
#include "benchmarks/harness/machine/gpu_status.h"
#include "tests/support/gpu.h"

namespace breakeven {
namespace {

using Event = Device::Event;

TEST(CudaDevice, IsThereExactlyWhenNothingSpeaksAgainstIt) {
  EXPECT_EQ(open_cuda_device() == nullptr, !cuda_absence().empty());
}

TEST(CudaDevice, CopiesThereAndBack) {
  BREAKEVEN_NEEDS_GPU();
  const auto device = open_cuda_device();
  std::vector<int> sent(100'000);
  std::iota(sent.begin(), sent.end(), 0);
  std::vector<int> received(sent.size(), -1);
  const std::size_t bytes = sent.size() * sizeof(int);
  void* memory = device->allocate(bytes);
  device->copy_in(memory, sent.data(), bytes);
  device->copy_out(received.data(), memory, bytes);
  device->synchronize();
  device->release(memory);
  EXPECT_EQ(received, sent);
}

TEST(CudaDevice, TellsAnAllocationThatDoesNotFit) {
  BREAKEVEN_NEEDS_GPU();
  const auto device = open_cuda_device();
  EXPECT_THROW(device->allocate(std::size_t{1} << 50), OutOfMemory);
  EXPECT_GT(device->free_bytes(), 0u);
  EXPECT_GT(device->l2_bytes(), 0u);
  EXPECT_GT(device->context_seconds(), 0);
}

TEST(CudaDevice, TimesWhatLiesBetweenTwoEvents) {
  BREAKEVEN_NEEDS_GPU();
  const auto device = open_cuda_device();
  device->record(Event::start);
  device->launch_empty_kernel();
  device->record(Event::stop);
  device->synchronize();
  EXPECT_GT(device->seconds_between(Event::start, Event::stop), 0);
}

TEST(CudaDevice, ABlockHoldsTheStreamUntilItIsLetGo) {
  BREAKEVEN_NEEDS_GPU();
  const auto device = open_cuda_device();
  for (int repeat = 0; repeat < 3; ++repeat) {
    device->block();
    device->launch_empty_kernel();
    EXPECT_TRUE(device->unblock());
    device->synchronize();
  }
}

TEST(CudaDevice, ABlockThatNobodyLetsGoEndsByItself) {
  BREAKEVEN_NEEDS_GPU();
  const auto device = open_cuda_device();
  device->block();
  device->synchronize();  // what an implementation must not do
  EXPECT_FALSE(device->unblock());
  device->block();
  EXPECT_TRUE(device->unblock()) << "the next one starts afresh";
  device->synchronize();
}

TEST(CudaDevice, PersistingLinesAreResetOnEveryGeneration) {
  BREAKEVEN_NEEDS_GPU();
  EXPECT_NO_THROW(open_cuda_device()->reset_persisting_lines());
}

TEST(CudaCeilings, AreAllMeasured) {
  BREAKEVEN_NEEDS_GPU();
  const auto device = open_cuda_device();
  const auto check = [](const Ceiling& ceiling) {
    EXPECT_EQ(ceiling.status, "ok") << ceiling.name << ": " << ceiling.reason;
    EXPECT_GT(ceiling.value.value_or(0), 0) << ceiling.name;
  };
  measure_device_ceilings(device.get(), "", 3, check, 1);
}

}  // namespace
}  // namespace breakeven
