// AddressSanitizer's part in finding defects. Kernels are compiled so that every access to memory
// calls a function of the sanitizer, and the linker sends these calls through here first (--wrap):
// accesses to shared memory are noted, and then the sanitizer checks them as usual.

#include "kernels/host/sanitizers.h"

#ifdef BREAKEVEN_ASAN

#include <cstdint>
#include <cstdio>

#include "kernels/host/block.h"
#include "kernels/host/finding.h"

namespace breakeven::host {
namespace {

inline void note(std::uintptr_t address, std::size_t bytes, Access::Kind kind, const void* from) {
  if (Block* block = Block::executing()) {
    block->note(reinterpret_cast<const void*>(address), bytes, kind, Place::of_instruction(from));
  }
}

/// Says where the sanitizer's own report belongs, before it.
void introduce(const char* finding) {
  const std::string execution = execution_text();
  if (execution.empty()) return;
  const std::string text = std::string("breakeven: ") + finding + ", reported below, by " +
                           running_thread_text() + "\n" + execution;
  std::fputs(text.c_str(), stderr);
}

}  // namespace
}  // namespace breakeven::host

extern "C" {

// A finding ends a process with the status of a failed verification.
const char* __asan_default_options() {
  return "exitcode=3:detect_leaks=0:allocator_may_return_null=1:strip_path_"
         "prefix=" BREAKEVEN_SOURCE_DIR "/";
}
const char* __ubsan_default_options() {
  return "exitcode=3:print_stacktrace=1:strip_path_prefix=" BREAKEVEN_SOURCE_DIR "/";
}
void __asan_on_error() { breakeven::host::introduce("access to forbidden memory"); }
void __ubsan_on_report() { breakeven::host::introduce("undefined behaviour"); }

#define BREAKEVEN_WRAP(name, bytes, kind)                                      \
  void __real___asan_##name(std::uintptr_t address);                           \
  void __wrap___asan_##name(std::uintptr_t address) {                          \
    breakeven::host::note(address, bytes, breakeven::host::Access::Kind::kind, \
                          __builtin_return_address(0));                        \
    __real___asan_##name(address);                                             \
  }
BREAKEVEN_WRAP(load1, 1, read)
BREAKEVEN_WRAP(load2, 2, read)
BREAKEVEN_WRAP(load4, 4, read)
BREAKEVEN_WRAP(load8, 8, read)
BREAKEVEN_WRAP(load16, 16, read)
BREAKEVEN_WRAP(store1, 1, write)
BREAKEVEN_WRAP(store2, 2, write)
BREAKEVEN_WRAP(store4, 4, write)
BREAKEVEN_WRAP(store8, 8, write)
BREAKEVEN_WRAP(store16, 16, write)
#undef BREAKEVEN_WRAP

#define BREAKEVEN_WRAP_N(name, kind)                                           \
  void __real___asan_##name(std::uintptr_t address, std::size_t bytes);        \
  void __wrap___asan_##name(std::uintptr_t address, std::size_t bytes) {       \
    breakeven::host::note(address, bytes, breakeven::host::Access::Kind::kind, \
                          __builtin_return_address(0));                        \
    __real___asan_##name(address, bytes);                                      \
  }
BREAKEVEN_WRAP_N(loadN, read)
BREAKEVEN_WRAP_N(storeN, write)
#undef BREAKEVEN_WRAP_N

}  // extern "C"

#endif
