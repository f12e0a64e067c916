#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "operations/oracle.h"
#include "operations/support.h"
#include "operations/tensor.h"

struct CUstream_st;

namespace breakeven {

/// A CUDA stream (`cudaStream_t`), named without CUDA's headers.
using Stream = CUstream_st*;

/// Place on the ladder from the definition to the vendor's library.
enum class Rung { naive, tuned, library };

constexpr std::string_view name_of(Rung rung) {
  return rung == Rung::naive ? "naive" : rung == Rung::tuned ? "tuned" : "library";
}

/// How an implementation's arithmetic differs from the problem's own: a name, and coarser roundings
/// for the bound of its results.
struct MathMode {
  std::string_view name = "default";  // "tf32", "winograd"
  double input = 0;                   // unit roundoff it applies to its inputs (tf32: 2^-11)
  double accumulate = 0;              // unit roundoff of what it sums in; 0: the problem's
  double mixed = 0;                   // see Rounding
};

/// The roundings of a problem's own arithmetic as that mode has them.
inline Rounding in_mode(const MathMode& mode, Rounding rounding) {
  rounding.input = std::max(rounding.input, mode.input);
  rounding.accumulate = std::max(rounding.accumulate, mode.accumulate);
  rounding.mixed = mode.mixed;
  return rounding;
}

/// Told each time that a part of a call is done, or enqueued; parts may come in turns.
using Mark = std::function<void(std::string_view part)>;

/// What `prepare` returns: everything done once is done, `run` does the operation once.
///
/// An implementation that wants an operand in a layout of its own (packed weights) asks for
/// `packed_bytes`; the harness appends one buffer of that size (64-byte aligned) to the tensors of
/// both callables and calls `pack` after each fill, outside the timed region; its time is reported.
/// A result in a layout of its own lies in that buffer too: `unpack`, untimed, brings it to the
/// output tensor before that is looked at, and `pack` overwrites an earlier one with NaN. `pack`
/// may also do what is done once for each set of tensors; then `packed_bytes` is 0.
/// All throw std::exception on failure, with the failing call named. `run` allocates nothing.
template <class... Extra>
struct Call {
  std::function<void(Tensors, Extra...)> run;
  std::size_t packed_bytes = 0;
  std::function<void(Tensors, Extra...)> pack = {};
  std::function<void(Tensors, Extra...)> unpack = {};
  std::string plan = {};  // what `prepare` chose, for the record
  /// Memory that it holds beside its tensors and the packed buffer, where it says so.
  std::optional<std::size_t> workspace_bytes = {};
  /// Memory by what it is for, tensors included, where it tells: of a whole network's step.
  std::vector<std::pair<std::string, std::size_t>> memory = {};
  /// What `run` does, with its parts marked; null where it is of one piece.
  std::function<void(Tensors, Extra..., const Mark&)> run_in_parts = {};
};

/// The number of threads is the OpenMP setting in force, at `prepare` and at each call.
using CpuCall = Call<>;
/// Enqueues on the stream and returns; never synchronises.
using CudaCall = Call<Stream>;

/// One row of an operation's list of CPU implementations, in ladder order.
template <class Problem>
struct CpuImplementation {
  std::string_view name;
  Rung rung;
  bool threaded;  // false: always one thread
  Support (*supports)(const Problem&);
  CpuCall (*prepare)(const Problem&);
  MathMode (*math_mode)(const Problem&) = nullptr;  // null: the problem's own arithmetic
};

/// One row of an operation's list of CUDA implementations, in ladder order.
template <class Problem>
struct CudaImplementation {
  std::string_view name;
  Rung rung;
  Support (*supports)(const Problem&);
  CudaCall (*prepare)(const Problem&);
  MathMode (*math_mode)(const Problem&) = nullptr;  // null: the problem's own arithmetic
};

}  // namespace breakeven
