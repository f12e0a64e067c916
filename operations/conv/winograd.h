#pragma once

#include <cmath>

#include "operations/conv/problem.h"
#include "operations/implementation.h"

/// What has to be known of Winograd's minimal filtering F(2×2, 3×3) wherever results are checked
/// (Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks", 2015):
///
///   y = Aᵀ [Σ (G g Gᵀ) ⊙ (Bᵀ d B) over channels] A    for each 2×2 of y, with its 4×4 of x as d
///
///        ⎡1  0 −1  0⎤        ⎡ 1   0   0 ⎤
///   Bᵀ = ⎢0  1  1  0⎥    G = ⎢ ½   ½   ½ ⎥    Aᵀ = ⎡1  1  1  0⎤
///        ⎢0 −1  1  0⎥        ⎢ ½  −½   ½ ⎥         ⎣0  1 −1 −1⎦
///        ⎣0  1  0 −1⎦        ⎣ 0   0   1 ⎦
namespace breakeven {

/// fprop, and dgrad as an fprop with filters turned around, of 3×3 filters that do not jump.
inline bool has_winograd(const ConvProblem& p) {
  const auto plain = [](const ConvAxis& axis) {
    return axis.filter == 3 && axis.stride == 1 && axis.dilation == 1;
  };
  return p.dims == 2 && plain(p.axes[1]) && plain(p.axes[2]) && p.groups == 1 &&
         p.direction != Direction::wgrad;
}

/// Channels that a sum runs over.
inline std::int64_t winograd_channels(const ConvProblem& p) {
  return p.direction == Direction::fprop ? p.c : p.k;
}

/// How large its sums get on integers up to r: each channel adds at most so many r². Counted in
/// halves along each axis, since G has them: the rows of 2G, Bᵀ give products up to 2·2, 3·2, 3·2
/// and 2·2 r², of which Aᵀ adds three: 16 halves, along two axes 16² quarters.
inline constexpr std::int64_t kWinogradGrowth = 256;
/// With more channels not even ±1 would be exact in f32.
inline constexpr std::int64_t kMostWinogradChannels = (std::int64_t{1} << 24) / kWinogradGrowth;

/// Its arithmetic and bound. What it multiplies are mixtures of a filter's and of an image's
/// elements, so that an output's error is not bounded by the products of its own sum: with
/// absolute values for all elements of the matrices, output 0 along an axis adds up
/// Σ κ(a, b)·|x_a|·|w_b| with κ = [1 0 0; 1 1 1; 2 1 1] (output 1: the same backwards), whose
/// spectral norm is √(5 + √19); along two axes, of Kronecker's product, 5 + √19 = 9.36. So by
/// Cauchy and Schwarz it adds up at most that times ‖x‖·‖w‖ over window, filter and channels.
/// Each term meets 2 roundings in Bᵀ d B, 4 in G g Gᵀ, 4 in Aᵀ M A and those of the sum over
/// channels, for which √C stands as it does in the definition's bound: componentwise analysis as in
/// Barabasz, Anderson, Soodhalter & Gregg, "Error Analysis and Improving the Accuracy of Winograd
/// Convolution for Deep Neural Networks", 2020, theorem 1.
inline MathMode winograd_mode(const ConvProblem& p) {
  const double growth = 5 + std::sqrt(19.0);
  const double roundings = 4 * std::sqrt(static_cast<double>(winograd_channels(p))) + 10;
  return {.name = "winograd", .mixed = roundings * growth * unit_roundoff(p.sum_dtype())};
}

}  // namespace breakeven
