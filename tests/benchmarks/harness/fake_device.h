#pragma once

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "benchmarks/harness/clock.h"
#include "benchmarks/harness/device.h"

namespace breakeven::test {

/// What is wrong with a fake device.
struct Trouble {
  double copy_delay_s = 0;     // slow: what each copy takes on top
  bool busy = false;           // a block is over before its work is queued
  bool copies_unseen = false;  // copies happen while synchronising, out of sight of the events
  bool results_lost = false;   // what is copied out behind a computation never arrives
  int failing_from_call = std::numeric_limits<int>::max();  // as after an illegal address: for good
  bool out_of_memory = false;     // allocations fail, whatever `free_bytes` says
  bool no_pinned_memory = false;  // likewise for pinned memory alone
  bool cannot_capture = false;    // nothing can be captured to be counted
  std::size_t memory = std::size_t{1} << 30;
  std::vector<double> clock_mhz = {};  // one reading after the other, the last one for good
};

/// A device in host memory behind the harness's interface: what is enqueued happens at once.
class FakeDevice final : public Device {
 public:
  explicit FakeDevice(Trouble trouble = {}, Clock clock = steady_seconds)
      : trouble_(std::move(trouble)), clock_(clock) {}
  ~FakeDevice() override {
    for (const auto& [memory, bytes] : allocated_) std::free(memory);
  }

  Stream stream() override { return nullptr; }
  double context_seconds() const override { return 0.25; }

  void* allocate(std::size_t bytes) override {
    step("fakeMalloc");
    if (trouble_.out_of_memory || bytes > trouble_.memory - used_) {
      throw OutOfMemory("fakeMalloc: no memory");
    }
    used_ += bytes;
    return obtain(bytes);
  }
  void release(void* memory) override {
    used_ -= allocated_.at(memory);
    give_back(memory);
  }
  void* allocate_pinned(std::size_t bytes) override {
    step("fakeMallocHost");
    if (trouble_.no_pinned_memory) throw OutOfMemory("fakeMallocHost: no memory");
    return obtain(bytes);
  }
  void release_pinned(void* memory) override { give_back(memory); }
  std::size_t free_bytes() override {
    step("fakeMemGetInfo");
    return trouble_.memory - used_;
  }
  std::size_t l2_bytes() const override { return 4096; }

  void copy_in(void* device, const void* host, std::size_t bytes) override {
    copy(device, host, bytes);
  }
  void copy_out(void* host, const void* device, std::size_t bytes) override {
    if (trouble_.results_lost && computed_) return;
    copy(host, device, bytes);
  }
  void copy_ahead(void* device, const void* host, std::size_t bytes) override {
    ++copies_ahead_;
    copy(device, host, bytes);
  }
  void meet() override { step("fakeStreamWaitEvent"); }
  void finish_copies_ahead() override { step("fakeStreamSynchronize"); }
  std::optional<int> count_launches(const std::function<void()>&) override {
    step("fakeStreamBeginCapture");
    return trouble_.cannot_capture ? std::nullopt : std::optional<int>(3);
  }
  void synchronize() override {
    step("fakeStreamSynchronize");
    for (const auto& copy : unseen_) copy();
    unseen_.clear();
    computed_ = false;
  }

  void record(Event event) override {
    step("fakeEventRecord");
    times_[static_cast<std::size_t>(event)] = clock_();
    if (event == Event::computed) computed_ = true;
  }
  double seconds_between(Event from, Event to) override {
    step("fakeEventElapsedTime");
    return times_[static_cast<std::size_t>(to)] - times_[static_cast<std::size_t>(from)];
  }

  void mark() override {
    step("fakeEventRecord");
    marks_.push_back(clock_());
  }
  std::vector<double> take_marks() override {
    step("fakeEventElapsedTime");
    std::vector<double> seconds;
    for (const double at : marks_) seconds.push_back(at - marks_.front());
    marks_.clear();
    return seconds;
  }

  void block() override {
    step("fakeLaunchKernel");
    ++blocks_;
  }
  bool unblock() override {
    step("fakeStreamQuery");
    return !trouble_.busy;
  }
  void launch_empty_kernel() override { step("fakeLaunchKernel"); }
  void reset_persisting_lines() override {
    step("fakeCtxResetPersistingL2Cache");
    ++persisting_resets_;
  }
  std::optional<double> clock_mhz() override {
    if (trouble_.clock_mhz.empty()) return std::nullopt;
    return trouble_.clock_mhz[std::min(clock_readings_++, trouble_.clock_mhz.size() - 1)];
  }

  int calls() const { return calls_; }
  int blocks() const { return blocks_; }
  int persisting_resets() const { return persisting_resets_; }
  int copies_ahead() const { return copies_ahead_; }
  std::size_t allocations() const { return allocated_.size(); }

 private:
  void step(const char* call) {
    if (++calls_ >= trouble_.failing_from_call) {
      throw std::runtime_error(std::string(call) + ": an illegal memory access was encountered");
    }
  }
  void copy(void* to, const void* from, std::size_t bytes) {
    step("fakeMemcpyAsync");
    const auto now = [to, from, bytes, delay_s = trouble_.copy_delay_s] {
      std::memcpy(to, from, bytes);
      if (delay_s > 0) std::this_thread::sleep_for(std::chrono::duration<double>(delay_s));
    };
    if (trouble_.copies_unseen) {
      unseen_.push_back(now);
    } else {
      now();
    }
  }
  void* obtain(std::size_t bytes) {
    void* memory = std::aligned_alloc(256, (bytes + 255) / 256 * 256);
    allocated_[memory] = bytes;
    return memory;
  }
  void give_back(void* memory) {
    allocated_.erase(memory);
    std::free(memory);
  }

  Trouble trouble_;
  Clock clock_;
  std::size_t used_ = 0;
  std::unordered_map<void*, std::size_t> allocated_;
  std::array<double, 4> times_{};
  std::vector<double> marks_;
  std::vector<std::function<void()>> unseen_;
  bool computed_ = false;
  int calls_ = 0;
  int blocks_ = 0;
  int persisting_resets_ = 0;
  int copies_ahead_ = 0;
  std::size_t clock_readings_ = 0;
};

}  // namespace breakeven::test
