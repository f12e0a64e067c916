// Convolution as a matrix product by OpenBLAS, an image and a group at a time: im2col writes for
// each place of y all that the filters meet there (zeros for padding), and then
//
//   fprop: y = w · columns     dgrad: columns = wᵀ · dy, added up to dx by col2im
//   wgrad: dw = Σ dy · columnsᵀ over images
//
// With channels last the same transposed. A 1×1 filter without stride and padding meets x as it is,
// so that nothing is written. What it costs is memory, as many times an image as the filter has
// taps, and the time to write and read it. Limits: f32 and f64; extents fit OpenBLAS's integers.
// After Chellapilla, Puri and Simard 2006, "High performance convolutional neural networks for
// document processing".

#include <cblas.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <string>

#include "cpu_reference/common/aligned_array.h"
#include "operations/conv/strides.h"
#include "operations/implementation.h"

namespace breakeven::cpu_conv {
namespace {

/// A row-major matrix within another, or its transpose.
template <class T>
struct Matrix {
  T* data;
  std::int64_t row_stride;
  bool transposed = false;
};

/// c = a·b + beta·c, where c is (m, n) and a is (m, k).
template <class T>
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, const Matrix<const T>& a,
              const Matrix<const T>& b, T beta, const Matrix<T>& c) {
  const auto whole = [](std::int64_t extent) { return static_cast<blasint>(extent); };
  const auto order = [](const Matrix<const T>& matrix) {
    return matrix.transposed ? CblasTrans : CblasNoTrans;
  };
  const auto gemm = [] {
    if constexpr (std::is_same_v<T, float>) {
      return cblas_sgemm;
    } else {
      return cblas_dgemm;
    }
  }();
  gemm(CblasRowMajor, order(a), order(b), whole(m), whole(n), whole(k), T{1}, a.data,
       whole(a.row_stride), b.data, whole(b.row_stride), beta, c.data, whole(c.row_stride));
}

/// Whether the filter meets x as it lies in memory.
bool columns_are_x(const ConvProblem& p) {
  return std::all_of(p.axes.begin(), p.axes.end(), [](const ConvAxis& axis) {
    return axis.filter == 1 && axis.stride == 1 && axis.pad_before == 0 && axis.pad_after == 0;
  });
}

template <class T>
class Im2col {
 public:
  explicit Im2col(const ConvProblem& p)
      : p_(p),
        x_(x_strides(p)),
        w_(w_strides(p)),
        y_(y_strides(p)),
        last_(p.channels == ChannelOrder::last),
        direct_(columns_are_x(p)),
        columns_(direct_ ? 0 : static_cast<std::size_t>(elements() * places())) {}

  std::size_t workspace_bytes() const { return columns_.bytes(); }

  void run(Tensors tensors) const {
    T* result = tensors[2].as<T>();
    if (p_.direction == Direction::dgrad && !direct_) {
      std::fill_n(result, tensors[2].elements, T{0});
    }
    for (std::int64_t n = 0; n < p_.n; ++n) {
      for (std::int64_t group = 0; group < p_.groups; ++group) {
        const std::int64_t x = n * x_.outer + group * p_.group_c() * x_.channel;
        const std::int64_t y = n * y_.outer + group * p_.group_k() * y_.channel;
        const std::int64_t w = group * p_.group_k() * w_.outer;
        switch (p_.direction) {
          case Direction::fprop:
            fprop(tensors[0].as<T>() + x, tensors[1].as<T>() + w, result + y);
            break;
          case Direction::dgrad:
            dgrad(tensors[0].as<T>() + y, tensors[1].as<T>() + w, result + x);
            break;
          case Direction::wgrad:
            wgrad(tensors[0].as<T>() + x, tensors[1].as<T>() + y, n == 0 ? T{0} : T{1}, result + w);
            break;
        }
      }
    }
  }

 private:
  std::int64_t elements() const { return w_.outer; }  // of a filter
  std::int64_t places() const {
    const auto extents = output_extents(p_);
    return extents[0] * extents[1] * extents[2];
  }

  void fprop(const T* x, const T* w, T* y) const {
    const T* columns = direct_ ? x : columns_.data();
    if (!direct_) gather(x);
    if (last_) {
      multiply<T>(places(), p_.group_k(), elements(), {columns, columns_stride()},
                  {w, elements(), true}, 0, {y, p_.k});
    } else {
      multiply<T>(p_.group_k(), places(), elements(), {w, elements()}, {columns, places()}, 0,
                  {y, places()});
    }
  }

  void dgrad(const T* dy, const T* w, T* dx) const {
    T* columns = direct_ ? dx : columns_.data();
    if (last_) {
      multiply<T>(places(), elements(), p_.group_k(), {dy, p_.k}, {w, elements()}, 0,
                  {columns, columns_stride()});
    } else {
      multiply<T>(elements(), places(), p_.group_k(), {w, elements(), true}, {dy, places()}, 0,
                  {columns, places()});
    }
    if (!direct_) scatter(dx);
  }

