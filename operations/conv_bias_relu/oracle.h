#pragma once

#include "operations/conv_bias_relu/problem.h"
#include "operations/oracle.h"

namespace breakeven {

/// What is true of that problem's y. Tensors in the order x, w, bias, y.
///
/// An element is max(z, 0) for z, the convolution's element plus bias, in float64; relu makes no
/// error larger, so that z's magnitude is the element's. Integers stay integers.
///
/// A random combination of channels, with which all elements of a convolution are checked, does not
/// pass through relu, which is not linear. What is checked of all elements is that none is negative
/// or larger than its filter, bias and the largest |x| of its image allow: one wrong element among
/// right-looking values is found where it is among those that are checked one by one.
Oracle conv_bias_relu_oracle(const ConvBiasReluProblem& problem);

}  // namespace breakeven
