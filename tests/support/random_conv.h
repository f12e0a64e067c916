#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "operations/conv/problem.h"
#include "operations/conv/taps.h"
#include "tests/support/conv_check.h"

namespace breakeven::test {

/// Whether it is a convolution: has an output, and a tap that meets an element.
inline bool is_valid(const ConvProblem& p) {
  return std::all_of(p.axes.begin(), p.axes.end(), [](const ConvAxis& axis) {
    return axis.output() >= 1 && count_taps(axis).triples > 0;
  });
}

/// Any geometry with extents and channels of a group up to those; every second one has one group
/// and 3x3 filters without stride, which some implementations are for.
inline ConvProblem random_conv(std::mt19937_64& random, std::int64_t largest,
                               std::int64_t most_channels = 3) {
  const auto from = [&](std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random);
  };
  ConvProblem p;
  p.dtype = conv_dtypes[random() % 4];
  p.channels = random() % 2 == 0 ? ChannelOrder::first : ChannelOrder::last;
  p.direction = conv_directions[random() % 3];
  p.dims = static_cast<int>(from(1, 3));
  p.n = from(1, 3);
  const bool usual = random() % 2 == 0;
  p.groups = usual ? 1 : from(1, 3);
  p.c = p.groups * from(1, most_channels);
  p.k = p.groups * from(1, most_channels);
  do {
    for (auto i = static_cast<std::size_t>(3 - p.dims); i < 3; ++i) {
      p.axes[i] = {from(1, largest), from(1, 4), from(1, 4), from(1, 3), from(0, 3), from(0, 3)};
      if (usual) p.axes[i].filter = 3, p.axes[i].stride = p.axes[i].dilation = 1;
    }
  } while (!is_valid(p));
  return p;
}

/// Problems that are simpler in one way, the boldest steps first.
inline std::vector<ConvProblem> simpler(const ConvProblem& p) {
  std::vector<ConvProblem> all;
  const auto lower = [&](std::int64_t value, std::int64_t least, auto set) {
    for (const std::int64_t next : {least, (least + value) / 2, value - 1}) {
      if (next < least || next >= value) continue;
      ConvProblem one = p;
      set(one, next);
      if (is_valid(one)) all.push_back(one);
    }
  };
  lower(p.n, 1, [](ConvProblem& one, std::int64_t n) { one.n = n; });
  lower(p.groups, 1, [&](ConvProblem& one, std::int64_t groups) {
    one.groups = groups;
    one.c = groups * p.group_c();
    one.k = groups * p.group_k();
  });
  lower(p.group_c(), 1, [&](ConvProblem& one, std::int64_t c) { one.c = p.groups * c; });
  lower(p.group_k(), 1, [&](ConvProblem& one, std::int64_t k) { one.k = p.groups * k; });
  for (auto i = static_cast<std::size_t>(3 - p.dims); i < 3; ++i) {
    ConvProblem point = p;  // padding and filter may only be lowered together
    point.axes[i] = {.input = p.axes[i].input, .stride = p.axes[i].stride};
    if (point != p) all.push_back(point);
    const auto lower_axis = [&](std::int64_t ConvAxis::* field, std::int64_t least) {
      lower(p.axes[i].*field, least,
            [&](ConvProblem& one, std::int64_t value) { one.axes[i].*field = value; });
    };
    lower_axis(&ConvAxis::input, 1);
    lower_axis(&ConvAxis::filter, 1);
    lower_axis(&ConvAxis::stride, 1);
    lower_axis(&ConvAxis::dilation, 1);
    lower_axis(&ConvAxis::pad_before, 0);
    lower_axis(&ConvAxis::pad_after, 0);
  }
  return all;
}

/// The simplest problem that still fails, taking one step after the other from one that does.
template <class Fails>
ConvProblem shrunk(ConvProblem failing, Fails fails) {
  for (bool found = true; found;) {
    const std::vector<ConvProblem> candidates = simpler(failing);
    const auto next = std::find_if(candidates.begin(), candidates.end(), fails);
    found = next != candidates.end();
    if (found) failing = *next;
  }
  return failing;
}

/// Of a test with random data: another one each time, unless $BREAKEVEN_TEST_SEED repeats one.
inline std::uint64_t test_seed() {
  const char* chosen = std::getenv("BREAKEVEN_TEST_SEED");
  return chosen ? std::strtoull(chosen, nullptr, 10) : std::random_device()();
}

}  // namespace breakeven::test
