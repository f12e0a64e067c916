#include "operations/sgd/problem.h"

#include <algorithm>
#include <cmath>

#include "operations/grouped_oracle.h"
#include "operations/id_reader.h"
#include "operations/text.h"

namespace breakeven {
namespace {

constexpr Dtype dtypes[] = {Dtype::f32};
constexpr IdForm form{
    .name = "SGD", .form = "sgd/f32/lr<lr>momentum<m>[decay<d>]/n<N>", .dtypes = dtypes};

/// What f32 arithmetic multiplies with.
double as_f32(double factor) { return static_cast<double>(static_cast<float>(factor)); }

/// New v and w, and the magnitudes that went into them.
struct Updated {
  Expected v, w;
};

Updated updated(const SgdProblem& p, Tensors before, std::int64_t i) {
  const double g = before[0].as<float>()[i], v = before[1].as<float>()[i],
               w = before[2].as<float>()[i];
  const double decay = as_f32(p.weight_decay) * w, kept = as_f32(p.momentum) * v;
  const double velocity = kept + g + decay;
  const double terms = std::abs(kept) + std::abs(g) + std::abs(decay);
  const double lr = as_f32(p.lr);
  return {{velocity, terms}, {w - lr * velocity, std::abs(w) + std::abs(lr) * terms}};
}

}  // namespace

std::string SgdProblem::id() const {
  std::string text = "sgd/f32/lr" + shortest(lr) + "momentum" + shortest(momentum);
  if (weight_decay != 0) text += "decay" + shortest(weight_decay);
  return text += "/n" + std::to_string(n);
}

SgdProblem parse_sgd(std::string_view id) {
  IdReader reader(id, form);
  SgdProblem problem;
  reader.expect("sgd/");
  reader.dtype();
  reader.expect("/");
  problem.lr = reader.factor("lr", Dtype::f32);
  problem.momentum = reader.factor("momentum", Dtype::f32);
  if (reader.next_is('d')) problem.weight_decay = reader.factor("decay", Dtype::f32);
  reader.expect("/");
  problem.n = reader.extent("n", "N");
  if (!reader.done()) reader.fail_at_rest();
  if (overflows(problem.n, sizeof(float))) reader.fail("w takes more than 2^63 - 1 bytes");
  return problem;
}

SgdProblem SgdProblem::shrunk() const {
  SgdProblem small = *this;
  small.n = std::min<std::int64_t>(n, 1 << 16);
  return small;
}

double SgdProblem::flops() const {
  const int factors = (lr != 0) + (momentum != 0) + (weight_decay != 0);
  return 2.0 * factors * static_cast<double>(n);
}

ProblemView SgdProblem::view() const {
  ProblemView view;
  view.id = id();
  view.operation = "sgd";
  view.sizes = {{"n", std::to_string(n)},
                {"lr", shortest(lr)},
                {"momentum", shortest(momentum)},
                {"weight_decay", shortest(weight_decay)}};
  view.tensors = {{"g", {n}, Dtype::f32, Role::input},
                  {"v", {n}, Dtype::f32, Role::inout},
                  {"w", {n}, Dtype::f32, Role::inout}};
  view.flops = flops();
  view.least_bytes = least_bytes();
  view.judged_by_bytes = true;
  view.exact_range = 0;  // its factors are no integers
  const double unit = unit_roundoff(Dtype::f32);
  view.rounding = {.output = unit, .accumulate = unit, .underflow = 4 * 0x1p-149};
  view.oracle = elements_oracle([p = *this](Tensors before, std::int64_t i) {
    const Updated of_element = updated(p, before, i % p.n);
    return i < p.n ? of_element.v : of_element.w;
  });
  return view;
}

}  // namespace breakeven
