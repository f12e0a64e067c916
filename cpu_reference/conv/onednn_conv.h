#pragma once

#include <array>
#include <string>
#include <unordered_map>
#include <utility>

#include "cpu_reference/common/onednn.h"
#include "operations/conv/strides.h"

namespace breakeven::cpu_conv {

/// A convolution's geometry in oneDNN's terms: it counts dilation from 0.
struct OnednnGeometry {
  dnnl::memory::dims strides, dilations, before, after;

  explicit OnednnGeometry(const ConvProblem& p) {
    for (auto i = static_cast<std::size_t>(3 - p.dims); i < 3; ++i) {
      strides.push_back(p.axes[i].stride);
      dilations.push_back(p.axes[i].dilation - 1);
      before.push_back(p.axes[i].pad_before);
      after.push_back(p.axes[i].pad_after);
    }
  }
};

/// Descriptions of x, w and y as they lie in memory. Filters of several groups are (group, K of the
/// group, C of the group, …).
struct OnednnTensors {
  dnnl::memory::desc x, w, y;

  explicit OnednnTensors(const ConvProblem& p)
      : x(plain(p, {p.n, p.c}, input_extents(p), x_strides(p))),
        w(p.groups == 1 ? plain(p, {p.k, p.c}, filter_extents(p), w_strides(p)) : grouped(p)),
        y(plain(p, {p.n, p.k}, output_extents(p), y_strides(p))) {}

 private:
  static dnnl::memory::desc plain(const ConvProblem& p, dnnl::memory::dims shape,
                                  const std::array<std::int64_t, 3>& extents,
                                  const ConvStrides& distances) {
    dnnl::memory::dims strides{distances.outer, distances.channel};
    append_axes(p, extents, distances, shape, strides);
    return {shape, type_of(p), strides};
  }

  static dnnl::memory::desc grouped(const ConvProblem& p) {
    const ConvStrides distances = w_strides(p);
    dnnl::memory::dims shape{p.groups, p.group_k(), p.group_c()};
    dnnl::memory::dims strides{p.group_k() * distances.outer, distances.outer, distances.channel};
    append_axes(p, filter_extents(p), distances, shape, strides);
    return {shape, type_of(p), strides};
  }

  static void append_axes(const ConvProblem& p, const std::array<std::int64_t, 3>& extents,
                          const ConvStrides& distances, dnnl::memory::dims& shape,
                          dnnl::memory::dims& strides) {
    for (auto i = static_cast<std::size_t>(3 - p.dims); i < 3; ++i) {
      shape.push_back(extents[i]);
      strides.push_back(distances.axis[i]);
    }
  }

  static dnnl::memory::data_type type_of(const ConvProblem& p) {
    return p.dtype == Dtype::bf16 ? dnnl::memory::data_type::bf16 : dnnl::memory::data_type::f32;
  }
};

/// oneDNN's convolution primitive of a direction. All objects are made here; `run` points them at
/// the tensors.
class OnednnConv {
 public:
  /// On tensors as the problem stores them. Throws dnnl::error where oneDNN has none.
  static OnednnConv plain(const ConvProblem& p) { return {p, OnednnTensors(p)}; }

  OnednnConv(const ConvProblem& p, const OnednnTensors& tensors) {
    const dnnl::convolution_forward::primitive_desc forward = onednn::convolution(
        p.direction == Direction::fprop, tensors.x, tensors.w, tensors.y, OnednnGeometry(p));
    switch (p.direction) {
      case Direction::fprop:
        take<dnnl::convolution_forward>(forward, {Argument{DNNL_ARG_SRC, tensors.x},
                                                  {DNNL_ARG_WEIGHTS, tensors.w},
                                                  {DNNL_ARG_DST, tensors.y}});
        break;
      case Direction::dgrad:
        take_gradient<dnnl::convolution_backward_data>(p, tensors, forward,
                                                       {Argument{DNNL_ARG_DIFF_DST, tensors.y},
                                                        {DNNL_ARG_WEIGHTS, tensors.w},
                                                        {DNNL_ARG_DIFF_SRC, tensors.x}});
        break;
      case Direction::wgrad:
        take_gradient<dnnl::convolution_backward_weights>(p, tensors, forward,
                                                          {Argument{DNNL_ARG_SRC, tensors.x},
                                                           {DNNL_ARG_DIFF_DST, tensors.y},
                                                           {DNNL_ARG_DIFF_WEIGHTS, tensors.w}});
        break;
    }
  }

  /// Which of its kernels oneDNN chose.
  const std::string& plan() const { return plan_; }

  /// In the order of the problem's tensors.
  void run(void* first, void* second, void* result) {
    onednn::bind(memories_[0], first);
    onednn::bind(memories_[1], second);
    onednn::bind(memories_[2], result);
    primitive_.execute(onednn::cpu_stream(), arguments_);
    onednn::cpu_stream().wait();
  }

 private:
  using Argument = std::pair<int, dnnl::memory::desc>;

  /// `all`: in the order of the problem's tensors.
  template <class Primitive>
  void take(const typename Primitive::primitive_desc& chosen, const std::array<Argument, 3>& all) {
    primitive_ = Primitive(chosen);
    plan_ = chosen.impl_info_str();
    for (std::size_t i = 0; i < 3; ++i) {
      memories_[i] = onednn::unbound(all[i].second);
      arguments_.emplace(all[i].first, memories_[i]);
    }
  }

  template <class Gradient>
  void take_gradient(const ConvProblem& p, const OnednnTensors& tensors,
                     const dnnl::convolution_forward::primitive_desc& forward,
                     const std::array<Argument, 3>& all) {
    take<Gradient>(onednn::convolution_gradient<Gradient>(tensors.x, tensors.w, tensors.y,
                                                          OnednnGeometry(p), forward),
                   all);
  }

  dnnl::primitive primitive_;
  std::string plan_;
  std::array<dnnl::memory, 3> memories_;
  std::unordered_map<int, dnnl::memory> arguments_;  // refers to the same memory objects
};

}  // namespace breakeven::cpu_conv
