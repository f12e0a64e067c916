#pragma once

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace breakeven {

/// Whether this process may use AMX's tiles and their product of bf16. Linux has to be asked for
/// the tiles' state once, for all threads (arch_prctl, ARCH_REQ_XCOMP_PERM); it refuses where the
/// CPU or the kernel has none.
inline bool has_amx_bf16() {
#if defined(__x86_64__) && defined(__linux__)
  static const bool found = [] {
    constexpr long request_permission = 0x1023, tile_data = 18;
    constexpr unsigned bf16_bit = 1u << 22, tile_bit = 1u << 24;
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (edx & bf16_bit) != 0 &&
           (edx & tile_bit) != 0 && syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
  }();
  return found;
#else
  return false;
#endif
}

}  // namespace breakeven
