#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "operations/implementation.h"
#include "operations/problem.h"

namespace breakeven {

enum class Side { cpu, cuda };
constexpr std::string_view name_of(Side side) { return side == Side::cpu ? "cpu" : "cuda"; }

/// An implementation bound to a problem: its row of the list without the problem's type.
struct Candidate {
  Side side;
  std::string implementation;
  Rung rung;
  bool threaded;
  std::function<Support()> supports;  // asked only where its side can run: it may open a library
  /// The stream is the device's; the CPU side ignores it.
  std::function<Call<>(Stream)> prepare;
  MathMode math_mode = {};
  /// What it computes in place of the case's own problem: the same in another dtype, for which the
  /// side has no arithmetic of its own. Null: the case's problem.
  std::shared_ptr<const ProblemView> stand_in = {};
};

template <class Row, class Problem>
MathMode math_mode_of(const Row& row, const Problem& problem) {
  return row.math_mode ? row.math_mode(problem) : MathMode{};
}

template <class Problem>
Candidate bind(const CpuImplementation<Problem>& row, const Problem& problem) {
  return {Side::cpu,
          std::string(row.name),
          row.rung,
          row.threaded,
          [supports = row.supports, problem] { return supports(problem); },
          [prepare = row.prepare, problem](Stream) { return prepare(problem); },
          math_mode_of(row, problem)};
}

/// An implementation bound to a problem that stands in for a case's, named with its dtype.
template <class Problem>
Candidate bind_stand_in(const CpuImplementation<Problem>& row, const Problem& problem) {
  Candidate candidate = bind(row, problem);
  candidate.stand_in = std::make_shared<const ProblemView>(problem.view());
  const std::string_view dtype = name_of(candidate.stand_in->dtype);
  if (!candidate.implementation.ends_with(dtype)) {
    candidate.implementation += '_';
    candidate.implementation += dtype;
  }
  return candidate;
}

template <class Problem>
Candidate bind(const CudaImplementation<Problem>& row, const Problem& problem) {
  return {Side::cuda,
          std::string(row.name),
          row.rung,
          false,
          [supports = row.supports, problem] { return supports(problem); },
          [prepare = row.prepare, problem](Stream stream) {
            CudaCall call = prepare(problem);
            const auto on_stream = [stream](std::function<void(Tensors, Stream)> work) {
              return [stream, work = std::move(work)](Tensors tensors) { work(tensors, stream); };
            };
            Call<> bound{.run = on_stream(call.run),
                         .packed_bytes = call.packed_bytes,
                         .plan = std::move(call.plan),
                         .workspace_bytes = call.workspace_bytes,
                         .memory = std::move(call.memory)};
            if (call.pack) bound.pack = on_stream(call.pack);
            if (call.unpack) bound.unpack = on_stream(call.unpack);
            if (call.run_in_parts) {
              bound.run_in_parts = [stream, run = std::move(call.run_in_parts)](Tensors tensors,
                                                                                const Mark& mark) {
                run(tensors, stream, mark);
              };
            }
            return bound;
          },
          math_mode_of(row, problem)};
}

/// What a candidate of a case computes.
inline const ProblemView& computed_by(const Candidate& candidate, const ProblemView& own) {
  return candidate.stand_in ? *candidate.stand_in : own;
}

/// A problem with all that can run it: what the harness measures.
struct Case {
  ProblemView problem;
  std::vector<std::string> tags = {};
  std::map<std::string, std::int64_t> multiplicities = {};  // of each tag
  std::map<std::string, std::string> passes = {};  // lists that are one through a network, in words
  std::vector<Candidate> candidates = {};
  /// The same candidates on a small kin of the problem, to predict a time before the first call.
  std::function<Case()> calibration = {};
};

}  // namespace breakeven
