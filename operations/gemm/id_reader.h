#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "operations/gemm/problem.h"

namespace breakeven {

/// What the ids of an operation look like.
struct IdForm {
  std::string_view name;  // what errors call the operation: "GEMM"
  std::string_view form;  // "gemm/<dtype>/...": what would be right
  std::span<const Dtype> dtypes;
};

/// Reads the id of a product, or of an operation on one, from left to right. Every error is a
/// std::invalid_argument that quotes the id and says what would be right.
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

  /// `<dtype>/<nn|nt|tn|tt>/`
  void types_and_layout(GemmProblem& to);
  /// `m<M>n<N>k<K>`
  void extents(GemmProblem& to);
  /// The extent written after `letter`; `name` is what errors call it.
  std::int64_t extent(std::string_view letter, std::string_view name);
  /// The number after `name`, which the dtype holds: a finite one, a whole one.
  double factor(std::string_view name, Dtype dtype);

  /// Fails for sizes whose bytes or operations 64 bits (signed) do not count.
  void refuse_overflow(const GemmProblem& problem) const;

 private:
  /// Everything up to the next '/'.
  std::string_view field();

  std::string_view id_;
  std::string_view rest_;
  const IdForm& form_;
};

}  // namespace breakeven
