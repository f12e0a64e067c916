#pragma once

#include <cstddef>
#include <vector>

#include "benchmarks/harness/device.h"
#include "operations/tensor.h"

namespace breakeven {

class HostBuffers;

/// Copies ("sets") of a list of tensors on one side, each tensor between two guard zones, so that
/// a write beyond it is seen. Sets are rotated to measure with cold caches.
class Buffers {
 public:
  virtual ~Buffers() = default;
  Buffers(const Buffers&) = delete;
  Buffers& operator=(const Buffers&) = delete;

  int sets() const { return static_cast<int>(sets_.size()); }
  Tensors tensors(int set) const { return sets_[static_cast<std::size_t>(set)]; }
  const std::vector<TensorSpec>& specs() const { return specs_; }
  std::size_t bytes() const { return bytes_needed(specs_, sets()); }

  /// Copies a whole set, guards included, from a host image with the same specs.
  void load(int set, const HostBuffers& image);
  /// Copies one tensor of a set from a host image.
  void load_tensor(int set, std::size_t index, const HostBuffers& image);
  /// The set that a rotation goes on with: what was used longest ago. All contenders of a side
  /// share it, or each would begin with the sets that the one before left in the caches.
  int rotation() const { return rotation_; }
  void rotate_to(int set) { rotation_ = set; }
  /// Copies one tensor to host memory of its size.
  void download(void* to, const Tensor& from) { read(to, from.data, from.bytes()); }
  /// Whether nobody wrote beside the tensors of a set that was loaded.
  bool guards_intact(int set);

  /// Bytes that `sets` copies take, guards included.
  static std::size_t bytes_needed(const std::vector<TensorSpec>& specs, int sets);

 protected:
  explicit Buffers(const std::vector<TensorSpec>& specs) : specs_(specs) {}
  void lay_out(std::byte* block, int sets);

  /// Copies between the host and this side; done on return.
  virtual void write(void* to, const void* from, std::size_t bytes) = 0;
  virtual void read(void* to, const void* from, std::size_t bytes) = 0;

 private:
  std::vector<TensorSpec> specs_;
  std::byte* block_ = nullptr;
  std::vector<std::vector<Tensor>> sets_;
  int rotation_ = 0;
};

/// In host memory, aligned to 256 bytes, guards written. Throws OutOfMemory.
class HostBuffers final : public Buffers {
 public:
  HostBuffers(const std::vector<TensorSpec>& specs, int sets);
  ~HostBuffers() override;
  const std::byte* block() const { return block_; }

 private:
  void write(void* to, const void* from, std::size_t bytes) override;
  void read(void* to, const void* from, std::size_t bytes) override;
  std::byte* block_;
};

/// In device memory. Throws OutOfMemory.
class DeviceBuffers final : public Buffers {
 public:
  DeviceBuffers(Device& device, const std::vector<TensorSpec>& specs, int sets);
  ~DeviceBuffers() override;

 private:
  void write(void* to, const void* from, std::size_t bytes) override;
  void read(void* to, const void* from, std::size_t bytes) override;
  Device& device_;
  std::byte* block_;
};

/// Sets needed so that one rotation touches at least `cold_bytes`; at least two, at most 65536.
int cold_sets(const std::vector<TensorSpec>& specs, std::size_t cold_bytes);

}  // namespace breakeven
