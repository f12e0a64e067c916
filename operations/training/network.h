#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace breakeven {

/// Extents of a value for one image: a picture, or a vector where height and width are 1.
struct Extents {
  std::int64_t channels = 1, height = 1, width = 1;

  std::int64_t places() const { return height * width; }
  std::int64_t elements() const { return channels * places(); }
  bool operator==(const Extents&) const = default;
};

enum class LayerKind { convolution, linear, batch_norm, relu, max_pool, average_pool, add };

/// A layer of a network: what it computes of the values `input` and, to add, `second`. Value 0 is
/// the images, value i + 1 the output of layer i.
struct Layer {
  LayerKind kind;
  std::string name;  // "conv1"; its parameters are "conv1.weight" and "conv1.bias"
  int input = 0;
  int second = 0;
  std::int64_t channels = 0;                     // outputs of a convolution or linear layer
  std::int64_t window = 1, stride = 1, pad = 0;  // of convolutions and pools, along both axes
  bool bias = true;                              // of a convolution
};

/// A network that classifies images.
struct Network {
  std::string name;
  Extents input = {};
  std::int64_t classes = 0;
  std::vector<Layer> layers = {};  // each after those that it takes values of

  /// Of each value.
  std::vector<Extents> extents() const;
};

/// All that there are:
///   mlp       784-512-256-10, with ReLU
///   mlp_8x8   64-128-10
///   cnn       the CIFAR-10 network of PyTorch's tutorial: two 5×5 convolutions with ReLU and
///             pooling, and three linear layers
///   cnn_8x8   the same for 8×8 images: 3×3 convolutions with padding
///   resnet20  He et al. 2016 (arXiv:1512.03385), section 4.2, for 32×32 images; where a block
///             changes its shape, a 1×1 convolution with batch norm is the shortcut (option B)
std::span<const Network> networks();

/// The network of that name. Throws std::invalid_argument with one clear line.
const Network& network_named(std::string_view name);

/// The network of that name or of its kin, such as cnn_8x8 for `cnn`, that takes such images.
/// Throws std::invalid_argument with one clear line where there is none.
const Network& network_for(std::string_view name, const Extents& image);

}  // namespace breakeven
