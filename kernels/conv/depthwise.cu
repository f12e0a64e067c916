// For depthwise convolutions only, in which a filter has one channel. What changed against
// implicit_gemm: there is no product of matrices in them, and nothing for tensor cores: each
// element is multiplied by a handful of others. A thread computes four neighbouring places along W.
// Of each line it reads every element once and adds it to all sums that it is in, filters being in
// registers by then; channels last, it does so for 16 bytes of neighbouring channels. A block's
// filters are turned in shared memory, once. dgrad is the same with the filter reversed, and with a
// stride of 2 begins where places and taps of the same parity meet.
// Why: what is left is the time of reading and writing, and each read serves up to four sums.
// What is left: lines are read again for each row of a filter, through the L1.
// Limits: groups equal to C (any number of filters for each channel); fprop and dgrad; f32, bf16
// and f16; along W filters of 3, 5 and 7, strides of 1 and 2, no dilation (along D and H any). A
// block's filters fit into 16 KB. bf16 from architecture 80 on.
// Measured: on no card yet.

#include <algorithm>
#include <cstdint>
#include <string>

#include "kernels/common/convert.h"
#include "kernels/common/launch.h"
#include "kernels/common/shared_memory.h"
#include "kernels/conv/arguments.h"
#include "kernels/conv/limits.h"

namespace breakeven::cuda_conv {
namespace {

struct Tile {
  static constexpr int threads = 128;
  static constexpr int V = 4;  // places of a thread along W
  static constexpr int filter_elements = 4096;
};

struct alignas(16) Filters {
  float element[Tile::filter_elements];  // (filter of a channel, tap, channel of the block)
};

/// How the work is cut. A thread has `pack` channels of the result and V places along W, and a
/// block `lanes` threads side by side along channels.
struct Cut {
  int lanes = 1, channel_tiles = 1;
  IndexSpace index;        // images and points, those of W counted by V
  int shift = 0;           // the first thread begins so far in front of W's first place
  Divisor per_channel{1};  // elements of all filters of a channel of the result

