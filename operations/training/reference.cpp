#include "operations/training/reference.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>

#include "operations/pool/windows.h"

namespace breakeven {
namespace {

/// One operation at a time on values in memory; see execute_reference.
template <class T>
class Reference {
 public:
  Reference(const Plan& plan, const Batch& batch, NetworkState<T>& state, double kink)
      : plan_(plan), labels_(batch.labels.data()), kink_(kink), state_(state) {
    images_.assign(batch.images.begin(), batch.images.end());
    gradients_.resize(size_of_store(Store::gradients));
    state.loss.resize(size_of_store(Store::loss));
    state.logits.resize(size_of_store(Store::logits));
    for (const Value& value : plan.values) {
      own_.emplace_back();
      if (value.store == Store::activations) {
        own_.back().resize(static_cast<std::size_t>(value.elements()));
      }
    }
  }

  void run() {
    for (const Node& node : plan_.nodes) {
      node_ = &node;
      std::visit([&](const auto& problem) { compute(problem); }, node.problem);
    }
  }

 private:
  std::size_t size_of_store(Store store) const {
    return static_cast<std::size_t>(plan_.elements_of(store));
  }

  T* begin_of(Store store) {
    switch (store) {
      case Store::images:
        return images_.data();
      case Store::parameters:
        return state_.parameters.data();
      case Store::momentum:
        return state_.momentum.data();
      case Store::statistics:
        return state_.statistics.data();
      case Store::loss:
        return state_.loss.data();
      case Store::logits:
        return state_.logits.data();
      case Store::gradients:
        return gradients_.data();
      case Store::labels:       // of another type
      case Store::activations:  // each in memory of its own
        break;
    }
    return nullptr;
  }

  /// Tensor `i` of the node's problem.
  T* tensor(std::size_t i) {
    const auto index = static_cast<std::size_t>(node_->values[i]);
    const Value& value = plan_.values[index];
    if (value.store == Store::activations) return own_[index].data();
    return begin_of(value.store) + value.offset;
  }

  void compute(const GemmProblem& p) {
    const T *a = tensor(0), *b = tensor(1);
    T* c = tensor(2);
    const std::int64_t a_row = p.trans_a ? 1 : p.k, a_step = p.trans_a ? p.m : 1;
#pragma omp parallel for
    for (std::int64_t i = 0; i < p.m; ++i) {
      T* row = c + i * p.n;
      if (p.trans_b) {
        for (std::int64_t j = 0; j < p.n; ++j) {
          T sum = 0;
          for (std::int64_t l = 0; l < p.k; ++l) sum += a[i * a_row + l * a_step] * b[j * p.k + l];
          row[j] = sum;
        }
        continue;
      }
      std::fill_n(row, p.n, T{});
      for (std::int64_t l = 0; l < p.k; ++l) {
        const T factor = a[i * a_row + l * a_step];
        for (std::int64_t j = 0; j < p.n; ++j) row[j] += factor * b[l * p.n + j];
      }
    }
  }

  struct Line {
    std::int64_t x, y, count;  // where a row of x and of y begin, and elements of the latter
  };
  /// The part of each row of y whose elements meet the filter's (r, s) within x: calls
  /// `visit(line)`; neighbours in x are the stride apart.
  template <class Visit>
  static void for_each_line(const ConvProblem& p, std::int64_t r, std::int64_t s, Visit visit) {
    const ConvAxis &height = p.axes[1], &width = p.axes[2];
    const std::int64_t columns = width.output();
    std::int64_t first = 0, last = columns;
    while (first < last && width.source(first, s) < 0) ++first;
    while (last > first && width.source(last - 1, s) >= width.input) --last;
    for (std::int64_t row = 0; row < height.output(); ++row) {
      const std::int64_t from = height.source(row, r);
      if (from < 0 || from >= height.input || first == last) continue;
      visit(Line{from * width.input + width.source(first, s), row * columns + first, last - first});
    }
  }

