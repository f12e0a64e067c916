#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include "benchmarks/harness/ceilings/device_memory.h"
#include "benchmarks/harness/ceilings/kernel_probes.h"
#include "kernels/common/error.h"
#include "kernels/common/probes.h"

namespace breakeven {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

/// A launch at least this long makes its own overhead negligible [s].
constexpr double kLongLaunch = 1e-3;

/// Rate of a kernel whose work grows with its rounds. `enqueue` launches it and returns the work.
template <class Enqueue>
double rate(Device& device, const Enqueue& enqueue, const SamplingLimits& limits, Clock clock) {
  int rounds = 1;
  double work = enqueue(rounds);  // loads the kernel, which may wait for the device
  device.synchronize();
  while (rounds < 1 << 24) {
    const auto once = [&](int) { work = enqueue(rounds); };
    if (back_to_back_seconds(device, once, 1, clock) >= kLongLaunch) break;
    rounds *= 2;
  }
  const Samples samples =
      sample_device(device, [&](int) { enqueue(rounds); }, /*sets=*/1, limits, clock);
  return work / fastest(samples);
}

}  // namespace

Reading measure_device_fma(Device& device, Dtype dtype, const SamplingLimits& limits, Clock clock) {
  const auto sink = device_memory(device, size_of(dtype));
  const auto enqueue = [&](int rounds) {
    return enqueue_fma(device.stream(), dtype, sink.get(), rounds);
  };
  return {rate(device, enqueue, limits, clock), "fused multiply-adds in registers, CUDA cores"};
}

Reading measure_device_matrix(Device& device, Dtype dtype, const SamplingLimits& limits,
                              Clock clock) {
  const auto sink = device_memory(device, sizeof(std::int32_t));
  const auto enqueue = [&](int rounds) {
    return enqueue_matrix(device.stream(), dtype, sink.get(), rounds);
  };
  return {rate(device, enqueue, limits, clock), "mma.sync, operands in registers"};
}

std::string matrix_probe_absence() {
  int device = 0, major = 0, minor = 0;
  cudaError_t error = cudaGetDevice(&device);
  const auto read = [&](int& value, cudaDeviceAttr attribute) {
    if (error == cudaSuccess) error = cudaDeviceGetAttribute(&value, attribute, device);
  };
  read(major, cudaDevAttrComputeCapabilityMajor);
  read(minor, cudaDevAttrComputeCapabilityMinor);
  if (error != cudaSuccess) {
    return fmt::format("no compute capability: {}", cudaGetErrorString(error));
  }
  if (major < 8)
    return fmt::format("mma.sync of these shapes needs 8.0, this is {}.{}", major, minor);
  // As a limit, a rate that libraries pass would be wrong.
  if (major >= 9 && major < 12) {
    return fmt::format(
        "tensor cores of compute capability {}.{} reach their rate through wgmma or tcgen05 alone, "
        "which no probe issues yet",
        major, minor);
  }
  return {};
}

Reading measure_device_copy(Device& device, const SamplingLimits& limits, Clock clock) {
  const std::size_t bytes = affordable(device, std::max(256 * kMiB, 4 * device.l2_bytes()));
  const auto from = device_memory(device, bytes);
  const auto to = device_memory(device, bytes);
  BREAKEVEN_CUDA_CHECK(cudaMemsetAsync(from.get(), 1, bytes, device.stream()));
  double moved = enqueue_copy(device.stream(), to.get(), from.get(), bytes);
  device.synchronize();
  const auto once = [&](int) { enqueue_copy(device.stream(), to.get(), from.get(), bytes); };
  const Samples samples = sample_device(device, once, /*sets=*/1, limits, clock);
  return {moved / fastest(samples),
          fmt::format("read and written, buffers of {} MiB", bytes / kMiB)};
}

Reading measure_l2_read(Device& device, const SamplingLimits& limits, Clock clock) {
  const std::size_t bytes = affordable(device, device.l2_bytes() / 2);
  const auto buffer = device_memory(device, bytes);
  const auto sum = device_memory(device, sizeof(std::uint32_t));
  BREAKEVEN_CUDA_CHECK(cudaMemsetAsync(buffer.get(), 1, bytes, device.stream()));
  BREAKEVEN_CUDA_CHECK(cudaMemsetAsync(sum.get(), 0, sizeof(std::uint32_t), device.stream()));
  const auto enqueue = [&](int rounds) {
    return enqueue_l2_read(device.stream(), buffer.get(), bytes, rounds,
                           static_cast<std::uint32_t*>(sum.get()));
  };
  return {rate(device, enqueue, limits, clock),
          fmt::format("{:.3g} MiB, half of the L2", static_cast<double>(bytes) / kMiB)};
}

}  // namespace breakeven
