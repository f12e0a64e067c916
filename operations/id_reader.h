#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "operations/dtype.h"

namespace breakeven {

/// What the ids of an operation look like.
struct IdForm {
  std::string_view name;  // what errors call the operation: "GEMM"
  std::string_view form;  // "gemm/<dtype>/...": what would be right
  std::span<const Dtype> dtypes;
};

/// Whether the product is beyond what 64 bits (signed) count.
template <class... Factors>
bool overflows(std::int64_t first, Factors... factors) {
  std::int64_t product = first;
  return (__builtin_mul_overflow(product, static_cast<std::int64_t>(factors), &product) || ...);
}

/// Reads the id of a problem from left to right. Every error is a std::invalid_argument that quotes
/// the id and says what would be right.
class IdReader {
 public:
  IdReader(std::string_view id, const IdForm& form) : id_(id), rest_(id), form_(form) {}

  [[noreturn]] void fail(const std::string& message) const;
  /// Fails at what comes next.
  [[noreturn]] void fail_at_rest() const;

  bool next_is(char letter) const { return rest_.starts_with(letter); }
  bool done() const { return rest_.empty(); }

  /// Skips `text` if it comes next.
  bool accept(std::string_view text);
  void expect(std::string_view text);

  /// Everything up to the next '/'.
  std::string_view field();
  /// The same, which must be one of the form's dtypes.
  Dtype dtype();
  /// The extent written after `letter`, at least 1; `name` is what errors call it.
  std::int64_t extent(std::string_view letter, std::string_view name);
  /// A whole number of at least `least`.
  std::int64_t count(std::string_view name, std::int64_t least);
  /// The number after `name`, which the dtype holds: a finite one, a whole one.
  double factor(std::string_view name, Dtype dtype);

 private:
  std::string_view id_;
  std::string_view rest_;
  const IdForm& form_;
};

}  // namespace breakeven
