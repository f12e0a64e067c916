#pragma once

#include <cstddef>
#include <memory>
#include <new>

namespace breakeven {

/// Uninitialised memory for `size` elements of a trivial type, aligned to a cache line and to the
/// widest vector (64 bytes). The first to write a page decides which NUMA node it is on.
template <class T>
class AlignedArray {
 public:
  explicit AlignedArray(std::size_t size)
      : bytes_(size * sizeof(T)), data_(static_cast<T*>(::operator new(bytes_, alignment))) {}

  T* data() const { return data_.get(); }
  std::size_t bytes() const { return bytes_; }

 private:
  static constexpr std::align_val_t alignment{64};
  struct Free {
    void operator()(T* data) const { ::operator delete(data, alignment); }
  };
  std::size_t bytes_;
  std::unique_ptr<T, Free> data_;
};

}  // namespace breakeven