  void compute(const ConvProblem& p) {
    const std::int64_t x_plane = p.axes[1].input * p.axes[2].input;
    const std::int64_t y_plane = p.axes[1].output() * p.axes[2].output();
    const std::int64_t rows = p.axes[1].filter, columns = p.axes[2].filter;
    const std::int64_t stride = p.axes[2].stride;
    const auto weight_at = [&](std::int64_t k, std::int64_t c) {
      return (k * p.c + c) * rows * columns;
    };
    if (p.direction == Direction::wgrad) {
      const T *x = tensor(0), *dy = tensor(1);
      T* dw = tensor(2);
#pragma omp parallel for collapse(2)
      for (std::int64_t k = 0; k < p.k; ++k) {
        for (std::int64_t c = 0; c < p.c; ++c) {
          for (std::int64_t tap = 0; tap < rows * columns; ++tap) {
            T sum = 0;
            for (std::int64_t n = 0; n < p.n; ++n) {
              const T* image = x + (n * p.c + c) * x_plane;
              const T* gradient = dy + (n * p.k + k) * y_plane;
              for_each_line(p, tap / columns, tap % columns, [&](const Line& line) {
                for (std::int64_t i = 0; i < line.count; ++i) {
                  sum += image[line.x + i * stride] * gradient[line.y + i];
                }
              });
            }
            dw[weight_at(k, c) + tap] = sum;
          }
        }
      }
      return;
    }
    const bool forward = p.direction == Direction::fprop;
    const T *from = tensor(0), *w = tensor(1);
    T* to = tensor(2);
    // Of images and channels of the result, each is a sum over the other side's channels.
    const std::int64_t outer = forward ? p.k : p.c, inner = forward ? p.c : p.k;
    const std::int64_t to_plane = forward ? y_plane : x_plane;
    const std::int64_t from_plane = forward ? x_plane : y_plane;
#pragma omp parallel for collapse(2)
    for (std::int64_t n = 0; n < p.n; ++n) {
      for (std::int64_t o = 0; o < outer; ++o) {
        T* result = to + (n * outer + o) * to_plane;
        std::fill_n(result, to_plane, T{});
        for (std::int64_t i = 0; i < inner; ++i) {
          const T* source = from + (n * inner + i) * from_plane;
          const T* filter = w + (forward ? weight_at(o, i) : weight_at(i, o));
          for (std::int64_t tap = 0; tap < rows * columns; ++tap) {
            const T factor = filter[tap];
            for_each_line(p, tap / columns, tap % columns, [&](const Line& line) {
              if (forward) {
                for (std::int64_t j = 0; j < line.count; ++j) {
                  result[line.y + j] += factor * source[line.x + j * stride];
                }
              } else {
                for (std::int64_t j = 0; j < line.count; ++j) {
                  result[line.x + j * stride] += factor * source[line.y + j];
                }
              }
            });
          }
        }
      }
    }
  }

  void compute(const ConvBiasReluProblem&) {
    throw std::logic_error("the reference executes plans that are not fused");
  }

  void compute(const BiasProblem& p) {
    const T* x = tensor(0);
    if (!p.backward) {
      const T* b = tensor(1);
      T* y = tensor(2);
      for (std::int64_t i = 0; i < p.elements(); ++i) y[i] = x[i] + b[p.channel_of(i)];
      return;
    }
    T* db = tensor(1);
    std::fill_n(db, p.c, T{});
    for (std::int64_t i = 0; i < p.elements(); ++i) db[p.channel_of(i)] += x[i];
  }

  /// How near to its kink a value counts as undecided.
  double margin(const T* x, std::int64_t n) const {
    double squares = 0;
    for (std::int64_t i = 0; i < n; ++i) squares += static_cast<double>(x[i]) * x[i];
    return kink_ * std::sqrt(squares / static_cast<double>(n));
  }

  void compute(const ElementwiseProblem& p) {
    const T *first = tensor(0), *second = tensor(1);
    if (p.function == Elementwise::relu) {
      T* y = tensor(1);
      const double near = margin(first, p.n);
      for (std::int64_t i = 0; i < p.n; ++i) {
        const bool flips = std::abs(first[i]) < near;
        // The other side of zero, which is what relu's gradient looks at.
        const T other = first[i] > 0 ? T{} : std::numeric_limits<T>::min();
        y[i] = flips ? other : std::max(first[i], T{});
      }
      return;
    }
    T* y = tensor(2);
    for (std::int64_t i = 0; i < p.n; ++i) {
      y[i] = p.function == Elementwise::add ? first[i] + second[i] : second[i] > 0 ? first[i] : T{};
    }
  }

