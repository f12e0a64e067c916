#pragma once

#include <array>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cpu_reference/common/onednn.h"
#include "operations/conv/strides.h"
#include "operations/implementation.h"

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

/// Descriptions of x, w and y, and of a bias where relu(y + bias) is wanted. Filters of several
/// groups are (group, K of the group, C of the group, …).
struct OnednnTensors {
  dnnl::memory::desc x, w, bias, y;

  /// As they lie in memory.
  explicit OnednnTensors(const ConvProblem& p)
      : x(plain(p, {p.n, p.c}, input_extents(p), x_strides(p))),
        w(p.groups == 1 ? plain(p, {p.k, p.c}, filter_extents(p), w_strides(p)) : grouped(p)),
        y(plain(p, {p.n, p.k}, output_extents(p), y_strides(p))) {}

  static OnednnTensors with_bias(const ConvProblem& p) {
    OnednnTensors tensors(p);
    tensors.bias = {{p.k}, type_of(p), dnnl::memory::format_tag::x};
    return tensors;
  }

  bool has_bias() const { return bias != dnnl::memory::desc(); }

  /// The same in whichever layouts oneDNN likes best; a vector has but one.
  OnednnTensors in_any_layout() const {
    OnednnTensors tensors(*this);
    for (dnnl::memory::desc* all : {&tensors.x, &tensors.w, &tensors.y}) {
      *all = onednn::any_layout(*all);
    }
    return tensors;
  }

  /// In the order of the problem's tensors.
  std::vector<dnnl::memory::desc> in_order(Direction direction) const {
    switch (direction) {
      case Direction::fprop:
        return has_bias() ? std::vector{x, w, bias, y} : std::vector{x, w, y};
      case Direction::dgrad:
        return {y, w, x};
      case Direction::wgrad:
        break;
    }
    return {x, y, w};
  }

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

/// oneDNN's convolution primitive of a direction, fprop with bias and relu if so described. All
/// objects are made here; `run` points them at the tensors.
class OnednnConv {
 public:
  /// Throws dnnl::error where oneDNN has no such convolution.
  OnednnConv(const ConvProblem& p, const OnednnTensors& tensors) {
    const OnednnGeometry geometry(p);
    dnnl::post_ops after;
    if (tensors.has_bias()) onednn::append(after, dnnl::algorithm::eltwise_relu, 0, 0);
    const dnnl::convolution_forward::primitive_desc forward =
        onednn::convolution(p.direction == Direction::fprop, tensors.x, tensors.w, tensors.bias,
                            tensors.y, geometry, after);
    const auto gradient = [&]<class Gradient>() {
      return onednn::convolution_gradient<Gradient>(tensors.x, tensors.w, tensors.y, geometry,
                                                    forward);
    };
    switch (p.direction) {
      case Direction::fprop: {
        std::vector<Argument> all{{DNNL_ARG_SRC, forward.src_desc()},
                                  {DNNL_ARG_WEIGHTS, forward.weights_desc()}};
        if (tensors.has_bias()) all.emplace_back(DNNL_ARG_BIAS, forward.bias_desc());
        all.emplace_back(DNNL_ARG_DST, forward.dst_desc());
        take<dnnl::convolution_forward>(forward, all);
        break;
      }
      case Direction::dgrad: {
        using Data = dnnl::convolution_backward_data;
        const Data::primitive_desc chosen = gradient.operator()<Data>();
        take<Data>(chosen, {{DNNL_ARG_DIFF_DST, chosen.diff_dst_desc()},
                            {DNNL_ARG_WEIGHTS, chosen.weights_desc()},
                            {DNNL_ARG_DIFF_SRC, chosen.diff_src_desc()}});
        break;
      }
      case Direction::wgrad: {
        using Weights = dnnl::convolution_backward_weights;
        const Weights::primitive_desc chosen = gradient.operator()<Weights>();
        take<Weights>(chosen, {{DNNL_ARG_SRC, chosen.src_desc()},
                               {DNNL_ARG_DIFF_DST, chosen.diff_dst_desc()},
                               {DNNL_ARG_DIFF_WEIGHTS, chosen.diff_weights_desc()}});
        break;
      }
    }
  }

  /// Which of its kernels oneDNN chose.
  const std::string& plan() const { return plan_; }
  /// What the primitive holds beside its tensors.
  std::size_t scratchpad_bytes() const { return scratchpad_bytes_; }
  /// How the problem's tensors must lie in memory.
  std::vector<dnnl::memory::desc> layouts() const {
    std::vector<dnnl::memory::desc> all;
    for (const dnnl::memory& memory : memories_) all.push_back(memory.get_desc());
    return all;
  }

  /// `at(i)` is where tensor i of the problem lies.
  template <class At>
  void run(At at) {
    for (std::size_t i = 0; i < memories_.size(); ++i) onednn::bind(memories_[i], at(i));
    primitive_.execute(onednn::cpu_stream(), arguments_);
    onednn::cpu_stream().wait();
  }

 private:
  using Argument = std::pair<int, dnnl::memory::desc>;

  /// `all`: in the order of the problem's tensors.
  template <class Primitive>
  void take(const typename Primitive::primitive_desc& chosen, const std::vector<Argument>& all) {
    primitive_ = Primitive(chosen);
    plan_ = chosen.impl_info_str();
    scratchpad_bytes_ =
        static_cast<std::size_t>(chosen.query_s64(dnnl::query::memory_consumption_s64));
    for (const auto& [argument, layout] : all) {
      memories_.push_back(onednn::unbound(layout));
      arguments_.emplace(argument, memories_.back());
    }
  }

  dnnl::primitive primitive_;
  std::string plan_;
  std::size_t scratchpad_bytes_ = 0;
  std::vector<dnnl::memory> memories_;               // in the order of the problem's tensors
  std::unordered_map<int, dnnl::memory> arguments_;  // refers to the same memory objects
};

/// f32; bf16 where the CPU has AVX-512; asked of oneDNN, whose f16 does not exist on a CPU.
inline Support onednn_supports(const ConvProblem& p, const OnednnTensors& tensors) {
  if (Support dtype = only(p, {Dtype::f32, Dtype::bf16}); !dtype) return dtype;
  try {
    OnednnConv(p, tensors);
  } catch (const dnnl::error&) {
    return Support::no("this oneDNN has no such convolution of " + std::string(name_of(p.dtype)) +
                       " on this CPU");
  }
  return Support::yes();
}

/// A call on tensors as they are.
inline CpuCall prepare_onednn(const ConvProblem& p, const OnednnTensors& tensors) {
  const auto conv = std::make_shared<OnednnConv>(p, tensors);
  return {.run = [conv](Tensors given) { conv->run([&](std::size_t i) { return given[i].data; }); },
          .plan = conv->plan(),
          .workspace_bytes = conv->scratchpad_bytes()};
}

}  // namespace breakeven::cpu_conv
