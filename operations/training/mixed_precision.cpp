#include "operations/training/mixed_precision.h"

#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include "operations/training/plan_layout.h"

namespace breakeven {
namespace {

/// Copies a plan node by node.
class Narrowing {
 public:
  Narrowing(Dtype dtype, Plan plan)
      : dtype_(dtype), nodes_(std::move(plan.nodes)), plan_(std::move(plan)) {
    plan_.nodes.clear();
    narrow_.resize(plan_.values.size(), -1);
  }

  Plan run() {
    for (const Node& node : nodes_) {
      std::visit(
          [&]<class Problem>(const Problem& problem) {
            if constexpr (std::is_same_v<Problem, GemmProblem> ||
                          std::is_same_v<Problem, ConvProblem>) {
              product(problem.in(dtype_), node);
            } else {
              plan_.nodes.push_back(node);
            }
          },
          node.problem);
    }
    lay_out_activations(plan_);
    return std::move(plan_);
  }

 private:
  void product(const AnyProblem& problem, const Node& node) {
    std::vector<int> values;
    for (std::size_t i = 0; i + 1 < node.values.size(); ++i) {
      const int value = node.values[i];
      if (narrow_of(value) < 0) {
        narrow_of(value) = add_narrow(value);
        convert(Elementwise::narrow, value, narrow_of(value), node.phase);
      }
      values.push_back(narrow_of(value));
    }
    // The result as it is may be another product's operand.
    const int result = node.values.back(), narrow = add_narrow(result);
    narrow_of(result) = narrow;
    values.push_back(narrow);
    plan_.nodes.push_back({problem, std::move(values), node.phase});
    convert(Elementwise::widen, narrow, result, node.phase);
  }

  int& narrow_of(int value) { return narrow_[static_cast<std::size_t>(value)]; }
  const Value& at(int value) const { return plan_.values[static_cast<std::size_t>(value)]; }

  int add_narrow(int value) {
    std::string name = at(value).name;
    name += '.';
    name += name_of(dtype_);
    plan_.values.push_back({.name = std::move(name),
                            .shape = at(value).shape,
                            .store = Store::activations,
                            .dtype = dtype_});
    return static_cast<int>(plan_.values.size()) - 1;
  }
  void convert(Elementwise function, int from, int to, Phase phase) {
    plan_.nodes.push_back(
        {ElementwiseProblem{function, dtype_, at(from).elements()}, {from, to}, phase});
  }

  Dtype dtype_;
  std::vector<Node> nodes_;  // of the plan in f32
  Plan plan_;
  std::vector<int> narrow_;  // of each value in f32 the narrow one; -1: none yet
};

}  // namespace

Plan with_products_in(Dtype dtype, Plan plan) {
  return dtype == Dtype::f32 ? std::move(plan) : Narrowing(dtype, std::move(plan)).run();
}

}  // namespace breakeven
