#pragma once

#include <cmath>
#include <cstdint>

#include "operations/batch_norm/problem.h"
#include "operations/tensor.h"

namespace breakeven::cpu_batch_norm {

/// Calls `visit(index)` with where each element of a channel is.
template <class Visit>
void for_each_element(const BatchNormProblem& p, std::int64_t channel, Visit visit) {
  const std::int64_t step = p.channels_last ? p.c : 1;
  for (std::int64_t n = 0; n < p.n; ++n) {
    const std::int64_t first = p.at(channel, n * p.places);
    for (std::int64_t i = 0; i < p.places; ++i) visit(first + i * step);
  }
}

/// y of a channel from its statistics.
inline void normalise(const BatchNormProblem& p, std::int64_t c, Tensors tensors, float mean,
                      float var) {
  const float* x = tensors[0].as<float>();
  float* y = tensors[5].as<float>();
  const float scale = tensors[1].as<float>()[c] / std::sqrt(var + static_cast<float>(p.eps));
  const float bias = tensors[2].as<float>()[c];
  for_each_element(p, c, [&](std::int64_t i) { y[i] = (x[i] - mean) * scale + bias; });
}

inline void training(const BatchNormProblem& p, std::int64_t c, Tensors tensors) {
  const float* x = tensors[0].as<float>();
  const auto count = static_cast<double>(p.count());
  double sum = 0, spread = 0;
  for_each_element(p, c, [&](std::int64_t i) { sum += x[i]; });
  const double mean = sum / count;
  for_each_element(p, c, [&](std::int64_t i) { spread += (x[i] - mean) * (x[i] - mean); });
  const double var = spread / count;
  const auto update = [&](Tensor running, double batch) {
    float& value = running.as<float>()[c];
    value = static_cast<float>(value + p.momentum * (batch - value));
  };
  update(tensors[3], mean);
  update(tensors[4], spread / (count - 1));
  tensors[6].as<float>()[c] = static_cast<float>(mean);
  tensors[7].as<float>()[c] = static_cast<float>(var);
  normalise(p, c, tensors, static_cast<float>(mean), static_cast<float>(var));
}

inline void evaluation(const BatchNormProblem& p, std::int64_t c, Tensors tensors) {
  normalise(p, c, tensors, tensors[3].as<float>()[c], tensors[4].as<float>()[c]);
}

inline void backward(const BatchNormProblem& p, std::int64_t c, Tensors tensors) {
  const float *dy = tensors[0].as<float>(), *x = tensors[1].as<float>();
  float* dx = tensors[5].as<float>();
  const float weight = tensors[2].as<float>()[c], mean = tensors[3].as<float>()[c];
  const float scale = 1 / std::sqrt(tensors[4].as<float>()[c] + static_cast<float>(p.eps));
  double sum = 0, product = 0;  // of dy, and of dy·xhat
  for_each_element(p, c, [&](std::int64_t i) {
    sum += dy[i];
    product += static_cast<double>(dy[i]) * ((x[i] - mean) * scale);
  });
  tensors[6].as<float>()[c] = static_cast<float>(product);
  tensors[7].as<float>()[c] = static_cast<float>(sum);
  const auto count = static_cast<double>(p.count());
  const auto mean_dy = static_cast<float>(sum / count), tilt = static_cast<float>(product / count);
  for_each_element(p, c, [&](std::int64_t i) {
    const float xhat = (x[i] - mean) * scale;
    dx[i] = weight * scale * (dy[i] - mean_dy - xhat * tilt);
  });
}

inline void compute(const BatchNormProblem& p, std::int64_t c, Tensors tensors) {
  switch (p.mode) {
    case BatchNorm::training:
      return training(p, c, tensors);
    case BatchNorm::evaluation:
      return evaluation(p, c, tensors);
    case BatchNorm::backward:
      return backward(p, c, tensors);
  }
}

}  // namespace breakeven::cpu_batch_norm
