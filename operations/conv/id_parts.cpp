#include "operations/conv/id_parts.h"

#include <utility>

#include "operations/conv/strides.h"

namespace breakeven {
namespace {

constexpr std::string_view kInputLetters[] = {"d", "h", "w"};
constexpr std::string_view kFilterLetters[] = {"t", "r", "s"};
constexpr std::string_view kInputNames[] = {"D", "H", "W"};
constexpr std::string_view kFilterNames[] = {"T", "R", "S"};
constexpr std::string_view kSpatial[] = {"w", "hw", "dhw"};  // by the number of axes

/// An extent that is not absurd.
std::int64_t read_extent(IdReader& reader, std::string_view letter, std::string_view name) {
  const std::int64_t extent = reader.extent(letter, name);
  if (extent > kMostOfExtent) {
    reader.fail(std::string(name) + " is beyond " + std::to_string(kMostOfExtent));
  }
  return extent;
}

}  // namespace

std::string layout_of(const ConvProblem& p) {
  const std::string spatial(kSpatial[p.dims - 1]);
  std::string text("n");
  if (p.channels == ChannelOrder::first) text += 'c';
  text += spatial;
  if (p.channels == ChannelOrder::last) text += 'c';
  return text;
}

void read_layout(IdReader& reader, ConvProblem& to) {
  const std::string_view layout = reader.field();
  for (to.dims = 1; to.dims <= 3; ++to.dims) {
    for (const ChannelOrder order : {ChannelOrder::first, ChannelOrder::last}) {
      to.channels = order;
      if (layout == layout_of(to)) return;
    }
  }
  reader.fail("layout '" + std::string(layout) + "' must be ncw, nwc, nchw, nhwc, ncdhw or ndhwc");
}

std::int64_t read_count(IdReader& reader, std::string_view name, std::int64_t least) {
  const std::int64_t count = reader.count(name, least);
  if (count > kMostOfExtent) {
    reader.fail(std::string(name) + " is beyond " + std::to_string(kMostOfExtent));
  }
  return count;
}

std::string sizes_of(const ConvProblem& p) {
  std::string text = 'n' + std::to_string(p.n) + 'c' + std::to_string(p.c);
  const auto first = static_cast<std::size_t>(3 - p.dims);
  const auto append = [&](std::string_view name, std::int64_t value) {
    text += name;
    text += std::to_string(value);
  };
  for (std::size_t i = first; i < 3; ++i) append(kInputLetters[i], p.axes[i].input);
  append("k", p.k);
  for (std::size_t i = first; i < 3; ++i) append(kFilterLetters[i], p.axes[i].filter);

  // A part only where an axis is not the default.
  const auto part = [&](std::string_view name, auto is_default, auto write) {
    bool all_default = true;
    for (const ConvAxis& axis : p.axes) all_default &= is_default(axis);
    if (all_default) return;
    text += name;
    for (std::size_t i = first; i < 3; ++i) {
      if (i > first) text += 'x';
      write(p.axes[i]);
    }
  };
  part(
      "/stride", [](const ConvAxis& axis) { return axis.stride == 1; },
      [&](const ConvAxis& axis) { append("", axis.stride); });
  part(
      "/pad", [](const ConvAxis& axis) { return axis.pad_before == 0 && axis.pad_after == 0; },
      [&](const ConvAxis& axis) {
        append("", axis.pad_before);
        if (axis.pad_after != axis.pad_before) append("-", axis.pad_after);
      });
  part(
      "/dilation", [](const ConvAxis& axis) { return axis.dilation == 1; },
      [&](const ConvAxis& axis) { append("", axis.dilation); });
  if (p.groups != 1) append("/groups", p.groups);
  return text;
}

void read_sizes(IdReader& reader, ConvProblem& p) {
  p.n = read_extent(reader, "n", "N");
  p.c = read_extent(reader, "c", "C");
  for (std::size_t i = static_cast<std::size_t>(3 - p.dims); i < 3; ++i) {
    p.axes[i].input = read_extent(reader, kInputLetters[i], kInputNames[i]);
  }
  p.k = read_extent(reader, "k", "K");
  for (std::size_t i = static_cast<std::size_t>(3 - p.dims); i < 3; ++i) {
    p.axes[i].filter = read_extent(reader, kFilterLetters[i], kFilterNames[i]);
  }
  if (reader.accept("/stride")) {
    for_each_axis(reader, p,
                  [&](ConvAxis& axis) { axis.stride = read_count(reader, "stride", 1); });
  }
  if (reader.accept("/pad")) {
    for_each_axis(reader, p, [&](ConvAxis& axis) {
      axis.pad_before = axis.pad_after = read_count(reader, "pad", 0);
      if (reader.accept("-")) axis.pad_after = read_count(reader, "pad", 0);
    });
  }
  if (reader.accept("/dilation")) {
    for_each_axis(reader, p,
                  [&](ConvAxis& axis) { axis.dilation = read_count(reader, "dilation", 1); });
  }
  if (reader.accept("/groups")) p.groups = read_count(reader, "groups", 1);
}

void refuse_sizes(const IdReader& reader, const ConvProblem& p) {
  for (const auto& [name, channels] : {std::pair{"C", p.c}, std::pair{"K", p.k}}) {
    if (channels % p.groups != 0) {
      reader.fail(std::string(name) + " is " + std::to_string(channels) + ", which " +
                  std::to_string(p.groups) + " groups do not divide");
    }
  }
  for (const ConvAxis& axis : p.axes) {
    const std::int64_t span = axis.dilation * (axis.filter - 1) + 1;
    const std::int64_t room = axis.input + axis.pad_before + axis.pad_after;
    if (span > room) {
      reader.fail("the output is empty: a filter that spans " + std::to_string(span) +
                  " does not fit into " + std::to_string(room) + " with its padding");
    }
    // Taps are counted one by one.
    constexpr std::int64_t most_taps = std::int64_t{1} << 32;
    if (overflows(axis.output(), axis.filter) || axis.output() * axis.filter > most_taps) {
      reader.fail("an axis has more than 2^32 pairs of an output and a tap");
    }
  }
  const auto bytes_overflow = [&](std::int64_t outer, std::int64_t channels,
                                  const std::array<std::int64_t, 3>& extents) {
    return overflows(outer, channels, extents[0], extents[1], extents[2], size_of(p.dtype));
  };
  if (bytes_overflow(p.n, p.c, input_extents(p))) {
    reader.fail("x takes more than 2^63 - 1 bytes");
  }
  if (bytes_overflow(p.k, p.group_c(), filter_extents(p))) {
    reader.fail("w takes more than 2^63 - 1 bytes");
  }
  if (bytes_overflow(p.n, p.k, output_extents(p))) {
    reader.fail("y takes more than 2^63 - 1 bytes");
  }
  const auto taps = filter_extents(p), places = output_extents(p);
  if (overflows(2, p.n, p.k, p.group_c(), taps[0], taps[1], taps[2], places[0], places[1],
                places[2])) {
    reader.fail("it takes more than 2^63 - 1 floating-point operations");
  }
  if (p.flops() == 0) reader.fail("every tap falls on padding: there is nothing to compute");
}

}  // namespace breakeven
