#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace breakeven::cpu_softmax_cross_entropy {

/// One row: its gradient to `gradient`, already divided by the `rows` of the batch; returns its
/// loss, not divided.
inline float row_of(const float* logits, std::int64_t classes, std::int32_t label, float rows,
                    float* gradient) {
  const float largest = *std::max_element(logits, logits + classes);
  float sum = 0;
  for (std::int64_t c = 0; c < classes; ++c) {
    gradient[c] = std::exp(logits[c] - largest);
    sum += gradient[c];
  }
  const float factor = 1 / (sum * rows);
  for (std::int64_t c = 0; c < classes; ++c) gradient[c] *= factor;
  gradient[label] -= 1 / rows;
  return std::log(sum) + largest - logits[label];
}

}  // namespace breakeven::cpu_softmax_cross_entropy
