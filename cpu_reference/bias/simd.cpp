// What changed against naive: all threads, and the widest vectors that the CPU has, along what lies
// side by side in memory: places of a channel, or the channels of a place. The gradient of channels
// that come last is summed by each thread for its places, then over the threads in their order.
// Why: it is bound by memory, which one thread cannot keep busy, and channel by channel it would be
// read with a stride. Limits: f32.

#include <memory>
#include <vector>

#include "cpu_reference/common/parallel.h"
#include "cpu_reference/common/versions.h"
#include "operations/bias/problem.h"
#include "operations/implementation.h"

namespace breakeven::cpu_bias {
namespace {

BREAKEVEN_ALWAYS_INLINE void add_one(const float* x, float b, float* y, std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) y[i] = x[i] + b;
}

BREAKEVEN_ALWAYS_INLINE void add_each(const float* x, const float* b, float* y, std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) y[i] = x[i] + b[i];
}

BREAKEVEN_ALWAYS_INLINE void add_to(const float* from, float* sums, std::int64_t n) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) sums[i] += from[i];
}

BREAKEVEN_ALWAYS_INLINE void sum_up(const float* from, float* sum, std::int64_t n) {
  float all = 0;
#pragma omp simd reduction(+ : all)
  for (std::int64_t i = 0; i < n; ++i) all += from[i];
  *sum += all;
}

/// A single place has its channels side by side in both layouts.
bool channels_are_lines(const BiasProblem& p) { return p.channels_last || p.places == 1; }

/// Lines that are worth another thread.
std::int64_t lines_for_a_thread(std::int64_t length) {
  return std::max<std::int64_t>(kWorthAThread / length, 1);
}

void forward(const BiasProblem& p, Tensors tensors) {
  const float *x = tensors[0].as<float>(), *b = tensors[1].as<float>();
  float* y = tensors[2].as<float>();
  const bool lines = channels_are_lines(p);
  const std::int64_t length = lines ? p.c : p.places;
  share_out(p.elements() / length, 1, lines_for_a_thread(length),
            [=, &p](std::int64_t begin, std::int64_t end) {
              for (std::int64_t line = begin; line < end; ++line) {
                const std::int64_t at = line * length;
                if (lines) {
                  with_widest_vectors<add_each>(x + at, b, y + at, length);
                } else {
                  with_widest_vectors<add_one>(x + at, b[line % p.c], y + at, length);
                }
              }
            });
}

/// Channels are summed up one by one, each by one thread.
void backward_of_planes(const BiasProblem& p, Tensors tensors) {
  const float* dy = tensors[0].as<float>();
  float* db = tensors[1].as<float>();
  share_out(p.c, 1, lines_for_a_thread(p.n * p.places),
            [=, &p](std::int64_t begin, std::int64_t end) {
              for (std::int64_t c = begin; c < end; ++c) {
                float sum = 0;
                for (std::int64_t n = 0; n < p.n; ++n) {
                  with_widest_vectors<sum_up>(dy + (n * p.c + c) * p.places, &sum, p.places);
                }
                db[c] = sum;
              }
            });
}

/// Each thread sums up some lines of channels; `sums`: a line for each thread.
void backward_of_lines(const BiasProblem& p, Tensors tensors, std::vector<float>& sums) {
  const float* dy = tensors[0].as<float>();
  float* db = tensors[1].as<float>();
  std::fill(sums.begin(), sums.end(), 0.0F);
  share_out(p.n * p.places, 1, lines_for_a_thread(p.c), [&](std::int64_t begin, std::int64_t end) {
    float* mine = sums.data() + omp_get_thread_num() * p.c;
    for (std::int64_t line = begin; line < end; ++line) {
      with_widest_vectors<add_to>(dy + line * p.c, mine, p.c);
    }
  });
  std::fill_n(db, p.c, 0.0F);
  for (std::int64_t first = 0; first < static_cast<std::int64_t>(sums.size()); first += p.c) {
    with_widest_vectors<add_to>(static_cast<const float*>(sums.data() + first), db, p.c);
  }
}

Support supports(const BiasProblem& p) {
  return p.dtype == Dtype::f32 ? Support::yes() : Support::no("computes f32 only");
}

CpuCall prepare(const BiasProblem& p) {
  if (!p.backward) return {[p](Tensors tensors) { forward(p, tensors); }};
  if (!channels_are_lines(p)) return {[p](Tensors tensors) { backward_of_planes(p, tensors); }};
  const auto sums =
      std::make_shared<std::vector<float>>(static_cast<std::size_t>(p.c * omp_get_max_threads()));
  return {.run = [p, sums](Tensors tensors) { backward_of_lines(p, tensors, *sums); },
          .workspace_bytes = sums->size() * sizeof(float)};
}

}  // namespace

CpuImplementation<BiasProblem> simd() { return {"simd", Rung::tuned, true, supports, prepare}; }

}  // namespace breakeven::cpu_bias
