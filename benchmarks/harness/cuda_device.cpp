#include <cuda_runtime_api.h>

#include <array>
#include <atomic>
#include <new>

#include "benchmarks/harness/clock.h"
#include "benchmarks/harness/device.h"
#include "benchmarks/harness/machine/gpu_status.h"
#include "kernels/common/error.h"
#include "kernels/common/handles.h"
#include "kernels/common/probes.h"

namespace breakeven {
namespace {

/// A block gives up after this long. Queueing a batch takes some milliseconds; only a call that
/// waits for the device, or a full queue, reaches it.
constexpr std::uint64_t kBlockTimeoutNs = 1'000'000'000;

constexpr int kOrdinal = 0;

/// Creates the context, which every first call to the runtime would do in passing [s].
double create_context() {
  const double start = steady_seconds();
  BREAKEVEN_CUDA_CHECK(cudaSetDevice(kOrdinal));
  BREAKEVEN_CUDA_CHECK(cudaFree(nullptr));
  return steady_seconds() - start;
}

int attribute(cudaDeviceAttr which) {
  int value = 0;
  BREAKEVEN_CUDA_CHECK(cudaDeviceGetAttribute(&value, which, kOrdinal));
  return value;
}

Nvml::DeviceHandle find_in_nvml() {
  std::array<char, 32> bus_id{};
  BREAKEVEN_CUDA_CHECK(cudaDeviceGetPCIBusId(bus_id.data(), bus_id.size(), kOrdinal));
  return nvml().find(bus_id.data());
}

/// What `make` gives, an allocation that does not fit told apart.
template <class Make>
void* allocated(const Make& make) {
  try {
    return make().release();
  } catch (const CudaError& error) {
    if (error.out_of_memory()) throw OutOfMemory(error.what());
    throw;
  }
}

class CudaDevice final : public Device {
 public:
  CudaDevice()
      : context_seconds_(create_context()),
        l2_bytes_(static_cast<std::size_t>(attribute(cudaDevAttrL2CacheSize))),
        can_persist_(attribute(cudaDevAttrMaxPersistingL2CacheSize) > 0),
        nvml_device_(find_in_nvml()),
        stream_(make_stream()),
        ahead_(make_stream()),
        here_(make_event()),
        there_(make_event()),
        events_{make_event(), make_event(), make_event(), make_event()},
        flags_memory_(make_pinned_buffer(sizeof(BlockFlags))),
        flags_(new(flags_memory_.get()) BlockFlags) {
    // Loads the module of the probes: the first launch of a kernel may wait for the device, which
    // must not happen behind a block.
    block();
    unblock();
    launch_empty_kernel();
    synchronize();
  }

  Stream stream() override { return stream_.get(); }
  double context_seconds() const override { return context_seconds_; }

  void* allocate(std::size_t bytes) override {
    return allocated([&] { return make_device_buffer(bytes); });
  }
  void release(void* memory) override { DeviceFree()(memory); }
  void* allocate_pinned(std::size_t bytes) override {
    return allocated([&] { return make_pinned_buffer(bytes); });
  }
  void release_pinned(void* memory) override { PinnedFree()(memory); }

  std::size_t free_bytes() override {
    std::size_t free = 0, total = 0;
    BREAKEVEN_CUDA_CHECK(cudaMemGetInfo(&free, &total));
    return free;
  }
  std::size_t l2_bytes() const override { return l2_bytes_; }

  void copy_in(void* device, const void* host, std::size_t bytes) override {
    BREAKEVEN_CUDA_CHECK(cudaMemcpyAsync(device, host, bytes, cudaMemcpyHostToDevice, stream()));
  }
  void copy_out(void* host, const void* device, std::size_t bytes) override {
    BREAKEVEN_CUDA_CHECK(cudaMemcpyAsync(host, device, bytes, cudaMemcpyDeviceToHost, stream()));
  }
  void synchronize() override { BREAKEVEN_CUDA_CHECK(cudaStreamSynchronize(stream())); }

