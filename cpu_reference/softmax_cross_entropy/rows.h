#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "cpu_reference/common/parallel.h"
#include "operations/implementation.h"
#include "operations/softmax_cross_entropy/problem.h"

namespace breakeven::cpu_softmax_cross_entropy {

/// Row by row through `row_of` (of row.h's arguments), all threads, each with a share of the rows;
/// their losses are kept and added up in the order of the rows, so that the bits do not depend on
/// the number of threads. `worth_a_thread`: logits that another thread pays off for.
template <auto row_of>
CpuCall prepare_rows(const SoftmaxCrossEntropyProblem& p, std::int64_t worth_a_thread) {
  const auto losses = std::make_shared<std::vector<float>>(static_cast<std::size_t>(p.n));
  return {.run =
              [p, losses, worth_a_thread](Tensors tensors) {
                const float* logits = tensors[0].as<float>();
                const auto* labels = tensors[1].as<std::int32_t>();
                float *gradient = tensors[3].as<float>(), *of_rows = losses->data();
                const auto rows = static_cast<float>(p.n);
                const std::int64_t least = std::max<std::int64_t>(worth_a_thread / p.classes, 1);
                share_out(p.n, 16, least, [=](std::int64_t begin, std::int64_t end) {
                  for (std::int64_t n = begin; n < end; ++n) {
                    const std::int64_t at = n * p.classes;
                    of_rows[n] = row_of(logits + at, p.classes, labels[n], rows, gradient + at);
                  }
                });
                float loss = 0;
                for (const float of_row : *losses) loss += of_row;
                *tensors[2].as<float>() = loss / rows;
              },
          .workspace_bytes = losses->size() * sizeof(float)};
}

}  // namespace breakeven::cpu_softmax_cross_entropy
