#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "operations/implementation.h"
#include "operations/training/problem.h"

namespace breakeven {

/// What the engines of both sides are made of.

/// An implementation that was chosen for a node, prepared.
template <class AnyCall>
struct ChosenCall {
  std::string_view name;
  AnyCall call;
};

/// Whether an implementation takes a problem in the problem's own arithmetic.
template <class Row, class Problem>
bool takes(const Row& row, const Problem& problem) {
  const MathMode mode = row.math_mode ? row.math_mode(problem) : MathMode{};
  return mode.input == 0 && row.supports(problem);
}

/// Of an operation's list the last implementation of `rung` that takes a problem, with operands as
/// they are; if there is none, of the next lower rung, and below the lowest the first of all.
/// Throws std::invalid_argument where none takes it.
template <class Row, class Problem>
auto choose(std::span<const Row> list, const Problem& problem, Rung rung)
    -> ChosenCall<decltype(list[0].prepare(problem))> {
  for (std::size_t i = list.size(); i-- > 0;) {
    const Row& row = list[i];
    if (row.rung != rung || !takes(row, problem)) continue;
    auto call = row.prepare(problem);
    if (call.packed_bytes == 0) return {row.name, std::move(call)};
  }
  if (rung != Rung::naive) {
    return choose(list, problem, rung == Rung::library ? Rung::tuned : Rung::naive);
  }
  for (const Row& row : list) {
    if (!takes(row, problem)) continue;
    auto call = row.prepare(problem);
    if (call.packed_bytes == 0) return {row.name, std::move(call)};
  }
  throw std::invalid_argument("nothing takes " + problem.id());
}

/// Which implementations an engine chose, and how often: `conv implicit_gemm x3, gemm packed x9`.
class ChosenNames {
 public:
  void add(const std::string& operation, std::string_view implementation) {
    std::string name = operation + ' ';
    ++counts_[name += implementation];
  }
  std::string text() const {
    std::string all;
    for (const auto& [name, count] : counts_) {
      if (!all.empty()) all += ", ";
      all += name;
      all += " x";
      all += std::to_string(count);
    }
    return all;
  }

 private:
  std::map<std::string, int> counts_;
};

/// The memory of a plan by what it is for, and of what its implementations hold beside it [B].
inline std::vector<std::pair<std::string, std::size_t>> memory_of(const Plan& plan,
                                                                  std::size_t workspace_bytes) {
  std::vector<std::pair<std::string, std::size_t>> memory;
  const auto add = [&](const char* name, std::initializer_list<Store> stores) {
    std::int64_t elements = 0;
    for (const Store store : stores) elements += plan.elements_of(store);
    if (elements > 0) memory.emplace_back(name, static_cast<std::size_t>(elements) * sizeof(float));
  };
  add("parameters", {Store::parameters});
  add("gradients", {Store::gradients});
  add("momentum", {Store::momentum});
  add("statistics", {Store::statistics});
  add("batch", {Store::images, Store::labels});
  add("activations", {Store::activations});
  memory.emplace_back("workspace", workspace_bytes);
  return memory;
}

/// The tensors of a plan's nodes, once the stores have their memory.
class PlanTensors {
 public:
  explicit PlanTensors(const Plan& plan) : plan_(plan) {
    for (const Node& node : plan.nodes) {
      for (const int index : node.values) {
        const Value& value = plan.values[static_cast<std::size_t>(index)];
        tensors_.push_back({nullptr, value.dtype, value.elements()});
      }
    }
  }

  /// Where a store begins: of f32 or s32.
  void place(Store store, void* memory) { stores_[static_cast<std::size_t>(store)] = memory; }

  /// Places what the tensors of a call hold, as NetworkProblem lists them.
  void place(const NetworkProblem& problem, Tensors tensors) {
    std::size_t next = 0;
    place(Store::images, tensors[next++].data);
    if (problem.training) place(Store::labels, tensors[next++].data);
    place(Store::parameters, tensors[next++].data);
    if (problem.training) place(Store::momentum, tensors[next++].data);
    if (plan_.elements_of(Store::statistics) > 0) {
      place(Store::statistics, tensors[next++].data);
    }
    place(problem.training ? Store::loss : Store::logits, tensors[next].data);
  }

  /// Calls `visit(node, tensors)` with each node in order.
  template <class Visit>
  void for_each_node(Visit visit) {
    std::size_t next = 0;
    for (std::size_t node = 0; node < plan_.nodes.size(); ++node) {
      const std::size_t first = next;
      for (const int index : plan_.nodes[node].values) {
        const Value& value = plan_.values[static_cast<std::size_t>(index)];
        void* store = stores_[static_cast<std::size_t>(value.store)];
        tensors_[next++].data = static_cast<float*>(store) + value.offset;
      }
      visit(node, Tensors(tensors_).subspan(first, next - first));
    }
  }

 private:
  const Plan& plan_;
  std::array<void*, kStores> stores_ = {};
  std::vector<Tensor> tensors_;
};

}  // namespace breakeven
