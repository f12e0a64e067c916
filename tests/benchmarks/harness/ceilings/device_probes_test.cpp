#include "benchmarks/harness/ceilings/device_probes.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "benchmarks/harness/ceilings/ceilings.h"

namespace breakeven {
namespace {

/// Time on the device of this test [s]; it passes only by what the device does.
double now = 0;
double device_clock() { return now; }

/// A device on synthetic time: copies at 10 GB/s from pinned memory and 4 GB/s from elsewhere, 3 µs
/// a launch, half a microsecond between two events.
class SyntheticDevice final : public Device {
 public:
  Stream stream() override { return nullptr; }
  double context_seconds() const override { return 0; }
  void* allocate(std::size_t bytes) override { return take(bytes, false); }
  void release(void* memory) override { give_back(memory); }
  void* allocate_pinned(std::size_t bytes) override { return take(bytes, true); }
  void release_pinned(void* memory) override { give_back(memory); }
  std::size_t free_bytes() override { return std::size_t{8} << 20; }
  std::size_t l2_bytes() const override { return 1 << 20; }
  void copy_in(void*, const void* host, std::size_t bytes) override { copy(host, bytes); }
  void copy_out(void* host, const void*, std::size_t bytes) override { copy(host, bytes); }
  void synchronize() override {}
  void copy_ahead(void*, const void* host, std::size_t bytes) override { copy(host, bytes); }
  void meet() override {}
  void finish_copies_ahead() override {}
  std::optional<int> count_launches(const std::function<void()>&) override { return {}; }
  void record(Event event) override {
    now += 0.5e-6;
    recorded_[event] = now;
  }
  double seconds_between(Event from, Event to) override { return recorded_[to] - recorded_[from]; }
  void mark() override {}
  std::vector<double> take_marks() override { return {}; }
  void block() override { held_ = true; }
  bool unblock() override {
    held_ = false;
    return true;
  }
  void launch_empty_kernel() override { now += 3e-6; }
  void reset_persisting_lines() override {}
  std::optional<double> clock_mhz() override { return {}; }

  std::size_t held_allocations() const { return memory_.size(); }
  bool pageable_copy_behind_a_block = false;

 private:
  void* take(std::size_t bytes, bool pinned) {
    void* memory = std::malloc(bytes);
    memory_[memory] = pinned;
    return memory;
  }
  void give_back(void* memory) {
    memory_.erase(memory);
    std::free(memory);
  }
  void copy(const void* host, std::size_t bytes) {
    const auto found = memory_.find(const_cast<void*>(host));
    const bool pinned = found != memory_.end() && found->second;
    pageable_copy_behind_a_block |= !pinned && held_;
    now += 1e-6 + static_cast<double>(bytes) / (pinned ? 10e9 : 4e9);
  }

  std::map<void*, bool> memory_;
  std::map<Event, double> recorded_;
  bool held_ = false;
};

/// All device ceilings of the synthetic device by name.
std::map<std::string, Ceiling> measured(SyntheticDevice& device) {
  std::map<std::string, Ceiling> found;
  measure(device_probes(&device, "", device_clock), 3, 10,
          [&](const Ceiling& each) { found.emplace(each.name, each); });
  return found;
}

TEST(DeviceProbes, FindTheLinksRates) {
  SyntheticDevice device;
  auto ceilings = measured(device);
  for (const char* direction : {"h2d", "d2h"}) {
    const Ceiling& pinned = ceilings.at(std::string("link_") + direction + "_pinned");
    const Ceiling& pageable = ceilings.at(std::string("link_") + direction + "_pageable");
    ASSERT_EQ(pinned.status, "ok") << pinned.reason;
    ASSERT_EQ(pageable.status, "ok") << pageable.reason;
    EXPECT_NEAR(*pinned.value, 10e9, 0.3e9);
    EXPECT_NEAR(*pageable.value, 4e9, 0.1e9);
  }
}

TEST(DeviceProbes, FindTheFloors) {
  SyntheticDevice device;
  auto ceilings = measured(device);
  EXPECT_NEAR(*ceilings.at("launch_floor").value, 3e-6, 0.1e-6);
  EXPECT_NEAR(*ceilings.at("call_floor").value, 3e-6, 0.1e-6);
  EXPECT_NEAR(*ceilings.at("event_floor").value, 0.5e-6, 1e-9);
  EXPECT_NEAR(*ceilings.at("copy4_floor").value, 1e-6, 0.1e-6);
}

TEST(DeviceProbes, NeverHoldTheStreamBeforeAPageableCopy) {
  SyntheticDevice device;
  measured(device);
  EXPECT_FALSE(device.pageable_copy_behind_a_block);
}

TEST(DeviceProbes, GiveBackAllMemory) {
  SyntheticDevice device;
  measured(device);
  EXPECT_EQ(device.held_allocations(), 0u);
}

TEST(DeviceProbes, WithoutADeviceAreSkippedWithTheReason) {
  int ceilings = 0;
  const auto check = [&](const Ceiling& ceiling) {
    ++ceilings;
    EXPECT_EQ(ceiling.side, Side::cuda);
    EXPECT_EQ(ceiling.status, "skipped");
    EXPECT_EQ(ceiling.reason, "no NVIDIA driver on this machine");
    EXPECT_FALSE(ceiling.threads);
  };
  measure_device_ceilings(nullptr, "no NVIDIA driver on this machine", 1, check);
  EXPECT_EQ(ceilings, 16);
}

}  // namespace
}  // namespace breakeven
