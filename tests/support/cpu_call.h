#pragma once

#include "operations/implementation.h"
#include "tests/support/problem_tensors.h"

namespace breakeven::test {

/// As the harness does: a buffer for layouts of the implementation's own, once, and then calls.
inline void pack(const CpuCall& call, ProblemTensors& tensors) {
  if (call.packed_bytes == 0) return;
  tensors.append(call.packed_bytes);
  call.pack(tensors.call());
}

inline void run(const CpuCall& call, const ProblemTensors& tensors) {
  call.run(tensors.call());
  if (call.unpack) call.unpack(tensors.call());
}

}  // namespace breakeven::test