  /// Where a window's maximum is in its plane, or the other one that is as large within `near`.
  std::int64_t largest_of(const PoolProblem& p, const T* plane, std::int64_t h, std::int64_t w,
                          double near) const {
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

  void compute(const PoolProblem& p) {
    const bool max = p.pool == Pool::max;
    const std::int64_t x_plane = p.height.input * p.width.input;
    const std::int64_t y_plane = p.height.output() * p.width.output();
    const T* x = p.backward && !max ? nullptr : tensor(p.backward ? 1 : 0);
    const double near = max ? margin(x, p.x_elements()) : 0;
    T* result = tensor(p.backward && max ? 2 : 1);
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
            of_plane[at] += tensor(0)[plane * y_plane + i];
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
              of_plane[at] += tensor(0)[plane * y_plane + i] / size;
            } else {
              sum += x[plane * x_plane + at];
            }
          }
        }
        if (!p.backward) of_plane[i] = sum / size;
      }
    }
  }

  void compute(const BatchNormProblem& p) {
#pragma omp parallel for
    for (std::int64_t c = 0; c < p.c; ++c) {
      p.mode == BatchNorm::backward ? batch_norm_backward(p, c) : batch_norm(p, c);
    }
  }

  void batch_norm(const BatchNormProblem& p, std::int64_t c) {
    const T* x = tensor(0);
    double mean = static_cast<double>(tensor(3)[c]), var = static_cast<double>(tensor(4)[c]);
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
      update(tensor(3)[c], mean);
      update(tensor(4)[c], spread / (count - 1));
      tensor(6)[c] = static_cast<T>(mean);
      tensor(7)[c] = static_cast<T>(var);
    }
    const T scale = tensor(1)[c] / std::sqrt(static_cast<T>(var) + static_cast<T>(p.eps));
    const T shift = tensor(2)[c], middle = static_cast<T>(mean);
    T* y = tensor(5);
    for (std::int64_t i = 0; i < p.count(); ++i) {
      const std::int64_t at = p.at(c, i);
      y[at] = (x[at] - middle) * scale + shift;
    }
  }

  void batch_norm_backward(const BatchNormProblem& p, std::int64_t c) {
    const T *dy = tensor(0), *x = tensor(1);
    const T weight = tensor(2)[c], mean = tensor(3)[c];
    const T scale = 1 / std::sqrt(tensor(4)[c] + static_cast<T>(p.eps));
    double sum = 0, product = 0;
    for (std::int64_t i = 0; i < p.count(); ++i) {
      const std::int64_t at = p.at(c, i);
      sum += static_cast<double>(dy[at]);
      product += static_cast<double>(dy[at]) * static_cast<double>((x[at] - mean) * scale);
    }
    tensor(6)[c] = static_cast<T>(product);
    tensor(7)[c] = static_cast<T>(sum);
    const auto count = static_cast<double>(p.count());
    const T mean_dy = static_cast<T>(sum / count), tilt = static_cast<T>(product / count);
    T* dx = tensor(5);
    for (std::int64_t i = 0; i < p.count(); ++i) {
      const std::int64_t at = p.at(c, i);
      dx[at] = weight * scale * (dy[at] - mean_dy - (x[at] - mean) * scale * tilt);
    }
  }

  void compute(const SoftmaxCrossEntropyProblem& p) {
    const T* logits = tensor(0);
    T* gradient = tensor(3);
    const auto rows = static_cast<T>(p.n);
    T loss = 0;
    for (std::int64_t n = 0; n < p.n; ++n) {
      const T* row = logits + n * p.classes;
      const T largest = *std::max_element(row, row + p.classes);
      T sum = 0;
      for (std::int64_t c = 0; c < p.classes; ++c) sum += std::exp(row[c] - largest);
      for (std::int64_t c = 0; c < p.classes; ++c) {
        const T share = std::exp(row[c] - largest) / sum - (c == labels_[n] ? 1 : 0);
        gradient[n * p.classes + c] = share / rows;
      }
      loss += std::log(sum) + largest - row[labels_[n]];
    }
    *tensor(2) = loss / rows;
  }

  void compute(const SgdProblem& p) {
    const T* g = tensor(0);
    T *v = tensor(1), *w = tensor(2);
    const auto factor = [](double value) { return static_cast<T>(static_cast<float>(value)); };
    for (std::int64_t i = 0; i < p.n; ++i) {
      v[i] = factor(p.momentum) * v[i] + (g[i] + factor(p.weight_decay) * w[i]);
      w[i] -= factor(p.lr) * v[i];
    }
  }

  const Plan& plan_;
  const std::int32_t* labels_;
  const double kink_;
  const Node* node_ = nullptr;
  NetworkState<T>& state_;
  std::vector<T> images_, gradients_;
  std::vector<std::vector<T>> own_;  // of each value in the store of activations
};

}  // namespace

template <class T>
void execute_reference(const Plan& plan, const Batch& batch, NetworkState<T>& state, double kink) {
  Reference<T>(plan, batch, state, kink).run();
}

template void execute_reference(const Plan&, const Batch&, NetworkState<float>&, double);
template void execute_reference(const Plan&, const Batch&, NetworkState<double>&, double);

}  // namespace breakeven
