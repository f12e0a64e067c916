// What changed against threaded: the widest vectors that the CPU has, along the places of a
// channel, and the mean and variance of a batch in one pass instead of two: sums of the distances
// from the channel's first element, and of their squares, in double. Why: one element at a time,
// additions in double are what takes the time, and x is read from memory once more. Limits:
// channels first.

#include <cmath>

#include "cpu_reference/common/parallel.h"
#include "cpu_reference/common/versions.h"
#include "operations/batch_norm/problem.h"
#include "operations/implementation.h"

namespace breakeven::cpu_batch_norm {
namespace {

/// Two sums over the elements of a channel.
struct Sums {
  double first = 0, second = 0;
};

/// Adds up x - shift and its square.
BREAKEVEN_ALWAYS_INLINE void add_moments(const float* x, double shift, std::int64_t n, Sums* sums) {
  double sum = 0, squares = 0;
#pragma omp simd reduction(+ : sum, squares)
  for (std::int64_t i = 0; i < n; ++i) {
    const double distance = static_cast<double>(x[i]) - shift;
    sum += distance;
    squares += distance * distance;
  }
  sums->first += sum;
  sums->second += squares;
}

/// Adds up dy and dy·(x - mean).
BREAKEVEN_ALWAYS_INLINE void add_gradients(const float* dy, const float* x, float mean,
                                           std::int64_t n, Sums* sums) {
  double sum = 0, products = 0;
#pragma omp simd reduction(+ : sum, products)
  for (std::int64_t i = 0; i < n; ++i) {
    sum += static_cast<double>(dy[i]);
    products += static_cast<double>(dy[i]) * static_cast<double>(x[i] - mean);
  }
  sums->first += sum;
  sums->second += products;
}

BREAKEVEN_ALWAYS_INLINE void normalise(const float* x, float mean, float scale, float bias,
                                       float* y, std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) y[i] = (x[i] - mean) * scale + bias;
}

/// dx = factor·(dy - mean_dy - (x - mean)·tilt)
BREAKEVEN_ALWAYS_INLINE void differentiate(const float* dy, const float* x, float mean,
                                           float factor, float mean_dy, float tilt, float* dx,
                                           std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) {
    dx[i] = factor * (dy[i] - mean_dy - (x[i] - mean) * tilt);
  }
}

/// Calls `visit(first)` with where the channel begins in each image; its places follow.
template <class Visit>
void for_each_image(const BatchNormProblem& p, std::int64_t channel, Visit visit) {
  for (std::int64_t n = 0; n < p.n; ++n) visit(p.at(channel, n * p.places));
}

void forward(const BatchNormProblem& p, std::int64_t c, Tensors tensors) {
  const float* x = tensors[0].as<float>();
  float& running_mean = tensors[3].as<float>()[c];
  float& running_var = tensors[4].as<float>()[c];
  float mean = running_mean, var = running_var;
  if (p.mode == BatchNorm::training) {
    Sums sums;
    const double shift = x[p.at(c, 0)];
    for_each_image(p, c, [&](std::int64_t first) {
      with_widest_vectors<add_moments>(x + first, shift, p.places, &sums);
    });
    const auto count = static_cast<double>(p.count());
    const double distance = sums.first / count;
    const double spread = std::fmax(sums.second - sums.first * distance, 0.0);
    const auto update = [&](float& running, double batch) {
      running = static_cast<float>(running + p.momentum * (batch - running));
    };
    update(running_mean, shift + distance);
    update(running_var, spread / (count - 1));
    mean = tensors[6].as<float>()[c] = static_cast<float>(shift + distance);
    var = tensors[7].as<float>()[c] = static_cast<float>(spread / count);
  }
  const float scale = tensors[1].as<float>()[c] / std::sqrt(var + static_cast<float>(p.eps));
  const float bias = tensors[2].as<float>()[c];
  float* y = tensors[5].as<float>();
  for_each_image(p, c, [&](std::int64_t first) {
    with_widest_vectors<normalise>(x + first, mean, scale, bias, y + first, p.places);
  });
}

void backward(const BatchNormProblem& p, std::int64_t c, Tensors tensors) {
  const float *dy = tensors[0].as<float>(), *x = tensors[1].as<float>();
  float* dx = tensors[5].as<float>();
  const float weight = tensors[2].as<float>()[c], mean = tensors[3].as<float>()[c];
  const float scale = 1 / std::sqrt(tensors[4].as<float>()[c] + static_cast<float>(p.eps));
  Sums sums;
  for_each_image(p, c, [&](std::int64_t first) {
    with_widest_vectors<add_gradients>(dy + first, x + first, mean, p.places, &sums);
  });
  const double product = sums.second * static_cast<double>(scale);
  tensors[6].as<float>()[c] = static_cast<float>(product);
  tensors[7].as<float>()[c] = static_cast<float>(sums.first);
  const auto count = static_cast<double>(p.count());
  const auto mean_dy = static_cast<float>(sums.first / count);
  const auto tilt = static_cast<float>(product / count * static_cast<double>(scale));
  for_each_image(p, c, [&](std::int64_t first) {
    with_widest_vectors<differentiate>(dy + first, x + first, mean, weight * scale, mean_dy, tilt,
                                       dx + first, p.places);
  });
}

Support supports(const BatchNormProblem& p) {
  return p.channels_last ? Support::no("takes channels first only") : Support::yes();
}

CpuCall prepare(const BatchNormProblem& p) {
  const std::int64_t least = std::max<std::int64_t>(kWorthAThread / p.count(), 1);
  return {[p, least](Tensors tensors) {
    share_out(p.c, 1, least, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t c = begin; c < end; ++c) {
        p.mode == BatchNorm::backward ? backward(p, c, tensors) : forward(p, c, tensors);
      }
    });
  }};
}

}  // namespace

CpuImplementation<BatchNormProblem> simd() {
  return {"simd", Rung::tuned, true, supports, prepare};
}

}  // namespace breakeven::cpu_batch_norm
