#include "operations/training/network.h"

#include <stdexcept>
#include <utility>

namespace breakeven {
namespace {

/// Appends layers; each call returns the value that the layer computes.
class Layers {
 public:
  explicit Layers(Network& network) : layers_(network.layers) {}

  int convolution(std::string name, int input, std::int64_t channels, std::int64_t window,
                  std::int64_t stride, std::int64_t pad, bool bias) {
    return append({.kind = LayerKind::convolution,
                   .name = std::move(name),
                   .input = input,
                   .channels = channels,
                   .window = window,
                   .stride = stride,
                   .pad = pad,
                   .bias = bias});
  }
  int linear(std::string name, int input, std::int64_t outputs) {
    return append(
        {.kind = LayerKind::linear, .name = std::move(name), .input = input, .channels = outputs});
  }
  int batch_norm(std::string name, int input) {
    return append({.kind = LayerKind::batch_norm, .name = std::move(name), .input = input});
  }
  int relu(int input) {
    const std::string of = layers_.back().name;
    return append({.kind = LayerKind::relu, .name = of + ".relu", .input = input});
  }
  int max_pool(std::string name, int input, std::int64_t window) {
    return append({.kind = LayerKind::max_pool,
                   .name = std::move(name),
                   .input = input,
                   .window = window,
                   .stride = window});
  }
  int average_pool(std::string name, int input, std::int64_t window) {
    return append({.kind = LayerKind::average_pool,
                   .name = std::move(name),
                   .input = input,
                   .window = window,
                   .stride = window});
  }
  int add(std::string name, int first, int second) {
    return append(
        {.kind = LayerKind::add, .name = std::move(name), .input = first, .second = second});
  }

 private:
  int append(Layer layer) {
    layers_.push_back(std::move(layer));
    return static_cast<int>(layers_.size());
  }
  std::vector<Layer>& layers_;
};

/// Linear layers of these widths, with ReLU between them.
void append_linear(Layers& layers, int value, std::initializer_list<std::int64_t> widths) {
  int number = 0;
  for (const std::int64_t width : widths) {
    if (number > 0) value = layers.relu(value);
    value = layers.linear("fc" + std::to_string(++number), value, width);
  }
}

Network mlp(std::string name, Extents input, std::initializer_list<std::int64_t> widths) {
  Network network{.name = std::move(name), .input = input, .classes = 10};
  Layers layers(network);
  append_linear(layers, 0, widths);
  return network;
}

Network cnn(std::string name, Extents input, std::int64_t window, std::int64_t pad) {
  Network network{.name = std::move(name), .input = input, .classes = 10};
  Layers layers(network);
  int value = layers.convolution("conv1", 0, 6, window, 1, pad, true);
  value = layers.max_pool("pool1", layers.relu(value), 2);
  value = layers.convolution("conv2", value, 16, window, 1, pad, true);
  value = layers.max_pool("pool2", layers.relu(value), 2);
  append_linear(layers, value, {120, 84, 10});
  return network;
}

/// Two 3×3 convolutions and the shortcut around them.
int residual_block(Layers& layers, const std::string& name, int input, std::int64_t channels,
                   std::int64_t stride, bool projected) {
  int value = layers.convolution(name + ".conv1", input, channels, 3, stride, 1, false);
  value = layers.relu(layers.batch_norm(name + ".bn1", value));
  value = layers.convolution(name + ".conv2", value, channels, 3, 1, 1, false);
  value = layers.batch_norm(name + ".bn2", value);
  int shortcut = input;
  if (projected) {
    shortcut = layers.convolution(name + ".shortcut", input, channels, 1, stride, 0, false);
    shortcut = layers.batch_norm(name + ".shortcut_bn", shortcut);
  }
  return layers.relu(layers.add(name + ".add", value, shortcut));
}

std::string text_of(const Extents& of) {
  std::string text = std::to_string(of.channels);
  for (const std::int64_t extent : {of.height, of.width}) text += 'x' + std::to_string(extent);
  return text;
}

Network resnet20() {
  Network network{.name = "resnet20", .input = {3, 32, 32}, .classes = 10};
  Layers layers(network);
  int value = layers.convolution("conv1", 0, 16, 3, 1, 1, false);
  value = layers.relu(layers.batch_norm("bn1", value));
  std::int64_t channels = 16;
  for (int stage = 1; stage <= 3; ++stage) {
    for (int block = 1; block <= 3; ++block) {
      const std::string name = "stage" + std::to_string(stage) + ".block" + std::to_string(block);
      const bool halves = stage > 1 && block == 1;
      value = residual_block(layers, name, value, channels, halves ? 2 : 1, halves);
    }
    channels *= 2;
  }
  value = layers.average_pool("pool", value, 8);
  layers.linear("fc", value, network.classes);
  return network;
}

}  // namespace

std::vector<Extents> Network::extents() const {
  std::vector<Extents> all{input};
  for (const Layer& layer : layers) {
    Extents of = all[static_cast<std::size_t>(layer.input)];
    switch (layer.kind) {
      case LayerKind::linear:
        of = {layer.channels, 1, 1};
        break;
      case LayerKind::convolution:
      case LayerKind::max_pool:
      case LayerKind::average_pool:
        if (layer.kind == LayerKind::convolution) of.channels = layer.channels;
        of.height = (of.height + 2 * layer.pad - layer.window) / layer.stride + 1;
        of.width = (of.width + 2 * layer.pad - layer.window) / layer.stride + 1;
        break;
      case LayerKind::batch_norm:
      case LayerKind::relu:
      case LayerKind::add:
        break;
    }
    all.push_back(of);
  }
  return all;
}

std::span<const Network> networks() {
  static const Network all[] = {
      mlp("mlp", {1, 28, 28}, {512, 256, 10}),
      mlp("mlp_8x8", {1, 8, 8}, {128, 10}),
      cnn("cnn", {3, 32, 32}, 5, 0),
      cnn("cnn_8x8", {1, 8, 8}, 3, 1),
      resnet20(),
  };
  return all;
}

const Network& network_named(std::string_view name) {
  std::string known;
  for (const Network& network : networks()) {
    if (network.name == name) return network;
    known += (known.empty() ? "" : ", ") + network.name;
  }
  throw std::invalid_argument("there is no network '" + std::string(name) + "'; there are " +
                              known);
}

const Network& network_for(std::string_view name, const Extents& image) {
  const Network& named = network_named(name);
  for (const Network& network : networks()) {
    if (network.input == image && (network.name + '_').starts_with(std::string(name) + '_')) {
      return network;
    }
  }
  throw std::invalid_argument("network '" + std::string(name) + "' takes images of " +
                              text_of(named.input) + ", not of " + text_of(image));
}

}  // namespace breakeven
