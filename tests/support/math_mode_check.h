#pragma once

#include <gtest/gtest.h>

#include "tests/support/device_run.h"
#include "tests/support/gemm_check.h"

namespace breakeven::test {

/// Multiplies 1 + 2^-12, which f32 holds and TF32 rounds to 1, by 1: the result says what an
/// implementation rounds its inputs to, whatever it says itself.
inline void expect_rounding_of_its_math_mode(
    const CudaImplementation<GemmProblem>& implementation) {
  const GemmProblem p = parse_gemm("gemm/f32/nt/m16n16k16");
  if (!implementation.supports(p)) return;
  const GemmTensors tensors(p, Fill::integers, 1);
  constexpr float value = 1 + 0x1p-12f;
  for (std::int64_t i = 0; i < p.m * p.k; ++i) {
    tensors.call()[0].as<float>()[i] = i % p.k == 0 ? value : 0;
    tensors.call()[1].as<float>()[i] = i % p.k == 0 ? 1 : 0;
  }
  run_on_device(implementation, p, tensors);
  const bool tf32 = math_mode_of(implementation, p).name == "tf32";
  for (std::int64_t i = 0; i < p.m * p.n; ++i) {
    ASSERT_EQ(tensors.get(i), tf32 ? 1 : value) << implementation.name;
  }
}

}  // namespace breakeven::test
