#pragma once

#include <array>
#include <cstdint>

#include "operations/conv/strides.h"
#include "operations/conv/taps.h"
#include "operations/conv/winograd.h"

namespace breakeven {

/// A direction's result as sums of products: which elements of the first tensor meet which of the
/// second in an element of the third. The one description that all three directions share:
///
///   direction  result     first     second      besides taps, summed over
///   fprop      y (n, k)   x (n, c)  w (k, c)    c of the group
///   dgrad      dx (n, c)  dy (n, k) w (k, c)    k of the group
///   wgrad      dw (k, c)  x (n, c)  dy (n, k)   n
class ConvTerms {
 public:
  explicit ConvTerms(const ConvProblem& p)
      : p_(p),
        x_(x_strides(p)),
        w_(w_strides(p)),
        y_(y_strides(p)),
        taps_{AxisTaps(p.axes[0], p.direction), AxisTaps(p.axes[1], p.direction),
              AxisTaps(p.axes[2], p.direction)} {}

  /// The result's outer index (n or k), its channel, and its place along D, H, W.
  struct Place {
    std::int64_t outer, channel;
    std::array<std::int64_t, 3> axis;
  };

  std::int64_t outers() const { return p_.direction == Direction::wgrad ? p_.k : p_.n; }
  std::int64_t channels() const {
    return p_.direction == Direction::fprop   ? p_.k
           : p_.direction == Direction::dgrad ? p_.c
                                              : p_.group_c();
  }
  std::array<std::int64_t, 3> extents() const {
    return p_.direction == Direction::fprop   ? output_extents(p_)
           : p_.direction == Direction::dgrad ? input_extents(p_)
                                              : filter_extents(p_);
  }
  const ConvStrides& result_strides() const {
    return p_.direction == Direction::fprop ? y_ : p_.direction == Direction::dgrad ? x_ : w_;
  }

  /// The element of the result at that index in memory.
  Place place(std::int64_t index) const {
    const auto extent = extents();
    Place place{};
    if (p_.channels == ChannelOrder::last) {
      place.channel = index % channels();
      index /= channels();
    }
    for (int i = 2; i >= 0; --i) {
      place.axis[i] = index % extent[i];
      index /= extent[i];
    }
    if (p_.channels == ChannelOrder::first) {
      place.channel = index % channels();
      index /= channels();
    }
    place.outer = index;
    return place;
  }
  std::int64_t index(const Place& place) const {
    const ConvStrides& s = result_strides();
    return place.outer * s.outer + place.channel * s.channel + place.axis[0] * s.axis[0] +
           place.axis[1] * s.axis[1] + place.axis[2] * s.axis[2];
  }

  /// Whether implementations may mix the terms of a sum before they multiply.
  bool mixable() const { return has_winograd(p_); }
  /// Calls `visit(second)` with the index in memory of each element of the filters that a sum could
  /// have, also of those that meet padding. fprop and dgrad.
  template <class Visit>
  void for_each_of_filter(const Place& at, Visit visit) const {
    const Sum sum = sum_of(at);
    const auto extents = filter_extents(p_);
    for (std::int64_t t = 0; t < extents[0]; ++t) {
      for (std::int64_t r = 0; r < extents[1]; ++r) {
        for (std::int64_t s = 0; s < extents[2]; ++s) {
          const std::int64_t tap =
              t * sum.second_axis[0] + r * sum.second_axis[1] + s * sum.second_axis[2];
          for (std::int64_t i = 0; i < sum.count; ++i)
            visit(sum.second + tap + i * sum.second_step);
        }
      }
    }
  }

  /// Calls `visit(first, second)` with the indices in memory of the factors of each term.
  template <class Visit>
  void for_each(const Place& at, Visit visit) const {
    const Sum sum = sum_of(at);
    for (const auto& d : taps_[0].of(at.axis[0])) {
      for (const auto& h : taps_[1].of(at.axis[1])) {
        for (const auto& w : taps_[2].of(at.axis[2])) {
          std::int64_t first = sum.first + d.first * sum.first_axis[0] +
                               h.first * sum.first_axis[1] + w.first * sum.first_axis[2];
          std::int64_t second = sum.second + d.second * sum.second_axis[0] +
                                h.second * sum.second_axis[1] + w.second * sum.second_axis[2];
          for (std::int64_t i = 0; i < sum.count; ++i) {
            visit(first, second);
            first += sum.first_step;
            second += sum.second_step;
          }
        }
      }
    }
  }

 private:
  /// Where the factors of the first term are and how far the next are, besides taps.
  struct Sum {
    std::int64_t first, second, count, first_step, second_step;
    const std::array<std::int64_t, 3>&first_axis, &second_axis;
  };

  Sum sum_of(const Place& at) const {
    const std::int64_t group_c = p_.group_c(), group_k = p_.group_k();
    switch (p_.direction) {
      case Direction::fprop: {
        const std::int64_t group = at.channel / group_k;
        return {at.outer * x_.outer + group * group_c * x_.channel,
                at.channel * w_.outer,
                group_c,
                x_.channel,
                w_.channel,
                x_.axis,
                w_.axis};
      }
      case Direction::dgrad: {
        const std::int64_t group = at.channel / group_c;
        return {at.outer * y_.outer + group * group_k * y_.channel,
                group * group_k * w_.outer + at.channel % group_c * w_.channel,
                group_k,
                y_.channel,
                w_.outer,
                y_.axis,
                w_.axis};
      }
      case Direction::wgrad:
        break;
    }
    const std::int64_t group = at.outer / group_k;
    return {(group * group_c + at.channel) * x_.channel,
            at.outer * y_.channel,
            p_.n,
            x_.outer,
            y_.outer,
            x_.axis,
            y_.axis};
  }

  ConvProblem p_;
  ConvStrides x_, w_, y_;
  std::array<AxisTaps, 3> taps_;
};

}  // namespace breakeven
