#pragma once

#include <cstdint>

#include "operations/implementation.h"

namespace breakeven::cuda_softmax_cross_entropy {

/// Enqueues loss = the mean of the losses of `rows` rows, the same bits each time. Throws
/// CudaError.
void enqueue_mean(const float* losses, std::int64_t rows, float* loss, Stream stream);

}  // namespace breakeven::cuda_softmax_cross_entropy
