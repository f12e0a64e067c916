#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "operations/gemm/problem.h"
#include "operations/text.h"

namespace breakeven {
namespace {

constexpr std::string_view form =
    "gemm/<f32|f64|bf16|f16|e4m3|e5m2|s8>/<nn|nt|tn|tt>/[b<batch>]m<M>n<N>k<K>"
    "[/alpha<number>beta<number>]";

/// Reads an id from left to right; every error quotes the id and says what would be right.
class Reader {
 public:
  explicit Reader(std::string_view id) : id_(id), rest_(id) {}

  [[noreturn]] void fail(const std::string& message) const {
    throw std::invalid_argument("'" + std::string(id_) + "' is no GEMM problem: " + message);
  }
  [[noreturn]] void fail_at_rest() const {
    const std::string found =
        rest_.empty() ? "it ends too early" : "cannot read '" + std::string(rest_) + "'";
    fail(found + "; it has the form " + std::string(form));
  }

  bool next_is(char letter) const { return rest_.starts_with(letter); }

  /// Skips `text` if it comes next.
  bool accept(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  void expect(std::string_view text) {
    if (!accept(text)) fail_at_rest();
  }

  /// Everything up to the next '/'.
  std::string_view field() {
    const std::string_view text = rest_.substr(0, rest_.find('/'));
    rest_.remove_prefix(text.size());
    return text;
  }

  /// The extent written after `letter`; `name` is what errors call it.
  std::int64_t extent(std::string_view letter, std::string_view name) {
    expect(letter);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error == std::errc::result_out_of_range) fail(std::string(name) + " is beyond 64 bits");
    if (error != std::errc{}) fail_at_rest();
    if (value < 1)
      fail(std::string(name) + " is " + std::to_string(value) + ", must be at least 1");
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

  /// A number that the dtype holds: a finite one, a whole one.
  double factor(std::string_view name, Dtype dtype) {
    expect(name);
    double value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error == std::errc::invalid_argument) fail_at_rest();
    const bool holds = std::abs(value) <= traits_of(dtype).largest &&
                       (!is_integer(dtype) || value == std::trunc(value));
    if (error != std::errc{} || !holds) {
      fail(std::string(name) + " must be a " + (is_integer(dtype) ? "whole" : "finite") +
           " number that " + std::string(name_of(dtype)) + " holds");
    }
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }

  bool done() const { return rest_.empty(); }

 private:
  std::string_view id_;
  std::string_view rest_;
};

/// Whether the product is beyond what 64 bits (signed) count.
template <class... Factors>
bool overflows(std::int64_t first, Factors... factors) {
  std::int64_t product = first;
  return (__builtin_mul_overflow(product, static_cast<std::int64_t>(factors), &product) || ...);
}

void refuse_overflow(const GemmProblem& p, const Reader& reader) {
  // Both operands, the result, and the largest of the counts: 2·batch·M·N·(K + 2) ≥ flops().
  if (overflows(p.batch, p.m, p.k, size_of(p.a_dtype())))
    reader.fail("A takes more than 2^63 - 1 bytes");
  if (overflows(p.batch, p.k, p.n, size_of(p.b_dtype())))
    reader.fail("B takes more than 2^63 - 1 bytes");
  if (overflows(p.batch, p.m, p.n, size_of(p.c_dtype())))
    reader.fail("C takes more than 2^63 - 1 bytes");
  constexpr auto largest = std::numeric_limits<std::int64_t>::max();
  if (p.k > largest - 2 || overflows(p.batch, p.m, p.n, p.k + 2, 2)) {
    reader.fail("it takes more than 2^63 - 1 floating-point operations");
  }
  // -128 times -128 in every term.
  if (p.dtype == Dtype::s8 && p.k > (std::int64_t{1} << 31) / (128 * 128) - 1) {
    reader.fail("sums of more than 131071 products of s8 do not fit into s32");
  }
}

}  // namespace

std::string GemmProblem::id() const {
  std::string text = "gemm/";
  text += name_of(dtype);
  text += '/';
  text += trans_a ? 't' : 'n';
  text += trans_b ? 't' : 'n';
  text += '/';
  const auto append = [&](std::string_view name, const std::string& value) {
    text += name;
    text += value;
  };
  if (batch != 1) append("b", std::to_string(batch));
  append("m", std::to_string(m));
  append("n", std::to_string(n));
  append("k", std::to_string(k));
  if (alpha != 1 || beta != 0) {
    append("/alpha", shortest(alpha));
    append("beta", shortest(beta));
  }
  return text;
}

GemmProblem parse_gemm(std::string_view id) {
  Reader reader(id);
  GemmProblem problem;
  reader.expect("gemm/");

  const std::string_view dtype = reader.field();
  const auto known = parse_dtype(dtype);
  if (!known || *known == Dtype::s32) {
    reader.fail("dtype '" + std::string(dtype) + "' must be f32, f64, bf16, f16, e4m3, e5m2 or s8");
  }
  problem.dtype = *known;
  reader.expect("/");

  const std::string_view layout = reader.field();
  if (layout != "nn" && layout != "nt" && layout != "tn" && layout != "tt") {
    reader.fail("layout '" + std::string(layout) + "' must be nn, nt, tn or tt");
  }
  problem.trans_a = layout[0] == 't';
  problem.trans_b = layout[1] == 't';
  reader.expect("/");

  if (reader.next_is('b')) problem.batch = reader.extent("b", "batch");
  problem.m = reader.extent("m", "M");
  problem.n = reader.extent("n", "N");
  problem.k = reader.extent("k", "K");
  if (reader.accept("/")) {
    problem.alpha = reader.factor("alpha", problem.sum_dtype());
    problem.beta = reader.factor("beta", problem.sum_dtype());
  }
  if (!reader.done()) reader.fail_at_rest();
  refuse_overflow(problem, reader);
  return problem;
}

}  // namespace breakeven
