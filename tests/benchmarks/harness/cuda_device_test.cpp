#include <gtest/gtest.h>

#include <algorithm>
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

// What a copy ahead of its turn brings must neither come too late nor overwrite what is still read.
TEST(CudaDevice, CopiesAheadKeepToTheirTurns) {
  BREAKEVEN_NEEDS_GPU();
  const auto device = open_cuda_device();
  constexpr std::size_t count = 4 << 20, bytes = count * sizeof(int);
  constexpr int calls = 8;
  void* const sets[] = {device->allocate(bytes), device->allocate(bytes)};
  std::vector<int*> batches, results;
  for (int call = 0; call < calls; ++call) {
    batches.push_back(static_cast<int*>(device->allocate_pinned(bytes)));
    results.push_back(static_cast<int*>(device->allocate_pinned(bytes)));
    std::fill_n(batches.back(), count, call);
  }
  device->copy_ahead(sets[0], batches[0], bytes);
  for (int call = 0; call < calls; ++call) {
    device->meet();
    if (call + 1 < calls) device->copy_ahead(sets[(call + 1) % 2], batches[call + 1], bytes);
    device->copy_out(results[call], sets[call % 2], bytes);  // the call: it reads its set
  }
  device->synchronize();
  for (int call = 0; call < calls; ++call) {
    EXPECT_TRUE(std::all_of(results[call], results[call] + count, [&](int value) {
      return value == call;
    })) << call;
    device->release_pinned(batches[call]);
    device->release_pinned(results[call]);
  }
  for (void* set : sets) device->release(set);
}

TEST(CudaDevice, CountsWhatACallPutsOnTheStream) {
  BREAKEVEN_NEEDS_GPU();
  const auto device = open_cuda_device();
  EXPECT_EQ(device->count_launches([&] {
    for (int launch = 0; launch < 3; ++launch) device->launch_empty_kernel();
  }),
            3);
  EXPECT_EQ(device->count_launches([&] { device->synchronize(); }), std::nullopt);
  device->launch_empty_kernel();  // the stream is as it was
  EXPECT_NO_THROW(device->synchronize());
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
