#pragma once

#include <cstdint>

#include "operations/batch_norm/problem.h"
#include "operations/tensor.h"

namespace breakeven::cuda_batch_norm {

/// Where the elements of a channel are, and the constants.
struct Channels {
  std::int64_t n, c, places;
  bool last;
  float eps, momentum;

  explicit Channels(const BatchNormProblem& p)
      : n(p.n),
        c(p.c),
        places(p.places),
        last(p.channels_last),
        eps(static_cast<float>(p.eps)),
        momentum(static_cast<float>(p.momentum)) {}

  __device__ std::int64_t count() const { return n * places; }
  /// Element `i` of a channel.
  __device__ std::int64_t at(std::int64_t channel, std::int64_t i) const {
    return last ? i * c + channel : (i / places * c + channel) * places + i % places;
  }
};

/// The tensors of training and evaluation; `mean` and `var` of a batch are null in evaluation.
struct Forward {
  const float *x, *weight, *bias;
  float *running_mean, *running_var, *y, *mean, *var;

  Forward(const BatchNormProblem& p, Tensors tensors)
      : x(tensors[0].as<float>()),
        weight(tensors[1].as<float>()),
        bias(tensors[2].as<float>()),
        running_mean(tensors[3].as<float>()),
        running_var(tensors[4].as<float>()),
        y(tensors[5].as<float>()),
        mean(p.mode == BatchNorm::training ? tensors[6].as<float>() : nullptr),
        var(p.mode == BatchNorm::training ? tensors[7].as<float>() : nullptr) {}
};

struct Backward {
  const float *dy, *x, *weight, *mean, *var;
  float *dx, *dweight, *dbias;

  explicit Backward(Tensors tensors)
      : dy(tensors[0].as<float>()),
        x(tensors[1].as<float>()),
        weight(tensors[2].as<float>()),
        mean(tensors[3].as<float>()),
        var(tensors[4].as<float>()),
        dx(tensors[5].as<float>()),
        dweight(tensors[6].as<float>()),
        dbias(tensors[7].as<float>()) {}
};

/// Running statistics after a batch with that mean and that sum of squared distances from it.
__device__ inline void update_running(const Forward& f, std::int64_t channel, float mean,
                                      float spread, const Channels& of) {
  const float unbiased = spread / static_cast<float>(of.count() - 1);
  f.running_mean[channel] += of.momentum * (mean - f.running_mean[channel]);
  f.running_var[channel] += of.momentum * (unbiased - f.running_var[channel]);
}

}  // namespace breakeven::cuda_batch_norm