  void copy_ahead(void* device, const void* host, std::size_t bytes) override {
    BREAKEVEN_CUDA_CHECK(
        cudaMemcpyAsync(device, host, bytes, cudaMemcpyHostToDevice, ahead_.get()));
  }
  void meet() override {
    BREAKEVEN_CUDA_CHECK(cudaEventRecord(here_.get(), stream()));
    BREAKEVEN_CUDA_CHECK(cudaEventRecord(there_.get(), ahead_.get()));
    BREAKEVEN_CUDA_CHECK(cudaStreamWaitEvent(stream(), there_.get()));
    BREAKEVEN_CUDA_CHECK(cudaStreamWaitEvent(ahead_.get(), here_.get()));
  }

  void finish_copies_ahead() override { BREAKEVEN_CUDA_CHECK(cudaStreamSynchronize(ahead_.get())); }

  std::optional<int> count_launches(const std::function<void()>& enqueue) override {
    BREAKEVEN_CUDA_CHECK(cudaStreamBeginCapture(stream(), cudaStreamCaptureModeThreadLocal));
    bool captured = true;
    try {
      enqueue();
    } catch (const std::exception&) {  // of what a capture forbids
      captured = false;
    }
    cudaGraph_t handle = nullptr;
    captured = cudaStreamEndCapture(stream(), &handle) == cudaSuccess && captured;
    const Graph graph(handle);
    cudaGetLastError();  // a capture that failed must not fail the next call
    if (!captured) return std::nullopt;
    std::size_t nodes = 0;
    BREAKEVEN_CUDA_CHECK(cudaGraphGetNodes(graph.get(), nullptr, &nodes));
    return static_cast<int>(nodes);
  }

  void record(Event event) override {
    BREAKEVEN_CUDA_CHECK(cudaEventRecord(handle(event), stream()));
  }
  double seconds_between(Event from, Event to) override {
    float milliseconds = 0;
    BREAKEVEN_CUDA_CHECK(cudaEventElapsedTime(&milliseconds, handle(from), handle(to)));
    return milliseconds * 1e-3;
  }

  void mark() override {
    if (marks_ == mark_events_.size()) mark_events_.push_back(make_event());
    BREAKEVEN_CUDA_CHECK(cudaEventRecord(mark_events_[marks_++].get(), stream()));
  }
  std::vector<double> take_marks() override {
    std::vector<double> seconds;
    for (std::size_t i = 0; i < marks_; ++i) {
      float milliseconds = 0;
      BREAKEVEN_CUDA_CHECK(
          cudaEventElapsedTime(&milliseconds, mark_events_[0].get(), mark_events_[i].get()));
      seconds.push_back(milliseconds * 1e-3);
    }
    marks_ = 0;
    return seconds;
  }

  void block() override { enqueue_block(stream(), flags_, ++ticket_, kBlockTimeoutNs); }
  bool unblock() override {
    const bool held = std::atomic_ref(flags_->timed_out).load() != ticket_;
    std::atomic_ref(flags_->released).store(ticket_);
    return held;
  }

  void launch_empty_kernel() override { enqueue_empty(stream()); }
  void reset_persisting_lines() override {
    if (can_persist_) BREAKEVEN_CUDA_CHECK(cudaCtxResetPersistingL2Cache());
  }
  std::optional<double> clock_mhz() override {
    unsigned mhz = 0;
    const bool read = nvml_device_ && nvml().clock &&
                      nvml().clock(nvml_device_, Nvml::sm_clock, &mhz) == Nvml::success;
    return read ? std::optional<double>(mhz) : std::nullopt;
  }

 private:
  cudaEvent_t handle(Event event) const { return events_[static_cast<std::size_t>(event)].get(); }

  double context_seconds_;
  std::size_t l2_bytes_;
  bool can_persist_;
  Nvml::DeviceHandle nvml_device_;
  CudaStream stream_, ahead_;
  CudaEvent here_, there_;  // how far both streams are
  std::array<CudaEvent, 4> events_;
  std::vector<CudaEvent> mark_events_;
  std::size_t marks_ = 0;  // recorded since they were taken
  PinnedBuffer flags_memory_;
  BlockFlags* flags_;
  int ticket_ = 0;
};

}  // namespace

std::unique_ptr<Device> open_cuda_device() {
  if (!cuda_absence().empty()) return nullptr;
  return std::make_unique<CudaDevice>();
}

}  // namespace breakeven
