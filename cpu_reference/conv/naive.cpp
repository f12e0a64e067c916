// Convolution as the formula says it: loops over the result, inside of them loops over the sum, one
// thread. What every other implementation is compared with.
// Limits: none but patience.

#include "operations/conv/strides.h"
#include "operations/implementation.h"

namespace breakeven::cpu_conv {
namespace {

/// A tensor's elements by outer index, channel and place.
template <class T>
struct Elements {
  T* data;
  ConvStrides strides;

  T& operator()(std::int64_t outer, std::int64_t channel, std::int64_t d, std::int64_t h,
                std::int64_t w) const {
    return data[outer * strides.outer + channel * strides.channel + d * strides.axis[0] +
                h * strides.axis[1] + w * strides.axis[2]];
  }
};

/// A problem's extents and what its sums have in common.
template <class T, class Sum>
class Naive {
 public:
  Naive(const ConvProblem& p, Tensors tensors) : p_(p), tensors_(tensors) {}

  void fprop() const {
    const Elements<const T> x{in(0), x_strides(p_)}, w{in(1), w_strides(p_)};
    const Elements<T> y{out(), y_strides(p_)};
    for_each(p_.n, p_.k, output_extents(p_), [&](auto n, auto k, auto o, auto p, auto q) {
      Sum sum = 0;
      for_each(1, p_.group_c(), filter_extents(p_), [&](auto, auto c, auto t, auto r, auto s) {
        const std::int64_t d = depth().source(o, t);
        const std::int64_t h = height().source(p, r);
        const std::int64_t v = width().source(q, s);
        if (!inside(depth(), d) || !inside(height(), h) || !inside(width(), v)) return;
        sum += product(x(n, k / p_.group_k() * p_.group_c() + c, d, h, v), w(k, c, t, r, s));
      });
      y(n, k, o, p, q) = static_cast<T>(sum);
    });
  }

  void dgrad() const {
    const Elements<const T> dy{in(0), y_strides(p_)}, w{in(1), w_strides(p_)};
    const Elements<T> dx{out(), x_strides(p_)};
    for_each(p_.n, p_.c, input_extents(p_), [&](auto n, auto c, auto d, auto h, auto v) {
      Sum sum = 0;
      for_each(1, p_.group_k(), filter_extents(p_), [&](auto, auto i, auto t, auto r, auto s) {
        const std::int64_t o = output_of(depth(), d, t);
        const std::int64_t p = output_of(height(), h, r);
        const std::int64_t q = output_of(width(), v, s);
        if (o < 0 || p < 0 || q < 0) return;
        const std::int64_t k = c / p_.group_c() * p_.group_k() + i;
        sum += product(dy(n, k, o, p, q), w(k, c % p_.group_c(), t, r, s));
      });
      dx(n, c, d, h, v) = static_cast<T>(sum);
    });
  }

  void wgrad() const {
    const Elements<const T> x{in(0), x_strides(p_)}, dy{in(1), y_strides(p_)};
    const Elements<T> dw{out(), w_strides(p_)};
    for_each(p_.k, p_.group_c(), filter_extents(p_), [&](auto k, auto c, auto t, auto r, auto s) {
      Sum sum = 0;
      for_each(p_.n, 1, output_extents(p_), [&](auto n, auto, auto o, auto p, auto q) {
        const std::int64_t d = depth().source(o, t);
        const std::int64_t h = height().source(p, r);
        const std::int64_t v = width().source(q, s);
        if (!inside(depth(), d) || !inside(height(), h) || !inside(width(), v)) return;
        sum += product(x(n, k / p_.group_k() * p_.group_c() + c, d, h, v), dy(n, k, o, p, q));
      });
      dw(k, c, t, r, s) = static_cast<T>(sum);
    });
  }

 private:
  template <class Visit>
  static void for_each(std::int64_t outers, std::int64_t channels,
                       const std::array<std::int64_t, 3>& extents, Visit visit) {
    for (std::int64_t outer = 0; outer < outers; ++outer) {
      for (std::int64_t channel = 0; channel < channels; ++channel) {
        for (std::int64_t i = 0; i < extents[0]; ++i) {
          for (std::int64_t j = 0; j < extents[1]; ++j) {
            for (std::int64_t l = 0; l < extents[2]; ++l) visit(outer, channel, i, j, l);
          }
        }
      }
    }
  }

  static bool inside(const ConvAxis& axis, std::int64_t input) {
    return input >= 0 && input < axis.input;
  }
  /// The output that meets that input through that tap; -1 if there is none.
  static std::int64_t output_of(const ConvAxis& axis, std::int64_t input, std::int64_t tap) {
    const std::int64_t distance = input + axis.pad_before - tap * axis.dilation;
    if (distance < 0 || distance % axis.stride != 0) return -1;
    const std::int64_t output = distance / axis.stride;
    return output < axis.output() ? output : -1;
  }
  static Sum product(T a, T b) { return static_cast<Sum>(a) * static_cast<Sum>(b); }

  const T* in(std::size_t i) const { return tensors_[i].template as<T>(); }
  T* out() const { return tensors_[2].template as<T>(); }
  const ConvAxis& depth() const { return p_.axes[0]; }
  const ConvAxis& height() const { return p_.axes[1]; }
  const ConvAxis& width() const { return p_.axes[2]; }

  const ConvProblem& p_;
  Tensors tensors_;
};

template <class T, class Sum>
void compute(const ConvProblem& p, Tensors tensors) {
  const Naive<T, Sum> naive(p, tensors);
  switch (p.direction) {
    case Direction::fprop:
      return naive.fprop();
    case Direction::dgrad:
      return naive.dgrad();
    case Direction::wgrad:
      return naive.wgrad();
  }
}

Support supports(const ConvProblem&) { return Support::yes(); }

CpuCall prepare(const ConvProblem& p) {
  return {[p](Tensors tensors) {
    switch (p.dtype) {
      case Dtype::f64:
        return compute<double, double>(p, tensors);
      case Dtype::bf16:
        return compute<Bf16, float>(p, tensors);
      case Dtype::f16:
        return compute<F16, float>(p, tensors);
      default:
        return compute<float, float>(p, tensors);
    }
  }};
}

}  // namespace

CpuImplementation<ConvProblem> naive() { return {"naive", Rung::naive, false, supports, prepare}; }

}  // namespace breakeven::cpu_conv
