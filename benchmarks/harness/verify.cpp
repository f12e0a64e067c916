#include "benchmarks/harness/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "operations/sparsity.h"

namespace breakeven {
namespace {

/// Multiply-adds in float64 that checking elements one by one may cost for each tier and output.
constexpr std::int64_t kElementWork = std::int64_t{1} << 25;

double value_at(const Tensor& tensor, std::int64_t index) {
  return with_type(tensor.dtype,
                   [&]<class T>(T) { return static_cast<double>(tensor.as<const T>()[index]); });
}

/// All elements where that is cheap, else a seeded choice that always has the corners.
std::vector<std::int64_t> elements_to_check(std::int64_t elements, std::int64_t cost_of_one,
                                            std::uint64_t seed) {
  const std::int64_t affordable = kElementWork / std::max<std::int64_t>(1, cost_of_one);
  const std::int64_t count = std::min(std::max<std::int64_t>(affordable, 64), elements);
  std::vector<std::int64_t> chosen(static_cast<std::size_t>(count));
  if (count == elements) {
    for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i] = static_cast<std::int64_t>(i);
    return chosen;
  }
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<std::int64_t> any(0, elements - 1);
  for (auto& index : chosen) index = any(random);
  chosen.front() = 0;
  chosen.back() = elements - 1;
  return chosen;
}

}  // namespace

CheckData::CheckData(const ProblemView& problem, bool exact, Fill fill, std::uint64_t seed)
    : problem_(problem),
      exact_(exact),
      seed_(seed),
      outputs_(outputs_of(problem)),
      host_(problem.tensors, 1) {
  const Tensors tensors = host_.tensors(0);
  const int range = std::max(1, problem.exact_range);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (problem.tensors[i].role == Role::output) {
      poison_tensor(tensors[i]);
    } else {
      fill_tensor(tensors[i], problem.tensors[i], exact ? Fill::integers : fill, range, seed + i);
      if (exact) thin_out(tensors[i], problem.tensors[i], seed + i);
    }
  }
  if (!problem.oracle.element) return;
  std::int64_t before = 0;
  for (std::size_t output = 0; output < outputs_.size(); ++output) {
    const std::int64_t elements = tensors[outputs_[output]].elements;
    for (std::int64_t offset : elements_to_check(elements, problem.reduction, seed + output)) {
      elements_.push_back({output, offset, before + offset, {}});
    }
    before += elements;
  }
#pragma omp parallel for
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    elements_[i].expected = problem.oracle.element(tensors, elements_[i].index);
  }
}

bool CheckData::replays() const {
  return std::any_of(outputs_.begin(), outputs_.end(), [&](std::size_t place) {
    return problem_.tensors[place].role != Role::output;
  });
}

CheckData::Outcome CheckData::check(Tensors outputs, const Rounding& rounding) const {
  Outcome outcome;
  outcome.elements = static_cast<std::int64_t>(elements_.size());
  for (const auto& [output, offset, index, expected] : elements_) {
    const double found = value_at(outputs[output], offset);
    const double bound = exact_ ? 0 : rounding.bound(expected, problem_.reduction);
    const double error = std::abs(found - expected.value);
    if (!(error <= bound)) {
      const std::string& name = problem_.tensors[outputs_[output]].name;
      const std::string of = outputs_.size() > 1 ? " of " + name : "";
      outcome.verdict = {false, fmt::format("element {}{}: {} instead of {} (allowed ±{:.3g})",
                                            offset, of, found, expected.value, bound)};
      return outcome;
    }
    if (bound > 0) outcome.worst = std::max(outcome.worst, error / bound);
  }
  outcome.verdict = exact_ ? problem_.oracle.exact_product(before(), outputs, seed_)
                           : problem_.oracle.real_product(before(), outputs, rounding, seed_);
  outcome.worst = std::max(outcome.worst, outcome.verdict.worst);
  return outcome;
}

}  // namespace breakeven
