#include "operations/id_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
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

Dtype IdReader::dtype() {
  const std::string_view name = field();
  const auto known = parse_dtype(name);
  if (!known || std::find(form_.dtypes.begin(), form_.dtypes.end(), *known) == form_.dtypes.end()) {
    fail("dtype '" + std::string(name) + "' must be " + any_of(form_.dtypes));
  }
  return *known;
}

std::int64_t IdReader::extent(std::string_view letter, std::string_view name) {
  expect(letter);
  return count(name, 1);
}

std::int64_t IdReader::count(std::string_view name, std::int64_t least) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
  if (error == std::errc::result_out_of_range) fail(std::string(name) + " is beyond 64 bits");
  if (error != std::errc{}) fail_at_rest();
  if (value < least) {
    fail(std::string(name) + " is " + std::to_string(value) + ", must be at least " +
         std::to_string(least));
  }
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

}  // namespace breakeven
