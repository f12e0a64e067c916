// What changed against naive: a block computes 8 × 8 places of y for 32 output channels, and first
// brings what it needs into shared memory, some input channels at a time: the patch of x under its
// places, and the filters. A thread computes two places for eight channels, in registers.
// Why: neighbouring places need overlapping windows, and all output channels the same ones. naive
// reads each element of x for each of them through the caches; here global memory gives it once to
// a block, and an element of shared memory feeds two or eight multiply-adds.
// What is left: small images leave most of the 64 places empty, and blocks of few channels threads
// idle; four loads from shared memory for 16 multiply-adds.
// Limits: fprop with one or two axes, f32; a channel's patch of up to 3072 elements and filters of
// up to 128 taps.
// Measured: on no card yet.
// Instructions: LDS.128

#include <algorithm>
#include <array>
#include <cstdint>

#include "kernels/common/launch.h"
#include "kernels/common/shared_memory.h"
#include "kernels/conv/arguments.h"
#include "kernels/conv/limits.h"

namespace breakeven::cuda_conv {
namespace {

struct Tile {
  static constexpr int TP = 8, TQ = 8, BK = 32;  // places along H and W, output channels
  static constexpr int down = 2, vectors = 2;    // of a thread: places TP / 2 apart, and channels
  static constexpr int channels = vectors * Vector<float>::size;
  static constexpr int threads = TP / down * TQ * (BK / channels);
  static constexpr int pitch = BK + Vector<float>::size;  // from a tap's filters to the next's
  static constexpr int patch_elements = 3072, most_taps = 128;
};

struct alignas(16) Shared {
  float filters[Tile::most_taps * Tile::pitch];  // (channel, tap, k)
  float patch[Tile::patch_elements];             // (channel, h, w)
};

/// How the work is cut: into input channels that fit into shared memory together, and into blocks.
struct Cut {
  int channels = 0;
  IndexSpace patch, filters;  // channels and points of a patch; channels and taps of a filter
  Divisor per_filter{1};
  int tiles_p = 0, tiles_q = 0, tiles_k = 0;
};

/// Brings the patch of channels c0, c0 + 1, … into shared memory; `x` is the group's first channel
/// of the image, and the patch begins at (h0, w0).
__device__ void load_patch(const Arguments<float>& g, const Cut& cut, const float* x, int c0,
                           int h0, int w0, float* to) {
  const int elements = cut.channels * cut.patch.points;
  for (int e = static_cast<int>(threadIdx.x); e < elements; e += Tile::threads) {
    const Counted at = cut.patch.at(e);
    const Point point = cut.patch.point(at.point);
    const int c = c0 + at.outer, h = h0 + point.axis[1], w = w0 + point.axis[2];
    const bool inside =
        c < g.term_outers && h >= 0 && h < g.axes[1].extent && w >= 0 && w < g.axes[2].extent;
    to[at.outer * cut.patch.points + at.point] =
        inside ? x[c * g.gathered.term + (h * g.gathered.axis[1] + w * g.gathered.axis[2])] : 0.0f;
  }
}

/// Brings the same channels of filters k0, k0 + 1, … into shared memory; `w` is the group's first
/// filter.
__device__ void load_filters(const Arguments<float>& g, const Cut& cut, const float* w, int c0,
                             int k0, float* to) {
  const int elements = Tile::BK * cut.per_filter.value();
  for (int e = static_cast<int>(threadIdx.x); e < elements; e += Tile::threads) {
    const int k = cut.per_filter.quotient(e);
    const Counted at = cut.filters.at(e - k * cut.per_filter.value());
    const int c = c0 + at.outer;
    const bool inside = c < g.term_outers && k0 + k < g.columns;
    to[(at.outer * cut.filters.points + at.point) * Tile::pitch + k] =
        inside ? w[(k0 + k) * g.plain.column + c * g.plain.term + at.point * g.plain.axis[2]]
               : 0.0f;
  }
}

__global__ void __launch_bounds__(Tile::threads) shared_tile_kernel(Arguments<float> g, Cut cut) {
  using S = Tile;
  constexpr int V = Vector<float>::size;
  unsigned rest = blockIdx.x;
  const auto next = [&rest](int extent) {
    const auto count = static_cast<unsigned>(extent);
    const int digit = static_cast<int>(rest % count);
    rest /= count;
    return digit;
  };
  const int k0 = next(cut.tiles_k) * S::BK, group = next(g.groups);
  const int q0 = next(cut.tiles_q) * S::TQ, p0 = next(cut.tiles_p) * S::TP;
  const int n = static_cast<int>(rest);
  const int thread = static_cast<int>(threadIdx.x);
  const int q = thread % S::TQ, p = thread / S::TQ % (S::TP / S::down);
  const int k = thread / (S::TQ * (S::TP / S::down)) * S::channels;

  const float* x = g.gathered_data + (group * g.gathered.group + n * g.gathered.row);
  const float* w = g.plain_data + group * g.plain.group;
  const int width =
      g.axes[2].place_step * (S::TQ - 1) + g.axes[2].term_step * (g.axes[2].terms - 1) + 1;
  const int start = p * g.axes[1].place_step * width + q * g.axes[2].place_step;
  const int below = S::TP / S::down * g.axes[1].place_step * width;
  Shared& shared = static_shared<Shared>();
  float sum[S::down][S::vectors][V] = {};
  for (int c0 = 0; c0 < g.term_outers; c0 += cut.channels) {
    load_patch(g, cut, x, c0, g.axes[1].begin(p0), g.axes[2].begin(q0), shared.patch);
    load_filters(g, cut, w, c0, k0, shared.filters);
    __syncthreads();
    const int left = g.term_outers - c0;
    const float* filters = shared.filters + k;
    for (int c = 0; c < (left < cut.channels ? left : cut.channels); ++c) {
      for (int r = 0; r < g.axes[1].terms; ++r) {
        const float* line =
            shared.patch + (c * cut.patch.points + start + r * g.axes[1].term_step * width);
        for (int s = 0; s < g.axes[2].terms;
             ++s, filters += S::pitch, line += g.axes[2].term_step) {
#pragma unroll
          for (int v = 0; v < S::vectors; ++v) {
            const auto times = *reinterpret_cast<const Vector<float>*>(filters + v * V);
#pragma unroll
            for (int m = 0; m < S::down; ++m) {
#pragma unroll
              for (int e = 0; e < V; ++e) sum[m][v][e] += line[m * below] * times.element[e];
            }
          }
        }
      }
    }
    __syncthreads();
  }

#pragma unroll
  for (int m = 0; m < S::down; ++m) {
    const int at_p = p0 + p + m * (S::TP / S::down), at_q = q0 + q;
    if (at_p >= g.axes[1].places || at_q >= g.axes[2].places) continue;
    float* row = g.result_data + (group * g.result.group + n * g.result.row +
                                  (at_p * g.result.axis[1] + at_q * g.result.axis[2]));
#pragma unroll
    for (int v = 0; v < S::vectors; ++v) {
      Vector<float> vector;
#pragma unroll
      for (int e = 0; e < V; ++e) vector.element[e] = sum[m][v][e];
      g.store(row, k0 + k + v * V, vector);
    }
  }
}

/// Extents along H and W of the patch that a block's places meet.
std::array<std::int64_t, 2> patch_extents(const ConvProblem& p) {
  const auto extent = [](const ConvAxis& axis, std::int64_t places) {
    return (places - 1) * axis.stride + (axis.filter - 1) * axis.dilation + 1;
  };
  return {extent(p.axes[1], Tile::TP), extent(p.axes[2], Tile::TQ)};
}

std::int64_t tiles(std::int64_t extent, std::int64_t tile) { return (extent + tile - 1) / tile; }

std::int64_t blocks_of(const ConvProblem& p) {
  return p.n * p.groups * tiles(p.group_k(), Tile::BK) * tiles(p.axes[1].output(), Tile::TP) *
         tiles(p.axes[2].output(), Tile::TQ);
}

/// Of a problem that `supports` says yes to.
Cut cut_of(const ConvProblem& p) {
  const auto [height, width] = patch_extents(p);
  const std::int64_t taps = p.axes[1].filter * p.axes[2].filter;
  Cut cut;
  cut.channels = static_cast<int>(
      std::min({p.group_c(), Tile::patch_elements / (height * width), Tile::most_taps / taps}));
  const bool last = p.channels == ChannelOrder::last;
  cut.patch = {cut.channels, {1, static_cast<int>(height), static_cast<int>(width)}, last};
  cut.filters = {cut.channels, {1, 1, static_cast<int>(taps)}, last};
  cut.per_filter = Divisor(cut.filters.size());
  cut.tiles_p = static_cast<int>(tiles(p.axes[1].output(), Tile::TP));
  cut.tiles_q = static_cast<int>(tiles(p.axes[2].output(), Tile::TQ));
  cut.tiles_k = static_cast<int>(tiles(p.group_k(), Tile::BK));
  return cut;
}

Support supports(const ConvProblem& p) {
  if (p.direction != Direction::fprop) return Support::no("computes fprop only");
  if (p.dims > 2) return Support::no("takes one or two spatial axes");
  if (const Support fits = first_no({only(p, {Dtype::f32}), fits_sums(p), fits_grid(blocks_of(p))});
      !fits) {
    return fits;
  }
  const auto [height, width] = patch_extents(p);
  if (height > Tile::patch_elements || width > Tile::patch_elements / height) {
    return Support::no("the patch of x under 8 x 8 places is " + std::to_string(height) + " x " +
                       std::to_string(width) + ", shared memory has room for " +
                       std::to_string(Tile::patch_elements) + " elements");
  }
  const std::int64_t taps = p.axes[1].filter * p.axes[2].filter;
  if (taps <= Tile::most_taps) return Support::yes();
  return Support::no("a filter has " + std::to_string(taps) + " taps, shared memory has room for " +
                     std::to_string(Tile::most_taps));
}

CudaCall prepare(const ConvProblem& p) {
  return {[sums = sums_of(p), cut = cut_of(p), blocks = static_cast<unsigned>(blocks_of(p))](
              Tensors tensors, Stream stream) {
    launch(shared_tile_kernel, {blocks, Tile::threads}, stream, Arguments<float>(sums, tensors),
           cut);
  }};
}

}  // namespace

CudaImplementation<ConvProblem> shared_tile() {
  return {"shared_tile", Rung::tuned, supports, prepare};
}

}  // namespace breakeven::cuda_conv
