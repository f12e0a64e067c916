#pragma once

#include "operations/gemm_bias_gelu/problem.h"
#include "operations/oracle.h"

namespace breakeven {

/// What is true of that problem's D. Tensors in the order A, B, bias, D.
///
/// An element is gelu of the product's element plus bias, in float64. Its magnitude is
/// 1.13·(|A||B| + |bias|) + 4·|x| for D = gelu(x): an error of x grows by gelu's slope at most, and
/// gelu itself may be evaluated with an error that goes with |x|, since 1 + tanh cancels where x is
/// negative.
///
/// Freivalds' check cannot see through gelu: it compares a random combination of D's columns with
/// the same one of the product's, and gelu of a sum is not the sum of gelus. Nor can it be undone
/// first: below its minimum gelu has two arguments for each value. What is checked of all elements
/// is that they are finite and lie between gelu's minimum and the largest x that their row of A,
/// column of B and bias allow (Cauchy-Schwarz): one wrong element among right-looking values is
/// found where it is among those that are checked one by one.
Oracle gemm_bias_gelu_oracle(const GemmBiasGeluProblem& problem);

}  // namespace breakeven
