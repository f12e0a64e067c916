#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

namespace breakeven {

/// Host memory of trivial elements, not initialised, aligned to and preferably in huge pages, so
/// that address translation is no part of what a memory probe measures.
template <class T>
class HostArray {
 public:
  explicit HostArray(std::size_t elements) : size_(elements) {
    constexpr std::size_t huge_page = std::size_t{2} << 20;
    const std::size_t bytes = (elements * sizeof(T) + huge_page - 1) / huge_page * huge_page;
    data_.reset(static_cast<T*>(std::aligned_alloc(huge_page, bytes)));
    if (!data_) throw std::bad_alloc();
    madvise(data_.get(), bytes, MADV_HUGEPAGE);  // a wish: without it small pages serve
  }

  T* data() const { return data_.get(); }
  std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(T* memory) const { std::free(memory); }
  };
  std::unique_ptr<T, Free> data_;
  std::size_t size_;
};

}  // namespace breakeven
