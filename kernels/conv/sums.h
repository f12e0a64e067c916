#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "kernels/conv/divisor.h"
#include "operations/conv/strides.h"

namespace breakeven::cuda_conv {

/// One axis of what is summed: which element of the gathered tensor a place of the result meets in
/// a term of its sum. y[q] has the term x[q·stride - pad + s·dilation]·w[s]; hence dw[s] has the
/// term x[s·dilation - pad + q·stride]·dy[q], and dx[w] has dy[(w + pad - s·dilation) /
/// stride]·w[s] where that is whole.
struct GatherAxis {
  int places = 1, terms = 1;  // how many there are
  int place_step = 1, term_step = 1, offset = 0;
  Divisor divisor{1};
  int extent = 1;  // of the gathered tensor

  __device__ int begin(int place) const { return place * place_step + offset; }
  /// The element of a term, from where a place begins; negative for none, which is padding. Of an
  /// axis whose divisor is 1.
  __device__ int meet(int begin, int term) const {
    const int at = begin + term * term_step;
    return at < extent ? at : -1;
  }
  /// The same of any axis.
  __device__ int meet_divided(int begin, int term) const {
    const int at = begin + term * term_step;
    if (at < 0) return -1;
    const int quotient = divisor.quotient(at);
    return quotient * divisor.value() == at && quotient < extent ? quotient : -1;
  }
};

/// An image, channel or filter, and a point of it.
struct Counted {
  int outer, point;
};

/// A point along D, H, W.
struct Point {
  int axis[3];
};

/// `outers` times `points`, counted by one index in the order in which they lie in memory.
struct IndexSpace {
  int outers = 1, points = 1;
  bool outer_fastest = false;

  IndexSpace() = default;
  IndexSpace(int outers, const int (&extents)[3], bool outer_fastest)
      : outers(outers),
        points(extents[0] * extents[1] * extents[2]),
        outer_fastest(outer_fastest),
        fastest_(at_least_1(outer_fastest ? outers : points)),
        height_(at_least_1(extents[1])),
        width_(at_least_1(extents[2])) {}

  __host__ __device__ std::int64_t size() const { return std::int64_t{outers} * points; }

  __device__ Counted at(int index) const {
    const int quotient = fastest_.quotient(index), rest = index - quotient * fastest_.value();
    return outer_fastest ? Counted{rest, quotient} : Counted{quotient, rest};
  }
  __device__ Point point(int point) const {
    const int line = width_.quotient(point), plane = height_.quotient(line);
    return {{plane, line - plane * height_.value(), point - line * width_.value()}};
  }

 private:
  static int at_least_1(int extent) { return std::max(extent, 1); }

  Divisor fastest_{1}, height_{1}, width_{1};
};

/// How far apart in memory neighbours of a tensor are, in elements; 0 for what it does not have.
struct Distances {
  std::int64_t first = 0;  // where it begins
  std::int64_t group = 0;
  std::int64_t row = 0, term = 0;  // from one outer index of rows or of terms to the next
  std::int64_t column = 0;
  int axis[3] = {0, 0, 0};
};

/// A direction's result as a product of matrices, one for each group, of which one is gathered
/// from a tensor and zero where a tap falls on padding:
///
///   direction  rows         columns  terms        gathered  plain
///   fprop      n, (o, p, q)    k     c, (t, r, s)    x        w
///   dgrad      n, (d, h, w)    c     k, (t, r, s)    dy       w
///   wgrad      c, (t, r, s)    k     n, (o, p, q)    x        dy
///
/// Channels, here all of one group, are counted slowest or fastest, as they lie in memory; images
/// always slowest. The tensors come in the order gathered, plain, result.
struct Sums {
  int groups = 1, columns = 1;
  int row_outers = 1, term_outers = 1;
  std::int64_t rows = 1, terms = 1;
  IndexSpace row_index, term_index;
  GatherAxis axes[3];
  Distances gathered, plain, result;

