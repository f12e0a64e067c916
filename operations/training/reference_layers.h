#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "operations/batch_norm/problem.h"
#include "operations/bias/problem.h"
#include "operations/elementwise/problem.h"
#include "operations/pool/problem.h"
#include "operations/pool/windows.h"
#include "operations/sgd/problem.h"
#include "operations/softmax_cross_entropy/problem.h"
#include "operations/training/reference_node.h"

namespace breakeven::reference {

template <class T>
void compute(const BiasProblem& p, const ReferenceNode<T>& node) {
  const T* x = node.tensor(0);
  if (!p.backward) {
    const T* b = node.tensor(1);
    T* y = node.tensor(2);
    for (std::int64_t i = 0; i < p.elements(); ++i) y[i] = x[i] + b[p.channel_of(i)];
    return;
  }
  T* db = node.tensor(1);
  std::fill_n(db, p.c, T{});
  for (std::int64_t i = 0; i < p.elements(); ++i) db[p.channel_of(i)] += x[i];
}

/// How near to its kink a value counts as undecided.
template <class T>
double margin(const T* x, std::int64_t n, double kink) {
  double squares = 0;
  for (std::int64_t i = 0; i < n; ++i) squares += static_cast<double>(x[i]) * x[i];
  return kink * std::sqrt(squares / static_cast<double>(n));
}

template <class T>
void compute(const ElementwiseProblem& p, const ReferenceNode<T>& node) {
  const T *first = node.tensor(0), *second = node.tensor(1);
  if (p.function == Elementwise::relu) {
    T* y = node.tensor(1);
    const double near = margin(first, p.n, node.kink);
    for (std::int64_t i = 0; i < p.n; ++i) {
      const bool flips = std::abs(first[i]) < near;
      // The other side of zero, which is what relu's gradient looks at.
      const T other = first[i] > 0 ? T{} : std::numeric_limits<T>::min();
      y[i] = flips ? other : std::max(first[i], T{});
    }
    return;
  }
  if (p.function == Elementwise::narrow || p.function == Elementwise::widen) {
    // In float64 nothing is rounded; in f32 a product's result is, before it is widened.
    T* y = node.tensor(1);
    for (std::int64_t i = 0; i < p.n; ++i) {
      y[i] = std::is_same_v<T, float> ? static_cast<T>(static_cast<float>(Bf16(float(first[i]))))
                                      : first[i];
    }
    return;
  }
  T* y = node.tensor(2);
  for (std::int64_t i = 0; i < p.n; ++i) {
    y[i] = p.function == Elementwise::add ? first[i] + second[i] : second[i] > 0 ? first[i] : T{};
  }
}

/// Where a window's maximum is in its plane, or the other one that is as large within `near`.
template <class T>
std::int64_t largest_of(const PoolProblem& p, const T* plane, std::int64_t h, std::int64_t w,
                        double near) {
  const Span rows = covered(p.height, h), columns = covered(p.width, w);
  std::int64_t largest = -1, second = -1;
  for (std::int64_t i = rows.first; i < rows.last; ++i) {
    for (std::int64_t j = columns.first; j < columns.last; ++j) {
      const std::int64_t at = i * p.width.input + j;
      if (largest < 0 || plane[at] > plane[largest]) {
        second = largest;
        largest = at;
      } else if (second < 0 || plane[at] > plane[second]) {
        second = at;
      }
    }
  }
  // Equal ones are no matter of rounding: the first counts.
  const bool flips = second >= 0 && plane[second] < plane[largest] &&
                     static_cast<double>(plane[largest] - plane[second]) < near;
  return flips ? second : largest;
}

template <class T>
void compute(const PoolProblem& p, const ReferenceNode<T>& node) {
  const bool max = p.pool == Pool::max;
  const std::int64_t x_plane = p.height.input * p.width.input;
  const std::int64_t y_plane = p.height.output() * p.width.output();
  const T* x = p.backward && !max ? nullptr : node.tensor(p.backward ? 1 : 0);
  const double near = max ? margin(x, p.x_elements(), node.kink) : 0;
  T* result = node.tensor(p.backward && max ? 2 : 1);
  if (p.backward) std::fill_n(result, p.x_elements(), T{});
  const auto size = static_cast<T>(p.window());
  for (std::int64_t plane = 0; plane < p.n * p.c; ++plane) {
    T* of_plane = result + plane * (p.backward ? x_plane : y_plane);
    for (std::int64_t i = 0; i < y_plane; ++i) {
      const std::int64_t h = i / p.width.output(), w = i % p.width.output();
      if (max) {
        const T* from = x + plane * x_plane;
        const std::int64_t at = largest_of(p, from, h, w, near);
        if (p.backward) {
          of_plane[at] += node.tensor(0)[plane * y_plane + i];
        } else {
          of_plane[i] = from[at];
        }
        continue;
      }
      const Span rows = covered(p.height, h), columns = covered(p.width, w);
      T sum = 0;
      for (std::int64_t r = rows.first; r < rows.last; ++r) {
        for (std::int64_t c = columns.first; c < columns.last; ++c) {
          const std::int64_t at = r * p.width.input + c;
          if (p.backward) {
            of_plane[at] += node.tensor(0)[plane * y_plane + i] / size;
          } else {
            sum += x[plane * x_plane + at];
          }
        }
      }
      if (!p.backward) of_plane[i] = sum / size;
    }
  }
}

template <class T>
void batch_norm(const BatchNormProblem& p, std::int64_t c, const ReferenceNode<T>& node) {
  const T* x = node.tensor(0);
  double mean = static_cast<double>(node.tensor(3)[c]),
         var = static_cast<double>(node.tensor(4)[c]);
  const auto count = static_cast<double>(p.count());
  if (p.mode == BatchNorm::training) {
    double sum = 0, spread = 0;
    for (std::int64_t i = 0; i < p.count(); ++i) sum += static_cast<double>(x[p.at(c, i)]);
    mean = sum / count;
    for (std::int64_t i = 0; i < p.count(); ++i) {
      const double distance = static_cast<double>(x[p.at(c, i)]) - mean;
      spread += distance * distance;
    }
    var = spread / count;
    const auto update = [&](T& running, double of_batch) {
      running += static_cast<T>(p.momentum * (of_batch - static_cast<double>(running)));
    };
    update(node.tensor(3)[c], mean);
    update(node.tensor(4)[c], spread / (count - 1));
    node.tensor(6)[c] = static_cast<T>(mean);
    node.tensor(7)[c] = static_cast<T>(var);
  }
  const T scale = node.tensor(1)[c] / std::sqrt(static_cast<T>(var) + static_cast<T>(p.eps));
  const T shift = node.tensor(2)[c], middle = static_cast<T>(mean);
  T* y = node.tensor(5);
  for (std::int64_t i = 0; i < p.count(); ++i) {
    const std::int64_t at = p.at(c, i);
    y[at] = (x[at] - middle) * scale + shift;
  }
}

template <class T>
void batch_norm_backward(const BatchNormProblem& p, std::int64_t c, const ReferenceNode<T>& node) {
  const T *dy = node.tensor(0), *x = node.tensor(1);
  const T weight = node.tensor(2)[c], mean = node.tensor(3)[c];
  const T scale = 1 / std::sqrt(node.tensor(4)[c] + static_cast<T>(p.eps));
  double sum = 0, product = 0;
  for (std::int64_t i = 0; i < p.count(); ++i) {
    const std::int64_t at = p.at(c, i);
    sum += static_cast<double>(dy[at]);
    product += static_cast<double>(dy[at]) * static_cast<double>((x[at] - mean) * scale);
  }
  node.tensor(6)[c] = static_cast<T>(product);
  node.tensor(7)[c] = static_cast<T>(sum);
  const auto count = static_cast<double>(p.count());
  const T mean_dy = static_cast<T>(sum / count), tilt = static_cast<T>(product / count);
  T* dx = node.tensor(5);
  for (std::int64_t i = 0; i < p.count(); ++i) {
    const std::int64_t at = p.at(c, i);
    dx[at] = weight * scale * (dy[at] - mean_dy - (x[at] - mean) * scale * tilt);
  }
}

template <class T>
void compute(const BatchNormProblem& p, const ReferenceNode<T>& node) {
#pragma omp parallel for
  for (std::int64_t c = 0; c < p.c; ++c) {
    p.mode == BatchNorm::backward ? batch_norm_backward(p, c, node) : batch_norm(p, c, node);
  }
}

template <class T>
void compute(const SoftmaxCrossEntropyProblem& p, const ReferenceNode<T>& node) {
  const T* logits = node.tensor(0);
  T* gradient = node.tensor(3);
  const auto rows = static_cast<T>(p.n);
  T loss = 0;
  for (std::int64_t n = 0; n < p.n; ++n) {
    const T* row = logits + n * p.classes;
    const T largest = *std::max_element(row, row + p.classes);
    T sum = 0;
    for (std::int64_t c = 0; c < p.classes; ++c) sum += std::exp(row[c] - largest);
    for (std::int64_t c = 0; c < p.classes; ++c) {
      const T share = std::exp(row[c] - largest) / sum - (c == node.labels[n] ? 1 : 0);
      gradient[n * p.classes + c] = share / rows;
    }
    loss += std::log(sum) + largest - row[node.labels[n]];
  }
  *node.tensor(2) = loss / rows;
}

template <class T>
void compute(const SgdProblem& p, const ReferenceNode<T>& node) {
  const T* g = node.tensor(0);
  T *v = node.tensor(1), *w = node.tensor(2);
  const auto factor = [](double value) { return static_cast<T>(static_cast<float>(value)); };
  for (std::int64_t i = 0; i < p.n; ++i) {
    v[i] = factor(p.momentum) * v[i] + (g[i] + factor(p.weight_decay) * w[i]);
    w[i] -= factor(p.lr) * v[i];
  }
}

}  // namespace breakeven::reference
