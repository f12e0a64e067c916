#include "operations/training/reference.h"

#include <cstddef>
#include <stdexcept>
#include <type_traits>

#include "operations/training/reference_layers.h"
#include "operations/training/reference_products.h"

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
      reference::ReferenceNode<T> values{{}, labels_, kink_};
      for (const int index : node.values) values.tensors.push_back(begin_of_value(index));
      std::visit(
          [&]<class Problem>(const Problem& problem) {
            if constexpr (std::is_same_v<Problem, ConvBiasReluProblem> ||
                          std::is_same_v<Problem, GemmEpilogueProblem>) {
              throw std::logic_error("the reference executes plans that are not fused");
            } else {
              reference::compute(problem, values);
            }
          },
          node.problem);
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

  T* begin_of_value(int index) {
    const auto i = static_cast<std::size_t>(index);
    const Value& value = plan_.values[i];
    if (value.store == Store::activations) return own_[i].data();
    return begin_of(value.store) + value.offset;
  }

  const Plan& plan_;
  const std::int32_t* labels_;
  const double kink_;
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
