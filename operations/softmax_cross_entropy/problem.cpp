#include "operations/softmax_cross_entropy/problem.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "operations/grouped_oracle.h"
#include "operations/id_reader.h"

namespace breakeven {
namespace {

constexpr Dtype dtypes[] = {Dtype::f32};
constexpr IdForm form{.name = "softmax_cross_entropy",
                      .form = "softmax_cross_entropy/f32/n<N>c<C>",
                      .dtypes = dtypes};

/// Roundings of an exponential and of what is done with it, in units of its result.
constexpr double kEvaluation = 4;

/// What the elements of a row share.
struct Row {
  double largest = 0;
  double sum = 0;        // Σ exp(l - largest)
  double magnitude = 0;  // the largest |l|
};

class Truth {
 public:
  explicit Truth(const SoftmaxCrossEntropyProblem& p) : p_(p) {}

  Row row(Tensors before, std::int64_t n) const {
    const float* logits = before[0].as<float>() + n * p_.classes;
    Row row{.largest = -std::numeric_limits<double>::infinity()};
    for (std::int64_t c = 0; c < p_.classes; ++c) {
      row.largest = std::max<double>(row.largest, logits[c]);
      row.magnitude = std::max<double>(row.magnitude, std::abs(logits[c]));
    }
    for (std::int64_t c = 0; c < p_.classes; ++c) row.sum += std::exp(logits[c] - row.largest);
    return row;
  }

  Expected loss(Tensors before) const {
    Expected sum;
    for (std::int64_t n = 0; n < p_.n; ++n) {
      const Row of = row(before, n);
      const double label = before[0].as<float>()[n * p_.classes + before[1].as<std::int32_t>()[n]];
      sum.value += std::log(of.sum) + of.largest - label;
      sum.magnitude += std::log(of.sum) + 3 * of.magnitude + kEvaluation;
    }
    const auto rows = static_cast<double>(p_.n);
    return {sum.value / rows, sum.magnitude / rows};
  }

  Expected gradient(const Row& row, Tensors before, std::int64_t element) const {
    const double logit = before[0].as<float>()[element];
    const double p = std::exp(logit - row.largest) / row.sum;
    const bool labelled =
        before[1].as<std::int32_t>()[element / p_.classes] == element % p_.classes;
    const auto rows = static_cast<double>(p_.n);
    // An exponential's relative error is the absolute one of its argument.
    const double argument = std::abs(logit) + std::abs(row.largest);
    return {(p - labelled) / rows, (p * (argument + kEvaluation) + labelled) / rows};
  }

 private:
  SoftmaxCrossEntropyProblem p_;
};

}  // namespace

std::string SoftmaxCrossEntropyProblem::id() const {
  return "softmax_cross_entropy/f32/n" + std::to_string(n) + 'c' + std::to_string(classes);
}

SoftmaxCrossEntropyProblem parse_softmax_cross_entropy(std::string_view id) {
  IdReader reader(id, form);
  SoftmaxCrossEntropyProblem problem;
  reader.expect("softmax_cross_entropy/");
  reader.dtype();
  reader.expect("/");
  problem.n = reader.extent("n", "N");
  problem.classes = reader.extent("c", "C");
  if (!reader.done()) reader.fail_at_rest();
  if (problem.classes > std::numeric_limits<std::int32_t>::max()) {
    reader.fail("C is beyond what a label counts");
  }
  if (overflows(problem.n, problem.classes, sizeof(float))) {
    reader.fail("the logits take more than 2^63 - 1 bytes");
  }
  return problem;
}

double SoftmaxCrossEntropyProblem::least_bytes() const {
  const auto rows = static_cast<double>(n);
  return 4 * (2 * rows * static_cast<double>(classes) + rows + 1);
}

ProblemView SoftmaxCrossEntropyProblem::view() const {
  ProblemView view;
  view.id = id();
  view.operation = "softmax_cross_entropy";
  view.sizes = {{"n", std::to_string(n)}, {"classes", std::to_string(classes)}};
  view.tensors = {{"logits", {n, classes}, Dtype::f32, Role::input},
                  {.name = "labels",
                   .shape = {n},
                   .dtype = Dtype::s32,
                   .role = Role::input,
                   .indices_below = classes},
                  {"loss", {1}, Dtype::f32, Role::output},
                  {"dlogits", {n, classes}, Dtype::f32, Role::output}};
  view.flops = flops();
  view.least_bytes = least_bytes();
  view.judged_by_bytes = true;
  view.reduction = n + classes;
  view.exact_range = 0;  // exp is exact on no integers but 0
  const double unit = unit_roundoff(Dtype::f32);
  view.rounding = {
      .output = unit, .accumulate = unit, .underflow = static_cast<double>(n + classes) * 0x1p-126};
  const Truth truth(*this);
  // The loss is a group of its own, and each row.
  view.oracle = grouped_oracle<Row>(
      {.groups = n + 1,
       .group_of = [c = classes](std::int64_t i) { return i == 0 ? 0 : (i - 1) / c + 1; },
       .shared =
           [truth](Tensors before, std::int64_t group) {
             return group == 0 ? Row() : truth.row(before, group - 1);
           },
       .element =
           [truth](const Row& row, Tensors before, std::int64_t i) {
             return i == 0 ? truth.loss(before) : truth.gradient(row, before, i - 1);
           }},
      view.reduction);
  return view;
}

}  // namespace breakeven
