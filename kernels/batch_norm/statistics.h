#pragma once

#include "operations/batch_norm/problem.h"
#include "operations/implementation.h"

namespace breakeven::cuda_batch_norm {

/// What libraries keep of a channel is 1/√(var + eps), the inverse deviation. This is between it
/// and what the problem has.

/// Of a trained batch, from its mean and inverse deviations: var, and the running statistics moved.
/// `tensors` are the problem's.
void finish_statistics(const BatchNormProblem& problem, Tensors tensors, const float* inverse,
                       Stream stream);

/// inverse = 1/√(var + eps) of each of C channels.
void invert_deviations(const BatchNormProblem& problem, const float* var, float* inverse,
                       Stream stream);

/// Whether both can be done.
Support statistics_support(const BatchNormProblem& problem);

}  // namespace breakeven::cuda_batch_norm
