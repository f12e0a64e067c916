#pragma once

#include <cstddef>

/// AddressSanitizer's interface, and nothing at all in a build without it.

#ifdef BREAKEVEN_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace breakeven::host {

/// Whether every access of a kernel to memory is followed.
#ifdef BREAKEVEN_ASAN
inline constexpr bool follows_accesses = true;
#else
inline constexpr bool follows_accesses = false;
#endif

/// Forbids every access to that memory until it is unpoisoned.
inline void poison([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t bytes) {
#ifdef BREAKEVEN_ASAN
  __asan_poison_memory_region(memory, bytes);
#endif
}

inline void unpoison([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t bytes) {
#ifdef BREAKEVEN_ASAN
  __asan_unpoison_memory_region(memory, bytes);
#endif
}

/// The first byte of that memory that must not be accessed; null if there is none.
inline const void* first_poisoned([[maybe_unused]] const void* memory,
                                  [[maybe_unused]] std::size_t bytes) {
#ifdef BREAKEVEN_ASAN
  return __asan_region_is_poisoned(const_cast<void*>(memory), bytes);
#else
  return nullptr;
#endif
}

/// Before and after the stack pointer moves to another stack; see common_interface_defs.h.
inline void start_switch([[maybe_unused]] void** fake_stack, [[maybe_unused]] const void* bottom,
                         [[maybe_unused]] std::size_t bytes) {
#ifdef BREAKEVEN_ASAN
  __sanitizer_start_switch_fiber(fake_stack, bottom, bytes);
#endif
}

inline void finish_switch([[maybe_unused]] void* fake_stack,
                          [[maybe_unused]] const void** bottom_before,
                          [[maybe_unused]] std::size_t* bytes_before) {
#ifdef BREAKEVEN_ASAN
  __sanitizer_finish_switch_fiber(fake_stack, bottom_before, bytes_before);
#endif
}

}  // namespace breakeven::host
