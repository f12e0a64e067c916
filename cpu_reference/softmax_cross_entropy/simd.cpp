// What changed against threaded: exponentials by a polynomial, in the widest vectors that the CPU
// has, and so the largest logit and the sum. Why: libm's exponential takes one number at a time.
// Limits: 16 classes or more; shares of less than exp(-87) of a row's largest are 0.

#include <cmath>
#include <limits>

#include "cpu_reference/common/exponential.h"
#include "cpu_reference/common/versions.h"
#include "cpu_reference/softmax_cross_entropy/rows.h"

namespace breakeven::cpu_softmax_cross_entropy {
namespace {

constexpr float kLeast = -87;         // exponential() goes no further
constexpr std::int64_t kVector = 16;  // elements of the widest

/// The largest of the logits (classes); a NaN counts for nothing.
BREAKEVEN_ALWAYS_INLINE float largest_of(const float* logits, std::int64_t classes) {
  float found = -std::numeric_limits<float>::infinity();
#pragma omp simd reduction(max : found)
  for (std::int64_t c = 0; c < classes; ++c) found = logits[c] > found ? logits[c] : found;
  return found;
}

/// exp(logits - largest) to `powers`; returns their sum.
BREAKEVEN_ALWAYS_INLINE float raise(const float* logits, float largest, std::int64_t classes,
                                    float* powers) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t c = 0; c < classes; ++c) {
    const float x = logits[c] - largest;
    const float power = exponential(x < kLeast ? kLeast : x);
    powers[c] = x < kLeast ? 0 : power;
    sum += powers[c];
  }
  return sum;
}

BREAKEVEN_ALWAYS_INLINE void scale(float* numbers, float factor, std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) numbers[i] *= factor;
}

BREAKEVEN_ALWAYS_INLINE void row_by_vectors(const float* logits, std::int64_t classes,
                                            std::int32_t label, float rows, float* gradient,
                                            float* loss) {
  const float largest = largest_of(logits, classes);
  const float sum = raise(logits, largest, classes, gradient);
  scale(gradient, 1 / (sum * rows), classes);
  gradient[label] -= 1 / rows;
  *loss = std::log(sum) + largest - logits[label];
}

float row_of(const float* logits, std::int64_t classes, std::int32_t label, float rows,
             float* gradient) {
  float loss = 0;
  with_widest_vectors<row_by_vectors>(logits, classes, label, rows, gradient, &loss);
  return loss;
}

Support supports(const SoftmaxCrossEntropyProblem& p) {
  return p.classes < kVector ? Support::no("fewer than 16 classes fill no vector") : Support::yes();
}

CpuCall prepare(const SoftmaxCrossEntropyProblem& p) {
  return prepare_rows<row_of>(p, kWorthAThread);
}

}  // namespace

CpuImplementation<SoftmaxCrossEntropyProblem> simd() {
  return {"simd", Rung::tuned, true, supports, prepare};
}

}  // namespace breakeven::cpu_softmax_cross_entropy
