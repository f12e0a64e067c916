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

/// The tensors of a problem: all before the call, as the oracle wants them, and the output of the
/// call, which starts as NaN where it is not read.
class ProblemTensors {
 public:
  ProblemTensors(const ProblemView& problem, Fill fill, std::uint64_t seed)
      : range_(std::min(problem.exact_range, 100)) {
    std::mt19937_64 random(seed);
    for (const TensorSpec& spec : problem.tensors) {
      if (spec.role != Role::input) output_ = before_.size();
      before_.push_back(make(spec));
      const bool poison = spec.role == Role::output;
      with_type(spec.dtype, [&]<class T>(T) {
        for (std::int64_t i = 0; i < spec.elements(); ++i) {
          before_.back().as<T>()[i] = static_cast<T>(draw(fill, spec.dtype, random));
        }
      });
      if (fill == Fill::integers) thin_out(before_.back(), spec, seed);
      if (poison)
        std::memset(before_.back().data, is_integer(spec.dtype) ? 0x80 : 0xff, spec.bytes());
    }
    call_ = before_;
    call_[output_] = make(problem.tensors[output_]);
    std::memcpy(output().data, before_[output_].data, output().bytes());
  }

  /// Before the call.
  Tensors before() const { return before_; }
  /// The inputs and the output to be written; then whatever `append` added.
  Tensors call() const { return call_; }
  Tensor output() const { return call_[output_]; }
  std::size_t output_index() const { return output_; }

  /// Adds a buffer of that many bytes to the call's tensors.
  void append(std::size_t bytes) {
    buffers_.emplace_back(bytes);
    call_.push_back({buffers_.back().data(), Dtype::f32, 0});
  }

  static std::size_t bytes(const Tensor& tensor) {
    return static_cast<std::size_t>(tensor.elements) * size_of(tensor.dtype);
  }

  double get(std::int64_t index) const {
    return with_type(output().dtype,
                     [&]<class T>(T) { return static_cast<double>(output().as<T>()[index]); });
  }
  void set(std::int64_t index, double value) {
    with_type(output().dtype, [&]<class T>(T) { output().as<T>()[index] = static_cast<T>(value); });
  }

 private:
  Tensor make(const TensorSpec& spec) {
    buffers_.emplace_back(spec.bytes());
    return {buffers_.back().data(), spec.dtype, spec.elements()};
  }

  double draw(Fill fill, Dtype dtype, std::mt19937_64& random) const {
    if (fill == Fill::normal) {
      const double value = std::normal_distribution<double>()(random);
      return is_integer(dtype) ? std::nearbyint(20 * value) : value;
    }
    const int magnitude = std::uniform_int_distribution<int>(1, range_)(random);
    return random() % 2 == 0 ? magnitude : -magnitude;
  }

  int range_;  // small enough that every result is an exact integer
  std::size_t output_ = 0;
  std::vector<Buffer> buffers_;
  std::vector<Tensor> before_;
  std::vector<Tensor> call_;
};

}  // namespace breakeven::test
