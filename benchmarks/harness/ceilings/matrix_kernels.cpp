#include "benchmarks/harness/ceilings/matrix_kernels.h"

#include <array>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#endif

namespace breakeven {

#if defined(__x86_64__)
namespace {

/// As for the FMA loops: two units with a latency of up to six cycles.
constexpr int kChains = 12;

/// The sum of what lies in memory as elements of type T.
template <class T>
double sum_of(const void* from, std::size_t bytes) {
  double sum = 0;
  for (std::size_t at = 0; at < bytes; at += sizeof(T)) {
    T element;
    std::memcpy(&element, static_cast<const unsigned char*>(from) + at, sizeof element);
    sum += static_cast<double>(element);
  }
  return sum;
}

[[gnu::target("avx512f,avx512bf16")]] double avx512_bf16(long iterations, const unsigned char* left,
                                                         const unsigned char* right) {
  const auto a = reinterpret_cast<__m512bh>(_mm512_loadu_si512(left));
  const auto b = reinterpret_cast<__m512bh>(_mm512_loadu_si512(right));
  __m512 x[kChains];
  for (__m512& chain : x) chain = _mm512_setzero_ps();
  for (long i = 0; i < iterations; ++i) {
#pragma GCC unroll 12
    for (__m512& chain : x) chain = _mm512_dpbf16_ps(chain, a, b);
  }
  return sum_of<float>(x, sizeof x);
}

[[gnu::target("avx512f,avx512vnni")]] double avx512_vnni(long iterations, const unsigned char* left,
                                                         const unsigned char* right) {
  const __m512i a = _mm512_loadu_si512(left);
  const __m512i b = _mm512_loadu_si512(right);
  __m512i x[kChains];
  for (__m512i& chain : x) chain = _mm512_setzero_si512();
  for (long i = 0; i < iterations; ++i) {
#pragma GCC unroll 12
    for (__m512i& chain : x) chain = _mm512_dpbusd_epi32(chain, a, b);
  }
  return sum_of<std::int32_t>(x, sizeof x);
}

[[gnu::target("avx2,avxvnni")]] double avx_vnni(long iterations, const unsigned char* left,
                                                const unsigned char* right) {
  const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(left));
  const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(right));
  __m256i x[kChains];
  for (__m256i& chain : x) chain = _mm256_setzero_si256();
  for (long i = 0; i < iterations; ++i) {
#pragma GCC unroll 12
    for (__m256i& chain : x) chain = _mm256_dpbusd_avx_epi32(chain, a, b);
  }
  return sum_of<std::int32_t>(x, sizeof x);
}

/// Memory layout of LDTILECFG's operand (Intel SDM, "Intel AMX instruction set"): all eight tiles
/// of 16 rows of 64 bytes.
struct alignas(64) TileConfiguration {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

/// Tiles 0 to 3 become zeros, 4 and 5 the left operands, 6 and 7 the right ones.
[[gnu::target("amx-tile")]] inline void load_tiles(const unsigned char* left,
                                                   const unsigned char* right) {
  const TileConfiguration configuration;
  _tile_loadconfig(&configuration);
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  _tile_loadd(4, left, 64);
  _tile_loadd(5, left, 64);
  _tile_loadd(6, right, 64);
  _tile_loadd(7, right, 64);
}

/// The sum of tiles 0 to 3 as elements of that type; gives the tiles back.
template <class T>
[[gnu::target("amx-tile")]] inline double sum_of_tiles() {
  T elements[4][16 * 16];
  _tile_stored(0, elements[0], 64);
  _tile_stored(1, elements[1], 64);
  _tile_stored(2, elements[2], 64);
  _tile_stored(3, elements[3], 64);
  _tile_release();
  return sum_of<T>(elements, sizeof elements);
}

[[gnu::target("amx-tile,amx-bf16")]] double amx_bf16(long iterations, const unsigned char* left,
                                                     const unsigned char* right) {
  load_tiles(left, right);
  for (long i = 0; i < iterations; ++i) {
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  return sum_of_tiles<float>();
}

[[gnu::target("amx-tile,amx-int8")]] double amx_s8(long iterations, const unsigned char* left,
                                                   const unsigned char* right) {
  load_tiles(left, right);
  for (long i = 0; i < iterations; ++i) {
    _tile_dpbssd(0, 4, 6);
    _tile_dpbssd(1, 4, 7);
    _tile_dpbssd(2, 5, 6);
    _tile_dpbssd(3, 5, 7);
  }
  return sum_of_tiles<std::int32_t>();
}

/// Features of CPUID's leaf 7 that older compilers' __builtin_cpu_supports does not know.
struct Features {
  bool avx_vnni = false, amx_bf16 = false, amx_s8 = false;

  Features() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return;
    const bool tiles = (d >> 24 & 1) != 0 && may_use_tiles();
    amx_bf16 = tiles && (d >> 22 & 1) != 0;
    amx_s8 = tiles && (d >> 25 & 1) != 0;
    if (__get_cpuid_count(7, 1, &a, &b, &c, &d) == 0) return;
    avx_vnni = (a >> 4 & 1) != 0 && __builtin_cpu_supports("avx2");
  }

  /// Linux gives a process its tile registers only on request (arch/x86/xstate documentation).
  static bool may_use_tiles() {
    constexpr long request_permission = 0x1023, tile_data = 18;
    return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
  }
};

}  // namespace
#endif

const unsigned char* matrix_operand() {
  static const auto operand = [] {
    std::array<unsigned char, kOperandBytes> bytes{};
    for (unsigned i = 0; i < bytes.size(); i += 2) {
      bytes[i] = static_cast<unsigned char>(i * 37);
      bytes[i + 1] = i % 4 == 0 ? 0x3e : 0xbe;  // exponent and sign of a bf16
    }
    return bytes;
  }();
  return operand.data();
}

std::vector<MatrixKernel> matrix_kernels(Dtype dtype) {
  std::vector<MatrixKernel> kernels;
#if defined(__x86_64__)
  static const Features features;
  if (dtype == Dtype::bf16) {
    if (features.amx_bf16) kernels.push_back({"AMX", 4 * 2.0 * 16 * 16 * 32, amx_bf16});
    if (__builtin_cpu_supports("avx512bf16")) {
      kernels.push_back({"AVX-512 BF16", kChains * 2.0 * 32, avx512_bf16});
    }
  }
  if (dtype == Dtype::s8) {
    if (features.amx_s8) kernels.push_back({"AMX", 4 * 2.0 * 16 * 16 * 64, amx_s8});
    if (__builtin_cpu_supports("avx512vnni")) {
      kernels.push_back({"AVX-512 VNNI", kChains * 2.0 * 64, avx512_vnni});
    }
    if (features.avx_vnni) kernels.push_back({"AVX VNNI", kChains * 2.0 * 32, avx_vnni});
  }
#else
  static_cast<void>(dtype);
#endif
  return kernels;
}

}  // namespace breakeven
