#include "operations/batch_norm/truth.h"

#include <cmath>

#include "operations/grouped_oracle.h"

namespace breakeven {
namespace {

/// What the elements of a channel share. The magnitudes bound what rounding does to the sums: means
/// of |x| and of x², which the variance may be computed from.
struct Channel {
  double mean = 0, var = 0, scale = 0;  // scale = 1/√(var + eps)
  double mean_magnitude = 0, square = 0;
  double dy = 0, dy_xhat = 0;  // sums over the channel, and of magnitudes
  double dy_magnitude = 0, dy_xhat_magnitude = 0;
};

double at(const Tensor& tensor, std::int64_t index) { return tensor.as<float>()[index]; }

class Truth {
 public:
  explicit Truth(const BatchNormProblem& p) : p_(p) {}

  Channel channel(Tensors before, std::int64_t c) const {
    Channel of;
    const Tensor& x = before[p_.mode == BatchNorm::backward ? 1 : 0];
    long double sum = 0, magnitude = 0, square = 0;
    for (std::int64_t i = 0; i < p_.count(); ++i) {
      const long double value = at(x, p_.at(c, i));
      sum += value;
      magnitude += std::abs(value);
      square += value * value;
    }
    const auto count = static_cast<long double>(p_.count());
    of.mean_magnitude = static_cast<double>(magnitude / count);
    of.square = static_cast<double>(square / count);
    if (p_.mode == BatchNorm::training) {
      const long double mean = sum / count;
      long double spread = 0;
      for (std::int64_t i = 0; i < p_.count(); ++i) {
        const long double distance = at(x, p_.at(c, i)) - mean;
        spread += distance * distance;
      }
      of.mean = static_cast<double>(mean);
      of.var = static_cast<double>(spread / count);
    } else {
      of.mean = at(before[3], c);
      of.var = at(before[4], c);
    }
    of.scale = 1 / std::sqrt(of.var + BatchNormProblem::eps);
    if (p_.mode == BatchNorm::backward) add_gradients(of, before, c);
    return of;
  }

  Expected training(const Channel& of, Tensors before, std::int64_t i) const {
    // Outputs in the order of the tensors: running_mean, running_var, y, mean, var.
    if (i < p_.c) return running(at(before[3], i), of.mean, of.mean_magnitude);
    if (i < 2 * p_.c) {
      const auto count = static_cast<double>(p_.count());
      const double unbiased = count / (count - 1);
      return running(at(before[4], i - p_.c), of.var * unbiased, of.square * unbiased);
    }
    i -= 2 * p_.c;
    if (i < p_.elements()) return normalised(of, before, i);
    i -= p_.elements();
    if (i < p_.c) return {of.mean, of.mean_magnitude};
    // eps, since it may be computed from the scale.
    return {of.var, of.square + 2 * std::abs(of.mean) * of.mean_magnitude + BatchNormProblem::eps};
  }

  Expected normalised(const Channel& of, Tensors before, std::int64_t i) const {
    const std::int64_t c = p_.channel_of(i);
    const double x = at(before[0], i), weight = at(before[1], c), bias = at(before[2], c);
    const double xhat = (x - of.mean) * of.scale;
    return {xhat * weight + bias, std::abs(weight) * xhat_magnitude(of, x) + std::abs(bias)};
  }

  Expected backward(const Channel& of, Tensors before, std::int64_t i) const {
    // dx, dweight, dbias.
    if (i >= p_.elements() + p_.c) return {of.dy, of.dy_magnitude};
    if (i >= p_.elements()) return {of.dy_xhat, of.dy_xhat_magnitude};
    const double dy = at(before[0], i), x = at(before[1], i);
    const double weight = at(before[2], p_.channel_of(i));
    const auto count = static_cast<double>(p_.count());
    const double xhat = (x - of.mean) * of.scale;
    const double factor = weight * of.scale;
    return {factor * (dy - of.dy / count - xhat * of.dy_xhat / count),
            std::abs(factor) * (std::abs(dy) + of.dy_magnitude / count +
                                2 * xhat_magnitude(of, x) * of.dy_xhat_magnitude / count)};
  }

  std::int64_t channel_of_output(std::int64_t i) const {
    switch (p_.mode) {
      case BatchNorm::training:
        if (i < 2 * p_.c) return i % p_.c;
        i -= 2 * p_.c;
        break;
      case BatchNorm::evaluation:
      case BatchNorm::backward:
        break;
    }
    return i < p_.elements() ? p_.channel_of(i) : (i - p_.elements()) % p_.c;
  }

  Expected element(const Channel& of, Tensors before, std::int64_t i) const {
    switch (p_.mode) {
      case BatchNorm::training:
        return training(of, before, i);
      case BatchNorm::evaluation:
        return normalised(of, before, i);
      case BatchNorm::backward:
        break;
    }
    return backward(of, before, i);
  }

 private:
  static Expected running(double before, double batch, double magnitude) {
    const double m = BatchNormProblem::momentum;
    return {(1 - m) * before + m * batch, std::abs(before) + m * magnitude};
  }

  /// An error of the mean moves xhat by as much times the scale; one of the variance, relative to
  /// it, moves xhat by half of that.
  double xhat_magnitude(const Channel& of, double x) const {
    const double distance = std::abs(x) + std::abs(of.mean) + of.mean_magnitude;
    const double spread =
        p_.mode == BatchNorm::training ? of.square / (of.var + BatchNormProblem::eps) : 1;
    return distance * of.scale * (1 + spread);
  }

  void add_gradients(Channel& of, Tensors before, std::int64_t c) const {
    long double dy_sum = 0, product_sum = 0;
    for (std::int64_t i = 0; i < p_.count(); ++i) {
      const std::int64_t index = p_.at(c, i);
      const double dy = at(before[0], index), x = at(before[1], index);
      dy_sum += dy;
      product_sum += static_cast<long double>(dy) * (x - of.mean) * of.scale;
      of.dy_magnitude += std::abs(dy);
      of.dy_xhat_magnitude += std::abs(dy) * xhat_magnitude(of, x);
    }
    of.dy = static_cast<double>(dy_sum);
    of.dy_xhat = static_cast<double>(product_sum);
  }

  BatchNormProblem p_;
};

}  // namespace

Oracle batch_norm_oracle(const BatchNormProblem& problem) {
  const Truth truth(problem);
  return grouped_oracle<Channel>(
      {.groups = problem.c,
       .group_of = [truth](std::int64_t i) { return truth.channel_of_output(i); },
       .shared = [truth](Tensors before, std::int64_t c) { return truth.channel(before, c); },
       .element = [truth](const Channel& of, Tensors before,
                          std::int64_t i) { return truth.element(of, before, i); }},
      problem.count());
}

}  // namespace breakeven
