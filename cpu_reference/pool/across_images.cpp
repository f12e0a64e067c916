// What changed against simd: vectors run across images instead of along a row of y: 16 images'
// channel is brought side by side, an element of each in every vector. Why: a small network's rows
// are shorter than a vector, and every window is like the next one, with its images' places of the
// largest in lanes. Limits: maxima, channels first, batches of half a vector or more.

#include <omp.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "cpu_reference/common/aligned_array.h"
#include "cpu_reference/common/transpose.h"
#include "cpu_reference/common/versions.h"
#include "operations/implementation.h"
#include "operations/pool/problem.h"
#include "operations/pool/windows.h"

namespace breakeven::cpu_pool {
namespace {

constexpr std::int64_t lanes = 16;

/// The largest of a window in each lane, and the first place in the channel that has it.
struct Largest {
  float value[lanes];
  std::int32_t place[lanes];
};

/// `x` is (H, W, lanes).
BREAKEVEN_ALWAYS_INLINE void find_largest(const float* x, std::int64_t width, const Span& rows,
                                          const Span& columns, Largest& of) {
  const std::int64_t first = rows.first * width + columns.first;
  for (std::int64_t i = 0; i < lanes; ++i) {
    of.value[i] = x[first * lanes + i];
    of.place[i] = static_cast<std::int32_t>(first);
  }
  for (std::int64_t h = rows.first; h < rows.last; ++h) {
    for (std::int64_t w = columns.first; w < columns.last; ++w) {
      const std::int64_t place = h * width + w;
#pragma omp simd
      for (std::int64_t i = 0; i < lanes; ++i) {
        const float value = x[place * lanes + i];
        const bool larger = value > of.value[i];
        of.value[i] = larger ? value : of.value[i];
        of.place[i] = larger ? static_cast<std::int32_t>(place) : of.place[i];
      }
    }
  }
}

/// y (P, Q, lanes) of x (H, W, lanes).
BREAKEVEN_ALWAYS_INLINE void forward(const PoolProblem& p, const float* x, float* y) {
  Largest largest;
  for (std::int64_t h = 0; h < p.height.output(); ++h) {
    const Span rows = covered(p.height, h);
    for (std::int64_t w = 0; w < p.width.output(); ++w, y += lanes) {
      find_largest(x, p.width.input, rows, covered(p.width, w), largest);
      std::copy_n(largest.value, lanes, y);
    }
  }
}

/// dx (H, W, lanes) of dy (P, Q, lanes) and x.
BREAKEVEN_ALWAYS_INLINE void backward(const PoolProblem& p, const float* dy, const float* x,
                                      float* dx) {
  Largest largest;
  std::fill_n(dx, p.height.input * p.width.input * lanes, 0.0F);
  for (std::int64_t h = 0; h < p.height.output(); ++h) {
    const Span rows = covered(p.height, h);
    for (std::int64_t w = 0; w < p.width.output(); ++w, dy += lanes) {
      const Span columns = covered(p.width, w);
      find_largest(x, p.width.input, rows, columns, largest);
      for (std::int64_t i = rows.first; i < rows.last; ++i) {
        for (std::int64_t j = columns.first; j < columns.last; ++j) {
          const std::int64_t place = i * p.width.input + j;
#pragma omp simd
          for (std::int64_t lane = 0; lane < lanes; ++lane) {
            dx[place * lanes + lane] += largest.place[lane] == place ? dy[lane] : 0;
          }
        }
      }
    }
  }
}

class AcrossImages {
 public:
  explicit AcrossImages(const PoolProblem& p)
      : p_(p),
        x_elements_(p.height.input * p.width.input),
        y_elements_(p.height.output() * p.width.output()) {
    const std::int64_t floats = ((p.backward ? 2 : 1) * x_elements_ + y_elements_) * lanes;
    for (int i = 0; i < omp_get_max_threads(); ++i) {
      workspaces_.emplace_back(static_cast<std::size_t>(floats));
      std::fill_n(workspaces_.back().data(), floats, 0.0F);  // lanes that no image has
    }
  }

  std::size_t workspace_bytes() const { return workspaces_.size() * workspaces_.front().bytes(); }

  void run(Tensors tensors) const {
    const std::int64_t blocks = (p_.n + lanes - 1) / lanes;
#pragma omp parallel for num_threads(static_cast<int>(workspaces_.size())) schedule(static)
    for (std::int64_t i = 0; i < blocks * p_.c; ++i) {
      compute(i / p_.c * lanes, i % p_.c, tensors,
              workspaces_[static_cast<std::size_t>(omp_get_thread_num())].data());
    }
  }

 private:
  /// A channel of the images from n on.
  void compute(std::int64_t n, std::int64_t c, Tensors tensors, float* work) const {
    const ConvStrides xs = p_.x_strides(), ys = p_.y_strides();
    const std::int64_t images = std::min(lanes, p_.n - n);
    const std::int64_t of_x = n * xs.outer + c * xs.channel, of_y = n * ys.outer + c * ys.channel;
    float* const x = work;
    float* const y = x + x_elements_ * lanes;
    transpose(tensors[p_.backward ? 1 : 0].as<float>() + of_x, xs.outer, images, x_elements_, x,
              lanes);
    if (!p_.backward) {
      with_widest_vectors<forward, const PoolProblem&, const float*, float*>(p_, x, y);
      transpose(y, lanes, y_elements_, images, tensors[1].as<float>() + of_y, ys.outer);
      return;
    }
    float* const dx = y + y_elements_ * lanes;
    transpose(tensors[0].as<float>() + of_y, ys.outer, images, y_elements_, y, lanes);
    with_widest_vectors<backward, const PoolProblem&, const float*, const float*, float*>(p_, y, x,
                                                                                          dx);
    transpose(dx, lanes, x_elements_, images, tensors[2].as<float>() + of_x, xs.outer);
  }

  PoolProblem p_;
  std::int64_t x_elements_, y_elements_;         // of a channel
  std::vector<AlignedArray<float>> workspaces_;  // of each thread
};

Support supports(const PoolProblem& p) {
  if (p.pool != Pool::max) return Support::no("takes maxima only");
  if (p.channels == ChannelOrder::last) return Support::no("takes channels first only");
  if (p.n < lanes / 2) return Support::no("needs batches of 8 or more");
  return Support::yes();
}

CpuCall prepare(const PoolProblem& p) {
  const auto pool = std::make_shared<const AcrossImages>(p);
  return {.run = [pool](Tensors tensors) { pool->run(tensors); },
          .workspace_bytes = pool->workspace_bytes()};
}

}  // namespace

CpuImplementation<PoolProblem> across_images() {
  return {"across_images", Rung::tuned, true, supports, prepare};
}

}  // namespace breakeven::cpu_pool