  /// Counts rows and terms as the axes have them.
  void count(bool rows_outer_fastest, bool terms_outer_fastest) {
    row_index = {row_outers, {axes[0].places, axes[1].places, axes[2].places}, rows_outer_fastest};
    term_index = {term_outers, {axes[0].terms, axes[1].terms, axes[2].terms}, terms_outer_fastest};
    rows = row_index.size();
    terms = term_index.size();
  }
};

inline GatherAxis gather_axis(const ConvAxis& axis, Direction direction) {
  const auto in = static_cast<int>(axis.input), out = static_cast<int>(axis.output()),
             filter = static_cast<int>(axis.filter), stride = static_cast<int>(axis.stride),
             dilation = static_cast<int>(axis.dilation), pad = static_cast<int>(axis.pad_before);
  switch (direction) {
    case Direction::fprop:
      return {out, filter, stride, dilation, -pad, Divisor(1), in};
    case Direction::dgrad:
      return {in, filter, 1, -dilation, pad, Divisor(stride), out};
    case Direction::wgrad:
      break;
  }
  return {filter, out, dilation, stride, -pad, Divisor(1), in};
}

/// Of a problem that fits_sums (limits.h).
inline Sums sums_of(const ConvProblem& p) {
  const ConvStrides x = x_strides(p), w = w_strides(p), y = y_strides(p);
  const std::int64_t c = p.group_c(), k = p.group_k();
  Sums sums;
  const auto set_axes = [&](const ConvStrides& gathered, const ConvStrides& plain,
                            const ConvStrides& result) {
    for (std::size_t i = 0; i < 3; ++i) {
      sums.axes[i] = gather_axis(p.axes[i], p.direction);
      sums.gathered.axis[i] = static_cast<int>(gathered.axis[i]);
      sums.plain.axis[i] = static_cast<int>(plain.axis[i]);
      sums.result.axis[i] = static_cast<int>(result.axis[i]);
    }
  };
  sums.groups = static_cast<int>(p.groups);
  switch (p.direction) {
    case Direction::fprop:
      sums.columns = static_cast<int>(k);
      sums.row_outers = static_cast<int>(p.n);
      sums.term_outers = static_cast<int>(c);
      sums.gathered = {.group = c * x.channel, .row = x.outer, .term = x.channel};
      sums.plain = {.group = k * w.outer, .term = w.channel, .column = w.outer};
      sums.result = {.group = k * y.channel, .row = y.outer, .column = y.channel};
      set_axes(x, w, y);
      break;
    case Direction::dgrad:
      sums.columns = static_cast<int>(c);
      sums.row_outers = static_cast<int>(p.n);
      sums.term_outers = static_cast<int>(k);
      sums.gathered = {.group = k * y.channel, .row = y.outer, .term = y.channel};
      sums.plain = {.group = k * w.outer, .term = w.outer, .column = w.channel};
      sums.result = {.group = c * x.channel, .row = x.outer, .column = x.channel};
      set_axes(y, w, x);
      break;
    case Direction::wgrad:
      sums.columns = static_cast<int>(k);
      sums.row_outers = static_cast<int>(c);
      sums.term_outers = static_cast<int>(p.n);
      sums.gathered = {.group = c * x.channel, .row = x.channel, .term = x.outer};
      sums.plain = {.group = k * y.channel, .term = y.outer, .column = y.channel};
      sums.result = {.group = k * w.outer, .row = w.channel, .column = w.outer};
      set_axes(x, y, w);
      break;
  }
  const bool last = p.channels == ChannelOrder::last, wgrad = p.direction == Direction::wgrad;
  sums.count(last && wgrad, last && !wgrad);
  return sums;
}

/// Of dgrad the places first, first + stride, … along an axis, with the taps that meet anything
/// from there: among themselves they are a stride of 1, and nothing is left to divide.
inline Sums residue(const Sums& whole, std::size_t i, const ConvAxis& axis, std::int64_t first) {
  Sums sums = whole;
  const std::int64_t step = axis.stride / std::gcd(axis.stride, axis.dilation);  // between taps
  const auto distance = [&](std::int64_t tap) { return first - axis.source(0, tap); };
  std::int64_t tap = 0;  // the first of them
  while (tap < std::min(step, axis.filter) && distance(tap) % axis.stride != 0) ++tap;
  const bool any = tap < std::min(step, axis.filter);
  GatherAxis& gather = sums.axes[i];
  gather.places = static_cast<int>((axis.input - first - 1) / axis.stride + 1);
  gather.terms = any ? static_cast<int>((axis.filter - tap - 1) / step + 1) : 0;
  gather.term_step = static_cast<int>(-(step * axis.dilation / axis.stride));
  gather.offset = any ? static_cast<int>(distance(tap) / axis.stride) : 0;
  gather.divisor = Divisor(1);
  // The distance to what is not there may be too large for an int.
  const auto times = [](int extent, std::int64_t distance) {
    return extent > 1 ? static_cast<int>(distance) : 0;
  };
  sums.plain.first += any ? tap * whole.plain.axis[i] : 0;
  sums.plain.axis[i] = times(gather.terms, step * whole.plain.axis[i]);
  sums.result.first += first * whole.result.axis[i];
  sums.result.axis[i] = times(gather.places, axis.stride * whole.result.axis[i]);
  sums.count(whole.row_index.outer_fastest, whole.term_index.outer_fastest);
  return sums;
}

/// A result as products in which every divisor is 1: of dgrad one for each residue of a place by
/// the stride, none of which tries a tap in vain; of other directions one.
inline std::vector<Sums> undivided_sums(const ConvProblem& p) {
  std::vector<Sums> all{sums_of(p)};
  if (p.direction != Direction::dgrad) return all;
  for (std::size_t i = 0; i < 3; ++i) {
    const ConvAxis& axis = p.axes[i];
    std::vector<Sums> cut;
    for (const Sums& whole : all) {
      for (std::int64_t first = 0; first < std::min(axis.stride, axis.input); ++first) {
        cut.push_back(residue(whole, i, axis, first));
      }
    }
    all = cut;
  }
  return all;
}

}  // namespace breakeven::cuda_conv
