#include "operations/conv/combination.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "operations/conv/oracle.h"
#include "operations/conv/terms.h"
#include "operations/random_combination.h"
#include "operations/text.h"

namespace breakeven {
namespace {

/// A tensor as (outer, channel, D, H, W).
struct Grid {
  std::int64_t outers, channels;
  std::array<std::int64_t, 3> extents;
  ConvStrides strides;

  Grid(std::int64_t outer_count, std::int64_t channel_count,
       const std::array<std::int64_t, 3>& along, ChannelOrder order)
      : outers(outer_count),
        channels(channel_count),
        extents(along),
        strides(channel_count, along, order) {}

  std::int64_t positions() const { return extents[0] * extents[1] * extents[2]; }
  std::int64_t elements() const { return outers * channels * positions(); }
  /// Neighbouring positions are one channel, or all of them, apart.
  std::int64_t position_step() const { return strides.axis[2]; }
};

/// The second of a problem's tensors, and its result.
Grid second_grid(const ConvProblem& p) {
  if (p.direction == Direction::wgrad) return {p.n, p.k, output_extents(p), p.channels};
  return {p.k, p.group_c(), filter_extents(p), p.channels};
}
Grid result_grid(const ConvProblem& p) {
  const ConvTerms terms(p);
  return {terms.outers(), terms.channels(), terms.extents(), p.channels};
}

/// The problem of one combination for each group.
ConvProblem reduced(const ConvProblem& p) {
  ConvProblem small = p;
  (p.direction == Direction::dgrad ? small.c : small.k) = p.groups;
  return small;
}

/// How many are combined to one.
std::int64_t combined_count(const ConvProblem& p) {
  return p.direction == Direction::dgrad ? p.group_c() : p.group_k();
}

/// Adds up `count` neighbours along the outer index (or the channels) of a tensor to one:
/// `add(sum, element's index, which of them)`.
template <class Sum, class Add>
std::vector<Sum> combined(const Grid& from, const Grid& to, bool outer, std::int64_t count,
                          Add add) {
  std::vector<Sum> sums(static_cast<std::size_t>(to.elements()));
  const auto add_positions = [&](std::int64_t o, std::int64_t c) {
    const std::int64_t which = (outer ? o : c) % count;
    const std::int64_t first = o * from.strides.outer + c * from.strides.channel;
    const std::int64_t target =
        (outer ? o / count : o) * to.strides.outer + (outer ? c : c / count) * to.strides.channel;
    for (std::int64_t i = 0; i < from.positions(); ++i) {
      add(sums[static_cast<std::size_t>(target + i * to.position_step())],
          first + i * from.position_step(), which);
    }
  };
  // Threads take what goes to different sums.
  const std::int64_t parts = outer ? from.outers / count : from.outers;
#pragma omp parallel for
  for (std::int64_t part = 0; part < parts; ++part) {
    for (std::int64_t o = outer ? part * count : part; o < (outer ? (part + 1) * count : part + 1);
         ++o) {
      for (std::int64_t c = 0; c < from.channels; ++c) add_positions(o, c);
    }
  }
  return sums;
}

/// What of the second tensor and of the result is combined: the outer index or channels.
bool second_by_outer(const ConvProblem& p) { return p.direction == Direction::fprop; }
bool result_by_outer(const ConvProblem& p) { return p.direction == Direction::wgrad; }

/// Calls `good(index, place)` for each combination of results; the first that is not, or -1.
template <class Good>
std::int64_t first_bad(const ConvTerms& terms, std::int64_t count, Good good) {
  std::int64_t bad = std::numeric_limits<std::int64_t>::max();
#pragma omp parallel for reduction(min : bad)
  for (std::int64_t i = 0; i < count; ++i) {
    if (!good(i, terms.place(i))) bad = std::min(bad, i);
  }
  return bad == std::numeric_limits<std::int64_t>::max() ? -1 : bad;
}

std::string name_of_result(Direction direction) {
  const std::string_view name = direction == Direction::fprop   ? "y"
                                : direction == Direction::dgrad ? "dx"
                                                                : "dw";
  return std::string(name);
}

/// Names the element of that combination that is furthest from the truth, NaN before all others.
template <class T>
Verdict bad_combination(const ConvProblem& p, Tensors before, Tensor output,
                        ConvTerms::Place place) {
  const ConvTerms terms(p);
  const std::int64_t count = combined_count(p);
  auto& combined_index = result_by_outer(p) ? place.outer : place.channel;
  const std::int64_t first = combined_index * count;
  std::int64_t worst = first;
  double largest = -1;
  for (std::int64_t i = first; i < first + count; ++i) {
    combined_index = i;
    const std::int64_t index = terms.index(place);
    const double difference =
        std::abs(static_cast<double>(output.as<T>()[index]) - conv_element(p, before, index).value);
    if (!(difference <= largest)) {
      worst = i;
      largest = difference;
      if (std::isnan(difference)) break;
    }
  }
  combined_index = worst;
  const std::int64_t index = terms.index(place);
  std::string text = name_of_result(p.direction);
  text += '[' + std::to_string(place.outer) + ", " + std::to_string(place.channel);
  for (std::size_t i = static_cast<std::size_t>(3 - p.dims); i < 3; ++i) {
    text += ", " + std::to_string(place.axis[i]);
  }
  return {false, text + "] is " + shortest(static_cast<double>(output.as<T>()[index])) +
                     ", must be " + shortest(conv_element(p, before, index).value) +
                     " (worst element of a combination that fails Freivalds' check)"};
}

template <class T>
Verdict exact(const ConvProblem& p, Tensors before, Tensor output, std::uint64_t seed) {
  const ConvProblem small = reduced(p);
  const std::int64_t count = combined_count(p);
  const std::vector<IntegerSum> s = odd_multipliers(count, seed);
  const auto add_of = [&](const T* data) {
    return [&s, data](IntegerSum& sum, std::int64_t index, std::int64_t which) {
      sum.add(static_cast<double>(data[index]), s[static_cast<std::size_t>(which)]);
    };
  };
  const auto second = combined<IntegerSum>(second_grid(p), second_grid(small), second_by_outer(p),
                                           count, add_of(before[1].as<T>()));
  const auto found = combined<IntegerSum>(result_grid(p), result_grid(small), result_by_outer(p),
                                          count, add_of(output.as<T>()));
  const T* first = before[0].as<T>();
  const ConvTerms terms(small);
  bool integral = true;
  const std::int64_t bad = first_bad(
      terms, static_cast<std::int64_t>(found.size()), [&](std::int64_t i, const auto& place) {
        IntegerSum expected;
        terms.for_each(place, [&](std::int64_t a, std::int64_t b) {
          expected.add(static_cast<double>(first[a]), second[static_cast<std::size_t>(b)]);
        });
        if (!expected.integral) {
#pragma omp atomic write
          integral = false;
        }
        const IntegerSum& sum = found[static_cast<std::size_t>(i)];
        return sum.integral && sum.sum == expected.sum;
      });
  if (!integral) return {false, "the exact check was given inputs that are no integers"};
  return bad < 0 ? Verdict{} : bad_combination<T>(p, before, output, terms.place(bad));
}

/// A row of the real check: a combination of results, and what it must be.
struct Combination {
  std::vector<RealSum> second, found, expected;
  std::vector<double> norms;  // at least the L2 norm of those of what is combined
};

/// ⟨dy, conv(x', w)⟩ and ⟨dx, x'⟩, or the same for w': x' (w') is a random sign for each
/// combination times the multiplier of each element in it.
template <class T>
bool is_adjoint(const ConvProblem& p, Tensors before, const Combination& rows,
                const Rounding& rounding, std::uint64_t seed) {
  const ConvProblem forward = reduced(p).in(Direction::fprop);
  const std::vector<double> u = signs(static_cast<std::int64_t>(rows.found.size()), seed + 1);
  double backward_product = 0, norm = 0, magnitude = 0, norms = 0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    backward_product += u[i] * rows.found[i].sum;
    norm += rows.found[i].magnitude * rows.found[i].magnitude;
    magnitude += rows.expected[i].magnitude * rows.expected[i].magnitude;
    norms += rows.norms[i] * rows.norms[i];
  }
  const T* first = before[0].as<T>();
  const bool dgrad = p.direction == Direction::dgrad;
  const auto second = [&](std::int64_t i) { return rows.second[static_cast<std::size_t>(i)].sum; };
  const auto random = [&](std::int64_t i) { return u[static_cast<std::size_t>(i)]; };
  const ConvTerms terms(forward);
  const std::int64_t count = result_grid(forward).elements();
  double forward_product = 0;
#pragma omp parallel for reduction(+ : forward_product)
  for (std::int64_t i = 0; i < count; ++i) {
    double y = 0;
    terms.for_each(terms.place(i), [&](std::int64_t a, std::int64_t b) {
      y += dgrad ? random(a) * second(b) : static_cast<double>(first[a]) * random(b);
    });
    forward_product += y * (dgrad ? static_cast<double>(first[i]) : second(i));
  }
  return CombinedBound(rounding, result_grid(p).elements(), p.reduction())
      .holds(backward_product - forward_product, std::sqrt(norm), std::sqrt(magnitude),
             std::sqrt(norms));
}

template <class T>
Verdict real(const ConvProblem& p, Tensors before, Tensor output, const Rounding& rounding,
             std::uint64_t seed) {
  const ConvProblem small = reduced(p);
  const std::int64_t count = combined_count(p);
  const std::vector<double> s = signs(count, seed);
  const auto add_of = [&](const T* data) {
    return [&s, data](RealSum& sum, std::int64_t index, std::int64_t which) {
      const auto value = static_cast<double>(data[index]);
      sum.sum += value * s[static_cast<std::size_t>(which)];
      sum.magnitude += value * value;
    };
  };
  Combination rows{combined<RealSum>(second_grid(p), second_grid(small), second_by_outer(p), count,
                                     add_of(before[1].as<T>())),
                   combined<RealSum>(result_grid(p), result_grid(small), result_by_outer(p), count,
                                     add_of(output.as<T>())),
                   {},
                   {}};
  for (auto* sums : {&rows.second, &rows.found}) {
    for (RealSum& sum : *sums) sum.magnitude = std::sqrt(sum.magnitude);
  }
  rows.expected.resize(rows.found.size());
  rows.norms.resize(rows.found.size());
  const T* first = before[0].as<T>();
  const ConvTerms terms(small);
  const CombinedBound bound(rounding, count, p.reduction());
  const std::int64_t bad = first_bad(
      terms, static_cast<std::int64_t>(rows.found.size()), [&](std::int64_t i, const auto& place) {
        RealSum& expected = rows.expected[static_cast<std::size_t>(i)];
        double first_squares = 0, second_squares = 0;
        terms.for_each(place, [&](std::int64_t a, std::int64_t b) {
          const RealSum& second = rows.second[static_cast<std::size_t>(b)];
          const auto value = static_cast<double>(first[a]);
          expected.sum += value * second.sum;
          expected.magnitude += std::abs(value) * second.magnitude;
          first_squares += value * value;
        });
        if (rounding.mixed > 0) {
          terms.for_each_of_filter(place, [&](std::int64_t b) {
            const double magnitude = rows.second[static_cast<std::size_t>(b)].magnitude;
            second_squares += magnitude * magnitude;
          });
        }
        double& norms = rows.norms[static_cast<std::size_t>(i)];
        norms = std::sqrt(first_squares * second_squares);
        const RealSum& found = rows.found[static_cast<std::size_t>(i)];
        return bound.holds(found.sum - expected.sum, found.magnitude, expected.magnitude, norms);
      });
  if (bad >= 0) return bad_combination<T>(p, before, output, terms.place(bad));
  if (p.direction != Direction::fprop && !is_adjoint<T>(p, before, rows, rounding, seed)) {
    return {false, name_of_result(p.direction) + " is not the adjoint of the forward pass"};
  }
  return {};
}

}  // namespace

Verdict exact_combination(const ConvProblem& problem, Tensors before, Tensor output,
                          std::uint64_t seed) {
  return with_type(problem.dtype,
                   [&]<class T>(T) { return exact<T>(problem, before, output, seed); });
}

Verdict real_combination(const ConvProblem& problem, Tensors before, Tensor output,
                         const Rounding& rounding, std::uint64_t seed) {
  return with_type(problem.dtype,
                   [&]<class T>(T) { return real<T>(problem, before, output, rounding, seed); });
}

}  // namespace breakeven