  std::int64_t blocks() const {
    const std::int64_t side_by_side = Tile::threads / lanes;
    return channel_tiles * ((index.size() + side_by_side - 1) / side_by_side);
  }
};

/// Brings the filters of `width` channels of the result into shared memory. They lie one after
/// another in memory, all taps of one together, whatever the order of channels.
template <class T>
__device__ void load_filters(const Arguments<T>& g, const Cut& cut, int first_channel, int width,
                             Filters& to) {
  const int per_channel = cut.per_channel.value();
  const std::int64_t begin = std::int64_t{first_channel} * per_channel;
  const std::int64_t end = std::int64_t{g.groups} * g.columns * per_channel;
  for (int e = static_cast<int>(threadIdx.x); e < width * per_channel; e += Tile::threads) {
    const int channel = cut.per_channel.quotient(e), rest = e - channel * per_channel;
    to.element[rest * width + channel] =
        begin + e < end ? widened<float>(g.plain_data[begin + e]) : 0.0f;
  }
}

template <class T, int pack>
struct alignas(pack * sizeof(T)) Pack {
  T element[pack];
};

/// Adds a line of the gathered tensor to a thread's sums. With taps counted from the side where the
/// line begins, place v meets element x of it through tap s if v·up + s = x·down: `up` is the
/// stride of fprop, `down` that of dgrad.
template <int up, int down, class T, int pack, int S>
__device__ void add_line(float (&sums)[Tile::V][pack], const float (&filter)[S][pack],
                         const T* line, int first, int extent, int step) {
  constexpr int length = ((Tile::V - 1) * up + S - 1) / down + 1;
#pragma unroll
  for (int x = 0; x < length; ++x) {
    const int at = first + x;
    if (at < 0 || at >= extent) continue;
    const auto elements = *reinterpret_cast<const Pack<T, pack>*>(line + at * step);
#pragma unroll
    for (int v = 0; v < Tile::V; ++v) {
      const int s = x * down - v * up;
      if (s < 0 || s >= S) continue;
#pragma unroll
      for (int e = 0; e < pack; ++e) {
        sums[v][e] += widened<float>(elements.element[e]) * filter[s][e];
      }
    }
  }
}

template <class T, int pack, int S, int up, int down>
__global__ void __launch_bounds__(Tile::threads) depthwise_kernel(Arguments<T> g, Cut cut) {
  Filters& filters = static_shared<Filters>();
  const int width = cut.lanes * pack;
  const auto tiles = static_cast<unsigned>(cut.channel_tiles);
  const int first_channel = static_cast<int>(blockIdx.x % tiles) * width;
  load_filters(g, cut, first_channel, width, filters);
  __syncthreads();

  const int thread = static_cast<int>(threadIdx.x), lane = thread % cut.lanes * pack;
  const std::int64_t place =
      std::int64_t{blockIdx.x / tiles} * (Tile::threads / cut.lanes) + thread / cut.lanes;
  const int channel = first_channel + lane;
  if (channel >= g.groups * g.columns || place >= cut.index.size()) return;
  const Counted at = cut.index.at(static_cast<int>(place));
  const Point point = cut.index.point(at.point);
  const int first_place = point.axis[2] * Tile::V - cut.shift;
  const bool backward = g.axes[2].term_step < 0;
  const int first = (g.axes[2].begin(first_place) - (backward ? S - 1 : 0)) / down;  // of a line
  const int begin_d = g.axes[0].begin(point.axis[0]), begin_h = g.axes[1].begin(point.axis[1]);
  const int group = channel / g.columns;
  const T* image = g.gathered_data + (group * g.gathered.group + at.outer * g.gathered.row);

  float sums[Tile::V][pack] = {};
  const float* next = filters.element + lane;
  for (int i = 0; i < g.term_outers; ++i, image += g.gathered.term) {
    for (int t = 0; t < g.axes[0].terms; ++t) {
      for (int r = 0; r < g.axes[1].terms; ++r, next += S * width) {
        const int d = g.axes[0].meet_divided(begin_d, t), h = g.axes[1].meet_divided(begin_h, r);
        if ((d | h) < 0) continue;
        float filter[S][pack];
#pragma unroll
        for (int s = 0; s < S; ++s) {
#pragma unroll
          for (int e = 0; e < pack; ++e) {
            filter[s][e] = next[(backward ? S - 1 - s : s) * width + e];
          }
        }
        add_line<up, down>(sums, filter, image + (d * g.gathered.axis[0] + h * g.gathered.axis[1]),
                           first, g.axes[2].extent, g.gathered.axis[2]);
      }
    }
  }

  T* to =
      g.result_data + (group * g.result.group + (channel - group * g.columns) * g.result.column +
                       at.outer * g.result.row +
                       (point.axis[0] * g.result.axis[0] + point.axis[1] * g.result.axis[1]));
#pragma unroll
  for (int v = 0; v < Tile::V; ++v) {
    const int w = first_place + v;
    if (w < 0 || w >= g.axes[2].places) continue;
    Pack<T, pack> elements;
#pragma unroll
    for (int e = 0; e < pack; ++e) elements.element[e] = narrowed<T>(sums[v][e]);
    *reinterpret_cast<Pack<T, pack>*>(to + w * g.result.axis[2]) = elements;
  }
}

/// Elements of all filters of a channel of the result.
std::int64_t filter_elements(const Sums& sums) {
  return std::int64_t{sums.term_outers} * sums.axes[0].terms * sums.axes[1].terms *
         sums.axes[2].terms;
}

/// Channels that a thread takes together.
int pack_of(const ConvProblem& p) {
  const auto most = static_cast<int>(16 / size_of(p.dtype));
  const bool whole = p.channels == ChannelOrder::last && p.c == p.k && p.c % most == 0;
  return whole ? most : 1;
}

/// Of a depthwise problem that fits_sums.
Cut cut_of(const ConvProblem& p) {
  const Sums sums = sums_of(p);
  const int pack = pack_of(p), channels = sums.groups * sums.columns;
  const int most_lanes = p.channels == ChannelOrder::first ? 1 : pack > 1 ? 8 : 32;
  Cut cut;
  while (cut.lanes < most_lanes && cut.lanes * pack < channels) cut.lanes *= 2;
  cut.channel_tiles = (channels - 1) / (cut.lanes * pack) + 1;
  const ConvAxis& axis = p.axes[2];
  if (p.direction == Direction::dgrad && axis.stride == 2) {
    cut.shift = static_cast<int>(axis.pad_before % 2);  // what a thread begins with meets tap 0
  }
  const int quads = (sums.axes[2].places + cut.shift - 1) / Tile::V + 1;
  cut.index = {sums.row_outers, {sums.axes[0].places, sums.axes[1].places, quads}, false};
  cut.per_channel = Divisor(filter_elements(sums));
  return cut;
}

/// Calls `visit` with the type, the pack, the filter's width and the strides of the instance for a
/// problem.
template <class Visit>
void with_instance(const ConvProblem& p, Visit&& visit) {
  const auto with_strides = [&]<class T, int pack, int S>() {
    if (p.axes[2].stride == 1) return visit.template operator()<T, pack, S, 1, 1>();
    p.direction == Direction::fprop ? visit.template operator()<T, pack, S, 2, 1>()
                                    : visit.template operator()<T, pack, S, 1, 2>();
  };
  const auto with_filter = [&]<class T, int pack>() {
    p.axes[2].filter == 3   ? with_strides.template operator()<T, pack, 3>()
    : p.axes[2].filter == 5 ? with_strides.template operator()<T, pack, 5>()
                            : with_strides.template operator()<T, pack, 7>();
  };
  with_type_of_f32_sums(p.dtype, [&]<class T>() {
    pack_of(p) == 1 ? with_filter.template operator()<T, 1>()
                    : with_filter.template operator()<T, Vector<T>::size>();
  });
}

Support supports(const ConvProblem& p) {
  const ConvAxis& axis = p.axes[2];
  if (p.groups != p.c) return Support::no("computes depthwise convolutions only, with C groups");
  if (p.direction == Direction::wgrad) return Support::no("computes fprop and dgrad only");
  if (axis.filter != 3 && axis.filter != 5 && axis.filter != 7) {
    return Support::no("along W it takes filters of 3, 5 and 7");
  }
  if (axis.stride > 2 || axis.dilation > 1) {
    return Support::no("along W it takes strides of 1 and 2 and no dilation");
  }
  if (const Support fits =
          first_no({only(p, {Dtype::f32, Dtype::bf16, Dtype::f16}), fits_matrices(p)});
      !fits) {
    return fits;
  }
  const Cut cut = cut_of(p);
  const std::int64_t width = std::int64_t{cut.lanes} * pack_of(p);
  const std::int64_t elements = filter_elements(sums_of(p)) * width;
  if (elements > Tile::filter_elements) {
    return Support::no("the filters of " + std::to_string(width) + " channels have " +
                       std::to_string(elements) + " elements, shared memory has room for " +
                       std::to_string(Tile::filter_elements));
  }
  return first_no({fits_grid(cut.blocks()), rounds_to(p, reinterpret_cast<const void*>(
                                                             depthwise_kernel<Bf16, 1, 3, 1, 1>))});
}

CudaCall prepare(const ConvProblem& p) {
  return {[p, sums = sums_of(p), cut = cut_of(p)](Tensors tensors, Stream stream) {
    with_instance(p, [&]<class T, int pack, int S, int up, int down>() {
      launch(depthwise_kernel<T, pack, S, up, down>,
             {static_cast<unsigned>(cut.blocks()), Tile::threads}, stream,
             Arguments<T>(sums, tensors), cut);
    });
  }};
}

}  // namespace

CudaImplementation<ConvProblem> depthwise() {
  return {"depthwise", Rung::tuned, supports, prepare};
}

}  // namespace breakeven::cuda_conv
