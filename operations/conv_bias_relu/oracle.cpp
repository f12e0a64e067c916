#include "operations/conv_bias_relu/oracle.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "operations/conv/oracle.h"
#include "operations/conv/terms.h"
#include "operations/text.h"

namespace breakeven {
namespace {

/// A problem without its bias and relu.
struct Layer {
  ConvProblem problem;
  ConvTerms terms;
  Oracle convolution;

  explicit Layer(const ConvProblem& p) : problem(p), terms(p), convolution(conv_oracle(p)) {}
};

Expected element(const Layer& layer, Tensors before, std::int64_t index) {
  const Expected sum = layer.convolution.element(before, index);
  const std::int64_t channel = layer.terms.place(index).channel;
  const double bias = with_type(
      before[2].dtype, [&]<class T>(T) { return static_cast<double>(before[2].as<T>()[channel]); });
  return {std::max(sum.value + bias, 0.0), sum.magnitude + std::abs(bias), sum.norms};
}

/// What the images and filters of a problem allow for an element before bias and relu.
class Reach {
 public:
  template <class T>
  Reach(const ConvProblem& p, const T* x, const T* w) : largest_(p.n), sums_(p.k) {
    const std::int64_t image = x_strides(p).outer, filter = w_strides(p).outer;
    for (std::size_t n = 0; n < largest_.size(); ++n) {
      for (std::int64_t i = 0; i < image; ++i, ++x) {
        largest_[n] = std::max(largest_[n], std::abs(static_cast<double>(*x)));
      }
    }
    for (double& sum : sums_) {
      for (std::int64_t i = 0; i < filter; ++i, ++w) sum += std::abs(static_cast<double>(*w));
    }
  }

  /// Its sum of magnitudes is at most that.
  double of(const ConvTerms::Place& place) const {
    return largest_[static_cast<std::size_t>(place.outer)] *
           sums_[static_cast<std::size_t>(place.channel)];
  }

 private:
  std::vector<double> largest_;  // |x| of each image
  std::vector<double> sums_;     // Σ|w| of each filter
};

template <class T>
Verdict within_reach(const Layer& layer, Tensors before, Tensor output, const Rounding& rounding) {
  const ConvProblem& p = layer.problem;
  const Reach reach(p, before[0].as<T>(), before[1].as<T>());
  const std::int64_t terms = p.reduction() + 1;
  const double window = std::sqrt(static_cast<double>(w_strides(p).outer));
  const auto* bias = before[2].as<T>();
  const auto* y = output.as<T>();
  for (std::int64_t i = 0; i < output.elements; ++i) {
    const auto value = static_cast<double>(y[i]);
    const ConvTerms::Place place = layer.terms.place(i);
    const double largest = reach.of(place), shift = static_cast<double>(bias[place.channel]);
    // ‖x‖·‖w‖ over a window is at most its √elements·max |x|·Σ|w|.
    const Expected most{std::max(largest + shift, 0.0), largest + std::abs(shift),
                        window * largest};
    const double high = most.value + rounding.bound(most, terms);
    if (0 <= value && value <= high && std::isfinite(value)) continue;
    return {false, "y at " + std::to_string(i) + " is " + shortest(value) + ", must be " +
                       shortest(element(layer, before, i).value) +
                       " (and nothing gives more than 0 to " + shortest(high) + " there)"};
  }
  return {};
}

}  // namespace

Oracle conv_bias_relu_oracle(const ConvBiasReluProblem& problem) {
  const auto layer = std::make_shared<const Layer>(problem.convolution);
  const auto check = [layer](Tensors before, Tensor output, const Rounding& rounding) {
    return with_type(output.dtype,
                     [&]<class T>(T) { return within_reach<T>(*layer, before, output, rounding); });
  };
  Oracle oracle;
  oracle.element = [layer](Tensors before, std::int64_t index) {
    return element(*layer, before, index);
  };
  oracle.exact_product = [check](Tensors before, Tensors outputs, std::uint64_t) {
    return check(before, outputs[0], {});
  };
  oracle.real_product = [check](Tensors before, Tensors outputs, const Rounding& rounding,
                                std::uint64_t) { return check(before, outputs[0], rounding); };
  return oracle;
}

}  // namespace breakeven
