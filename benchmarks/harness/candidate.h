#pragma once

#include <functional>
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
};

template <class Problem>
Candidate bind(const CpuImplementation<Problem>& row, const Problem& problem) {
  return {Side::cpu,
          std::string(row.name),
          row.rung,
          row.threaded,
          [supports = row.supports, problem] { return supports(problem); },
          [prepare = row.prepare, problem](Stream) { return prepare(problem); }};
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
            Call<> bound{on_stream(call.run), call.packed_bytes, {}};
            if (call.pack) bound.pack = on_stream(call.pack);
            return bound;
          }};
}

/// A problem with all that can run it: what the harness measures.
struct Case {
  ProblemView problem;
  std::vector<std::string> tags = {};
  std::vector<Candidate> candidates = {};
  /// The same candidates on a small kin of the problem, to predict a time before the first call.
  std::function<Case()> calibration = {};
};

}  // namespace breakeven
