#include "operations/batch_norm/problem.h"

#include <algorithm>
#include <utility>

#include "operations/batch_norm/truth.h"
#include "operations/id_reader.h"

namespace breakeven {
namespace {

constexpr Dtype dtypes[] = {Dtype::f32};
constexpr IdForm form{.name = "batch norm",
                      .form = "batch_norm[_evaluation|_backward]/f32/<ncp|npc>/n<N>c<C>p<P>",
                      .dtypes = dtypes};

std::string operation_of(BatchNorm mode) {
  std::string name("batch_norm");
  if (mode == BatchNorm::evaluation) name += "_evaluation";
  if (mode == BatchNorm::backward) name += "_backward";
  return name;
}

}  // namespace

std::string BatchNormProblem::id() const {
  std::string text = operation_of(mode);
  text += channels_last ? "/f32/npc/" : "/f32/ncp/";
  for (const auto& [letter, extent] : {std::pair{"n", n}, {"c", c}, {"p", places}}) {
    text += letter;
    text += std::to_string(extent);
  }
  return text;
}

BatchNormProblem parse_batch_norm(std::string_view id) {
  IdReader reader(id, form);
  BatchNormProblem p;
  reader.expect("batch_norm");
  if (reader.accept("_evaluation")) p.mode = BatchNorm::evaluation;
  if (reader.accept("_backward")) p.mode = BatchNorm::backward;
  reader.expect("/");
  reader.dtype();
  p.channels_last = reader.accept("/npc/");
  if (!p.channels_last) reader.expect("/ncp/");
  p.n = reader.extent("n", "N");
  p.c = reader.extent("c", "C");
  p.places = reader.extent("p", "P");
  if (!reader.done()) reader.fail_at_rest();
  if (overflows(p.n, p.c, p.places, sizeof(float))) {
    reader.fail("x takes more than 2^63 - 1 bytes");
  }
  if (p.mode == BatchNorm::training && p.count() < 2) {
    reader.fail("a channel has one element, of which there is no variance");
  }
  return p;
}

BatchNormProblem BatchNormProblem::shrunk() const {
  BatchNormProblem small = *this;
  small.c = std::clamp<std::int64_t>((1 << 16) / count(), 1, c);
  return small;
}

double BatchNormProblem::flops() const {
  const double each = mode == BatchNorm::training ? 8 : mode == BatchNorm::evaluation ? 4 : 11;
  return each * static_cast<double>(elements());
}

double BatchNormProblem::least_bytes() const {
  // training: running statistics are read and written, those of the batch written.
  const double of_channels = mode == BatchNorm::training     ? 2 + 4 + 2
                             : mode == BatchNorm::evaluation ? 4
                                                             : 3 + 2;
  const double whole = mode == BatchNorm::backward ? 3 : 2;
  return 4 * (whole * static_cast<double>(elements()) + of_channels * static_cast<double>(c));
}

ProblemView BatchNormProblem::view() const {
  const auto whole = [&](std::string name, Role role) {
    std::vector<std::int64_t> shape{n, c, places};
    if (channels_last) std::swap(shape[1], shape[2]);
    return TensorSpec{std::move(name), std::move(shape), Dtype::f32, role};
  };
  const auto each = [&](std::string name, Role role, bool positive = false) {
    return TensorSpec{.name = std::move(name),
                      .shape = {c},
                      .dtype = Dtype::f32,
                      .role = role,
                      .positive = positive};
  };
  ProblemView view;
  view.id = id();
  view.operation = operation_of(mode);
  view.sizes = {{"layout", channels_last ? "npc" : "ncp"},
                {"n", std::to_string(n)},
                {"c", std::to_string(c)},
                {"places", std::to_string(places)}};
  if (mode == BatchNorm::backward) {
    view.tensors = {whole("dy", Role::input),       whole("x", Role::input),
                    each("weight", Role::input),    each("mean", Role::input),
                    each("var", Role::input, true), whole("dx", Role::output),
                    each("dweight", Role::output),  each("dbias", Role::output)};
  } else {
    const bool training = mode == BatchNorm::training;
    const Role running = training ? Role::inout : Role::input;
    view.tensors = {whole("x", Role::input),
                    each("weight", Role::input),
                    each("bias", Role::input),
                    each("running_mean", running),
                    each("running_var", running, true),
                    whole("y", Role::output)};
    if (training) {
      view.tensors.push_back(each("mean", Role::output));
      view.tensors.push_back(each("var", Role::output));
    }
  }
  view.flops = flops();
  view.least_bytes = least_bytes();
  view.judged_by_bytes = true;
  view.reduction = count();
  view.exact_range = 0;  // a square root
  const double unit = unit_roundoff(Dtype::f32);
  view.rounding = {.output = 4 * unit, .accumulate = unit, .underflow = 0x1p-126};
  view.oracle = batch_norm_oracle(*this);
  return view;
}

}  // namespace breakeven
