#pragma once

#include <cstddef>
#include <cstdint>

namespace breakeven {

/// How results are stored.
enum class Store {
  plain,     // through the caches: a line is read before it is written
  streaming  // past the caches (non-temporal); plain where the CPU has no such stores
};

/// a[i] = b[i] + s * c[i]
void triad(double* a, const double* b, const double* c, double s, std::size_t elements,
           Store store);
/// Bytes counted for it, as STREAM does: two reads and one write of each element; the line that a
/// plain store reads first is not counted.
constexpr double triad_bytes(std::size_t elements) { return 24.0 * static_cast<double>(elements); }

/// b[i] = a[i]
void copy(double* b, const double* a, std::size_t elements, Store store);
constexpr double copy_bytes(std::size_t elements) { return 16.0 * static_cast<double>(elements); }

/// Sum of all words, read `passes` times in order with the widest vectors of this CPU; the count of
/// words must be a multiple of 64 and the address aligned to 64 bytes.
std::uint64_t read_words(const std::uint64_t* words, std::size_t count, int passes);
constexpr double read_bytes(std::size_t count, int passes) {
  return 8.0 * static_cast<double>(count) * passes;
}

}  // namespace breakeven
