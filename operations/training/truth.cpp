#include "operations/training/truth.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "operations/text.h"
#include "operations/training/reference.h"

namespace breakeven {
namespace {

/// Nearer to a kink than that part of the values' root mean square, rounding errors of a deep
/// network decide.
double kink_of(Dtype dtype) { return dtype == Dtype::f32 ? 0x1p-18 : 0x1p-6; }
constexpr double kFactor = 4;

template <class T>
std::span<const T> elements_of(const Tensor& tensor) {
  return {tensor.as<const T>(), static_cast<std::size_t>(tensor.elements)};
}

/// The batch that a problem's tensors hold.
Batch batch_of(const NetworkProblem& problem, Tensors before) {
  Batch batch{elements_of<float>(before[0]), {}};
  if (problem.training) batch.labels = elements_of<std::int32_t>(before[1]);
  return batch;
}

/// The state that a problem's tensors hold.
template <class T>
NetworkState<T> state_of(const NetworkProblem& problem, Tensors before) {
  const auto values = [](const Tensor& tensor) {
    const auto all = elements_of<float>(tensor);
    return std::vector<T>(all.begin(), all.end());
  };
  NetworkState<T> state;
  std::size_t next = problem.training ? 2 : 1;
  state.parameters = values(before[next++]);
  if (problem.training) state.momentum = values(before[next++]);
  if (next + 1 < before.size()) state.statistics = values(before[next]);
  return state;
}

/// The three ways to execute the plan on the same data; `rounded`: in the problem's own arithmetic.
struct Executions {
  NetworkState<double> truth, beyond_kinks;
  NetworkState<float> rounded;
};

/// Executes the plan, once for all checks of the same data.
class Truth {
 public:
  explicit Truth(const NetworkProblem& problem) : problem_(problem), plan_(problem.plan()) {}

  const Plan& plan() const { return plan_; }

  const Executions& of(Tensors before) {
    std::vector<std::vector<std::byte>> data;
    for (const Tensor& tensor : before) {
      const auto* bytes = tensor.as<const std::byte>();
      data.emplace_back(bytes, bytes + tensor.bytes());
    }
    // The outputs, which no result depends on, hold what no result is.
    if (data == data_) return executions_;
    const Batch batch = batch_of(problem_, before);
    executions_ = {state_of<double>(problem_, before), state_of<double>(problem_, before),
                   state_of<float>(problem_, before)};
    execute_reference(plan_, batch, executions_.truth);
    execute_reference(plan_, batch, executions_.beyond_kinks, kink_of(problem_.dtype));
    execute_reference(plan_, batch, executions_.rounded);
    data_ = std::move(data);
    return executions_;
  }

 private:
  NetworkProblem problem_;
  Plan plan_;
  std::vector<std::vector<std::byte>> data_;
  Executions executions_;
};

template <class A, class B>
double distance(std::span<const A> a, std::span<const B> b) {
  double squares = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    squares += difference * difference;
  }
  return std::sqrt(squares);
}

double norm(std::span<const double> values) {
  double squares = 0;
  for (const double value : values) squares += value * value;
  return std::sqrt(squares);
}

/// Compares parts of one output with the truth and keeps the worst.
class Comparison {
 public:
  Comparison(const Executions& executions, Dtype dtype, Verdict& verdict)
      : executions_(executions), dtype_(dtype), verdict_(verdict) {}

  /// `part` names what `store(outcome)` has from `offset`, and `found` too.
  template <class StoreOf>
  void compare(const std::string& part, StoreOf store, std::span<const float> found,
               std::size_t offset) {
    const auto truth = part_of(store(executions_.truth), offset, found.size());
    const double allowed =
        kFactor * (distance(part_of(store(executions_.rounded), offset, found.size()), truth) +
                   distance(part_of(store(executions_.beyond_kinks), offset, found.size()), truth) +
                   unit_roundoff(dtype_) * norm(truth));
    const double is = distance(found, truth);
    if (allowed > 0) verdict_.worst = std::max(verdict_.worst, is / allowed);
    if (!(is <= allowed) && verdict_.ok) {
      verdict_.ok = false;
      verdict_.detail = part + " is " + shortest(is) + " from the float64 engine's (allowed " +
                        shortest(allowed) + ")";
    }
  }

 private:
  template <class T>
  static std::span<const T> part_of(const std::vector<T>& all, std::size_t offset,
                                    std::size_t count) {
    return std::span<const T>(all).subspan(offset, count);
  }

  const Executions& executions_;
  Dtype dtype_;
  Verdict& verdict_;
};

}  // namespace

Oracle network_oracle(const NetworkProblem& problem) {
  Oracle oracle;
  oracle.real_product = [problem, truth = std::make_shared<Truth>(problem)](
                            Tensors before, Tensors outputs, const Rounding&, std::uint64_t) {
    Verdict verdict;
    Comparison comparison(truth->of(before), problem.dtype, verdict);
    if (!problem.training) {
      comparison.compare(
          "the logits", [](const auto& of) -> const auto& { return of.logits; },
          elements_of<float>(outputs[0]), 0);
      return verdict;
    }
    for (const Value& value : truth->plan().values) {
      const auto offset = static_cast<std::size_t>(value.offset);
      const auto part = [&](const Tensor& of) {
        return elements_of<float>(of).subspan(offset, static_cast<std::size_t>(value.elements()));
      };
      if (value.whole) continue;
      if (value.store == Store::parameters) {
        comparison.compare(
            "the gradient of " + value.name,
            [](const auto& of) -> const auto& { return of.momentum; }, part(outputs[1]), offset);
        comparison.compare(
            value.name, [](const auto& of) -> const auto& { return of.parameters; },
            part(outputs[0]), offset);
      } else if (value.store == Store::statistics) {
        comparison.compare(
            value.name, [](const auto& of) -> const auto& { return of.statistics; },
            part(outputs[2]), offset);
      }
    }
    comparison.compare(
        "the loss", [](const auto& of) -> const auto& { return of.loss; },
        elements_of<float>(outputs.back()), 0);
    return verdict;
  };
  return oracle;
}

}  // namespace breakeven
