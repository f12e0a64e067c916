#pragma once

#include "operations/gemm_epilogue/problem.h"
#include "operations/oracle.h"

namespace breakeven {

/// What is true of that problem's D. Tensors in the order A, B, bias, D.
///
/// An element is the activation of the product's element plus bias, x, in float64. With relu its
/// magnitude is |A||B| + |bias|: relu makes no error larger. With gelu it is
/// 1.13·(|A||B| + |bias|) + 4·|x|: an error of x grows by gelu's slope at most, and gelu itself may
/// be evaluated with an error that goes with |x|, since 1 + tanh cancels where x is negative.
///
/// Freivalds' check cannot see through an activation: it compares a random combination of D's
/// columns with the same one of the product's, and relu or gelu of a sum is not the sum of theirs.
/// Nor can one be undone first: both give the same for more than one x. What is checked of all
/// elements is that they are finite and lie between the activation's least value and the largest x
/// that their row of A, column of B and bias allow (Cauchy-Schwarz): one wrong element among
/// right-looking values is found where it is among those that are checked one by one.
Oracle gemm_epilogue_oracle(const GemmEpilogueProblem& problem);

}  // namespace breakeven
