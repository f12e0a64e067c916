#include "operations/gemm/id_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace breakeven {
namespace {

/// "f32, bf16 or f16"
std::string any_of(std::span<const Dtype> dtypes) {
  std::string names;
  for (std::size_t i = 0; i < dtypes.size(); ++i) {
    if (i > 0) names += i + 1 == dtypes.size() ? " or " : ", ";
    names += name_of(dtypes[i]);
  }
  return names;
}

/// Whether the product is beyond what 64 bits (signed) count.
template <class... Factors>
bool overflows(std::int64_t first, Factors... factors) {
  std::int64_t product = first;
  return (__builtin_mul_overflow(product, static_cast<std::int64_t>(factors), &product) || ...);
}

}  // namespace

void IdReader::fail(const std::string& message) const {
  throw std::invalid_argument("'" + std::string(id_) + "' is no " + std::string(form_.name) +
                              " problem: " + message);
}

void IdReader::fail_at_rest() const {
  const std::string found =
      rest_.empty() ? "it ends too early" : "cannot read '" + std::string(rest_) + "'";
  fail(found + "; it has the form " + std::string(form_.form));
}

bool IdReader::accept(std::string_view text) {
  if (!rest_.starts_with(text)) return false;
  rest_.remove_prefix(text.size());
  return true;
}

void IdReader::expect(std::string_view text) {
  if (!accept(text)) fail_at_rest();
}

std::string_view IdReader::field() {
  const std::string_view text = rest_.substr(0, rest_.find('/'));
  rest_.remove_prefix(text.size());
  return text;
}

void IdReader::types_and_layout(GemmProblem& to) {
  const std::string_view dtype = field();
  const auto known = parse_dtype(dtype);
  if (!known || std::find(form_.dtypes.begin(), form_.dtypes.end(), *known) == form_.dtypes.end()) {
    fail("dtype '" + std::string(dtype) + "' must be " + any_of(form_.dtypes));
  }
  to.dtype = *known;
  expect("/");
  const std::string_view layout = field();
  if (layout != "nn" && layout != "nt" && layout != "tn" && layout != "tt") {
    fail("layout '" + std::string(layout) + "' must be nn, nt, tn or tt");
  }
  to.trans_a = layout[0] == 't';
  to.trans_b = layout[1] == 't';
  expect("/");
}

void IdReader::extents(GemmProblem& to) {
  to.m = extent("m", "M");
  to.n = extent("n", "N");
  to.k = extent("k", "K");
}

std::int64_t IdReader::extent(std::string_view letter, std::string_view name) {
  expect(letter);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
  if (error == std::errc::result_out_of_range) fail(std::string(name) + " is beyond 64 bits");
  if (error != std::errc{}) fail_at_rest();
  if (value < 1) fail(std::string(name) + " is " + std::to_string(value) + ", must be at least 1");
  rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
  return value;
}

double IdReader::factor(std::string_view name, Dtype dtype) {
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

void IdReader::refuse_overflow(const GemmProblem& p) const {
  // Both operands, the result, and the largest of the counts: 2·batch·M·N·(K + 2) operations are
  // more than any of these problems takes.
  if (overflows(p.batch, p.m, p.k, size_of(p.a_dtype()))) fail("A takes more than 2^63 - 1 bytes");
  if (overflows(p.batch, p.k, p.n, size_of(p.b_dtype()))) fail("B takes more than 2^63 - 1 bytes");
  if (overflows(p.batch, p.m, p.n, size_of(p.c_dtype()))) {
    fail("the result takes more than 2^63 - 1 bytes");
  }
  constexpr auto largest = std::numeric_limits<std::int64_t>::max();
  if (p.k > largest - 2 || overflows(p.batch, p.m, p.n, p.k + 2, 2)) {
    fail("it takes more than 2^63 - 1 floating-point operations");
  }
  // -128 times -128 in every term.
  if (p.dtype == Dtype::s8 && p.k > (std::int64_t{1} << 31) / (std::int64_t{128} * 128) - 1) {
    fail("sums of more than 131071 products of s8 do not fit into s32");
  }
}

}  // namespace breakeven
