#include "benchmarks/harness/buffers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace breakeven {
namespace {

/// Alignment of each tensor and least width of each guard: what cudaMalloc promises.
constexpr std::size_t kGuard = 256;
constexpr std::byte kPattern{0xa5};

constexpr std::size_t kCacheLine = 64;
/// More would take gigabytes of guards: of tensors of some bytes, cold is what has left the second
/// level of cache.
constexpr std::size_t kMostSets = 1 << 16;

/// A tensor with the guard behind it.
std::size_t guarded(std::size_t bytes) { return (bytes + kGuard - 1) / kGuard * kGuard + kGuard; }

/// A set: one guard in front, then each tensor with the guard behind it.
std::size_t set_bytes(const std::vector<TensorSpec>& specs) {
  std::size_t bytes = kGuard;
  for (const TensorSpec& spec : specs) bytes += guarded(spec.bytes());
  return bytes;
}

}  // namespace

std::size_t Buffers::bytes_needed(const std::vector<TensorSpec>& specs, int sets) {
  return set_bytes(specs) * static_cast<std::size_t>(sets);
}

void Buffers::lay_out(std::byte* block, int sets) {
  block_ = block;
  sets_.resize(static_cast<std::size_t>(sets));
  for (auto& set : sets_) {
    block += kGuard;
    for (const TensorSpec& spec : specs_) {
      set.push_back({block, spec.dtype, spec.elements()});
      block += guarded(spec.bytes());
    }
  }
}

void Buffers::load(int set, const HostBuffers& image) {
  const std::size_t bytes = set_bytes(specs_);
  write(block_ + bytes * static_cast<std::size_t>(set), image.block(), bytes);
}

void Buffers::load_tensor(int set, std::size_t index, const HostBuffers& image) {
  const Tensor& tensor = tensors(set)[index];
  write(tensor.data, image.tensors(0)[index].data, tensor.bytes());
}

bool Buffers::guards_intact(int set) {
  std::vector<std::byte> found(2 * kGuard);
  const auto intact = [&](const std::byte* at, std::size_t bytes) {
    read(found.data(), at, bytes);
    return std::all_of(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(bytes),
                       [](std::byte byte) { return byte == kPattern; });
  };
  bool all = true;
  const std::byte* front = tensors(set)[0].as<std::byte>() - kGuard;
  all = intact(front, kGuard);
  for (const Tensor& tensor : tensors(set)) {
    const std::size_t behind = guarded(tensor.bytes()) - tensor.bytes();
    all = intact(tensor.as<std::byte>() + tensor.bytes(), behind) && all;
  }
  return all;
}

HostBuffers::HostBuffers(const std::vector<TensorSpec>& specs, int sets)
    : Buffers(specs),
      block_(static_cast<std::byte*>(std::aligned_alloc(kGuard, bytes_needed(specs, sets)))) {
  if (block_ == nullptr) {
    throw OutOfMemory(
        fmt::format("aligned_alloc: no {} B of host memory", bytes_needed(specs, sets)));
  }
  lay_out(block_, sets);
  // The guards of every set; the tensors themselves are filled or loaded by the owner.
  for (int set = 0; set < sets; ++set) {
    std::memset(tensors(set)[0].as<std::byte>() - kGuard, int(kPattern), kGuard);
    for (const Tensor& tensor : tensors(set)) {
      std::memset(tensor.as<std::byte>() + tensor.bytes(), int(kPattern),
                  guarded(tensor.bytes()) - tensor.bytes());
    }
  }
}

HostBuffers::~HostBuffers() { std::free(block_); }

void HostBuffers::write(void* to, const void* from, std::size_t bytes) {
  std::memcpy(to, from, bytes);
}

void HostBuffers::read(void* to, const void* from, std::size_t bytes) {
  std::memcpy(to, from, bytes);
}

DeviceBuffers::DeviceBuffers(Device& device, const std::vector<TensorSpec>& specs, int sets)
    : Buffers(specs),
      device_(device),
      block_(static_cast<std::byte*>(device.allocate(bytes_needed(specs, sets)))) {
  lay_out(block_, sets);
}

DeviceBuffers::~DeviceBuffers() { device_.release(block_); }

void DeviceBuffers::write(void* to, const void* from, std::size_t bytes) {
  device_.copy_in(to, from, bytes);
  device_.synchronize();
}

void DeviceBuffers::read(void* to, const void* from, std::size_t bytes) {
  device_.copy_out(to, from, bytes);
  device_.synchronize();
}

int cold_sets(const std::vector<TensorSpec>& specs, std::size_t cold_bytes) {
  std::size_t lines = 0;  // a tiny tensor takes a whole one, too
  for (const TensorSpec& spec : specs) lines += (spec.bytes() + kCacheLine - 1) / kCacheLine;
  const std::size_t one_set = std::max<std::size_t>(1, lines) * kCacheLine;
  return static_cast<int>(
      std::clamp<std::size_t>((cold_bytes + one_set - 1) / one_set, 2, kMostSets));
}

}  // namespace breakeven
