#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <random>
#include <string>
#include <vector>

#include "operations/problem.h"
#include "operations/sparsity.h"

namespace breakeven::test {

enum class Fill { integers, normal };

/// 64-byte aligned bytes of exactly that number, so that a sanitizer sees one byte too far.
class Buffer {
 public:
  explicit Buffer(std::size_t bytes)
      : bytes_(bytes), data_(static_cast<std::byte*>(::operator new(bytes, alignment))) {}

  std::byte* data() { return data_.get(); }
  std::size_t size() const { return bytes_; }

 private:
  static constexpr std::align_val_t alignment{64};
  struct Free {
    void operator()(std::byte* data) const { ::operator delete(data, alignment); }
  };
  std::size_t bytes_;
  std::unique_ptr<std::byte, Free> data_;
};

/// The tensors of a problem: all before the call, as the oracle wants them, and the outputs of the
/// call, which start as NaN where they are not read.
class ProblemTensors {
 public:
  ProblemTensors(const ProblemView& problem, Fill fill, std::uint64_t seed)
      : range_(std::min(problem.exact_range, 100)) {
    std::mt19937_64 random(seed);
    for (const TensorSpec& spec : problem.tensors) {
      before_.push_back(make(spec));
      const bool poison = spec.role == Role::output;
      if (spec.fill) {
        spec.fill(before_.back(), seed);
        continue;
      }
      with_type(spec.dtype, [&]<class T>(T) {
        for (std::int64_t i = 0; i < spec.elements(); ++i) {
          before_.back().as<T>()[i] = static_cast<T>(
              spec.positive ? std::abs(draw(spec, fill, random)) + 1 : draw(spec, fill, random));
        }
      });
      if (fill == Fill::integers) thin_out(before_.back(), spec, seed);
      if (poison)
        std::memset(before_.back().data, is_integer(spec.dtype) ? 0x80 : 0xff, spec.bytes());
    }
    call_ = before_;
    outputs_ = outputs_of(problem);
    for (const std::size_t place : outputs_) {
      call_[place] = make(problem.tensors[place]);
      std::memcpy(call_[place].data, before_[place].data, before_[place].bytes());
    }
  }

  /// Before the call.
  Tensors before() const { return before_; }
  /// The inputs and the outputs to be written; then whatever `append` added.
  Tensors call() const { return call_; }
  std::vector<Tensor> outputs() const {
    std::vector<Tensor> all;
    for (const std::size_t place : outputs_) all.push_back(call_[place]);
    return all;
  }
  /// The only one, or the first.
  Tensor output() const { return call_[outputs_[0]]; }
  bool is_output(std::size_t place) const {
    return std::find(outputs_.begin(), outputs_.end(), place) != outputs_.end();
  }
  /// Elements of all outputs.
  std::int64_t elements() const {
    std::int64_t sum = 0;
    for (const Tensor& output : outputs()) sum += output.elements;
    return sum;
  }

  /// Adds a buffer of that many bytes to the call's tensors.
  void append(std::size_t bytes) {
    buffers_.emplace_back(bytes);
    call_.push_back({buffers_.back().data(), Dtype::f32, 0});
  }

  static std::size_t bytes(const Tensor& tensor) {
    return static_cast<std::size_t>(tensor.elements) * size_of(tensor.dtype);
  }

  /// Element `index` of the outputs, counted through all of them.
  double get(std::int64_t index) const {
    double value = 0;
    at(index, [&](auto& element) { value = static_cast<double>(element); });
    return value;
  }
  void set(std::int64_t index, double value) {
    at(index, [value]<class T>(T& element) { element = static_cast<T>(value); });
  }

 private:
  template <class Visit>
  void at(std::int64_t index, Visit visit) const {
    std::size_t i = 0;
    while (index >= call_[outputs_[i]].elements) index -= call_[outputs_[i++]].elements;
    const Tensor& output = call_[outputs_[i]];
    with_type(output.dtype, [&]<class T>(T) { visit(output.as<T>()[index]); });
  }

  Tensor make(const TensorSpec& spec) {
    buffers_.emplace_back(spec.bytes());
    return {buffers_.back().data(), spec.dtype, spec.elements()};
  }

  double draw(const TensorSpec& spec, Fill fill, std::mt19937_64& random) const {
    if (spec.indices_below > 0) {
      return static_cast<double>(random() % static_cast<std::uint64_t>(spec.indices_below));
    }
    if (fill == Fill::normal) {
      const double value = std::normal_distribution<double>()(random);
      return is_integer(spec.dtype) ? std::nearbyint(20 * value) : value;
    }
    const int magnitude = std::uniform_int_distribution<int>(1, range_)(random);
    return random() % 2 == 0 ? magnitude : -magnitude;
  }

  int range_;  // small enough that every result is an exact integer
  std::vector<std::size_t> outputs_;
  std::vector<Buffer> buffers_;
  std::vector<Tensor> before_;
  std::vector<Tensor> call_;
};

}  // namespace breakeven::test