  void wgrad(const T* x, const T* dy, T beta, T* dw) const {
    const T* columns = direct_ ? x : columns_.data();
    if (!direct_) gather(x);
    if (last_) {
      multiply<T>(p_.group_k(), elements(), places(), {dy, p_.k, true}, {columns, columns_stride()},
                  beta, {dw, elements()});
    } else {
      multiply<T>(p_.group_k(), elements(), places(), {dy, places()}, {columns, places(), true},
                  beta, {dw, elements()});
    }
  }

  /// Between rows of the columns with channels last.
  std::int64_t columns_stride() const { return direct_ ? p_.c : elements(); }

  /// im2col, x being an image's first channel of the group.
  void gather(const T* x) const {
    T* columns = columns_.data();
    for_each_channel([&](std::int64_t channel, std::int64_t from, std::int64_t to) {
      columns[to] = from < 0 ? T{0} : x[from + channel * x_.channel];
    });
  }

  /// col2im: adds the columns to dx.
  void scatter(T* dx) const {
    const T* columns = columns_.data();
    for_each_channel([&](std::int64_t channel, std::int64_t to, std::int64_t from) {
      if (to >= 0) dx[to + channel * x_.channel] += columns[from];
    });
  }

  /// Calls `visit(channel, place in x or -1 for padding, place in the columns)` for all that the
  /// columns hold. Each channel is one thread's alone.
  template <class Visit>
  void for_each_channel(Visit visit) const {
    const std::int64_t channels = p_.group_c(), taps = elements() / channels;
    const auto out = output_extents(p_), filter = filter_extents(p_);
    // Neighbouring channels lie side by side with channels last.
    const std::int64_t block = last_ ? 16 : 1;
    const std::int64_t channel_step = last_ ? 1 : taps * places();
    const std::int64_t tap_step = last_ ? channels : places();
    const std::int64_t place_step = last_ ? elements() : 1;
#pragma omp parallel for
    for (std::int64_t first = 0; first < channels; first += block) {
      const std::int64_t end = std::min(first + block, channels);
      std::int64_t tap = 0;
      for (std::int64_t t = 0; t < filter[0]; ++t) {
        for (std::int64_t r = 0; r < filter[1]; ++r) {
          for (std::int64_t s = 0; s < filter[2]; ++s, ++tap) {
            std::int64_t place = 0;
            for (std::int64_t o = 0; o < out[0]; ++o) {
              for (std::int64_t p = 0; p < out[1]; ++p) {
                const std::int64_t line = line_of(o, t, p, r);
                for (std::int64_t q = 0; q < out[2]; ++q, ++place) {
                  const std::int64_t w = p_.axes[2].source(q, s);
                  const bool inside = line >= 0 && w >= 0 && w < p_.axes[2].input;
                  const std::int64_t in_x = inside ? line + w * x_.axis[2] : -1;
                  const std::int64_t in_columns = tap * tap_step + place * place_step;
                  for (std::int64_t channel = first; channel < end; ++channel) {
                    visit(channel, in_x, in_columns + channel * channel_step);
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /// Where the row of x is that output (o, p) meets through tap (t, r); -1 if that is padding.
  std::int64_t line_of(std::int64_t o, std::int64_t t, std::int64_t p, std::int64_t r) const {
    const std::int64_t d = p_.axes[0].source(o, t), h = p_.axes[1].source(p, r);
    if (d < 0 || d >= p_.axes[0].input || h < 0 || h >= p_.axes[1].input) return -1;
    return d * x_.axis[0] + h * x_.axis[1];
  }

  ConvProblem p_;
  ConvStrides x_, w_, y_;
  bool last_;
  bool direct_;              // the columns are x
  AlignedArray<T> columns_;  // (elements, places); channels last: (places, elements)
};

Support supports(const ConvProblem& p) {
  if (Support dtype = only(p, {Dtype::f32, Dtype::f64}); !dtype) return dtype;
  const std::int64_t largest = std::numeric_limits<blasint>::max();
  const auto places = output_extents(p);
  if (std::max({p.c, p.k, w_strides(p).outer, places[0] * places[1] * places[2]}) > largest) {
    return Support::no("an extent is beyond this OpenBLAS's integers (" + std::to_string(largest) +
                       ")");
  }
  return Support::yes();
}

CpuCall prepare(const ConvProblem& p) {
  return with_f32_or_f64(p.dtype, [&]<class T>(T) -> CpuCall {
    const auto im2col = std::make_shared<const Im2col<T>>(p);
    return {.run = [im2col](Tensors tensors) { im2col->run(tensors); },
            .workspace_bytes = im2col->workspace_bytes()};
  });
}

}  // namespace

CpuImplementation<ConvProblem> im2col() { return {"im2col", Rung::tuned, true, supports, prepare}; }

}  // namespace breakeven::cpu_conv
