#pragma once

#include <dnnl.hpp>

/// What differs between oneDNN 2.x (descriptor structs) and 3.x (primitive descriptors made
/// directly), and what every user of the library shares.
namespace breakeven::onednn {

inline const dnnl::engine& cpu_engine() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

inline dnnl::stream& cpu_stream() {
  static dnnl::stream stream(cpu_engine());
  return stream;
}

/// Appends a function of each result to what is done after a product.
inline void append(dnnl::post_ops& after, dnnl::algorithm function, float alpha, float beta) {
#if DNNL_VERSION_MAJOR >= 3
  after.append_eltwise(function, alpha, beta);
#else
  after.append_eltwise(1, function, alpha, beta);
#endif
}

/// dst = after(src·weights + bias), without a bias where its description is empty. Throws
/// dnnl::error where oneDNN has no such product.
inline dnnl::matmul::primitive_desc matmul(const dnnl::memory::desc& src,
                                           const dnnl::memory::desc& weights,
                                           const dnnl::memory::desc& bias,
                                           const dnnl::memory::desc& dst,
                                           const dnnl::post_ops& after) {
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(after);
#if DNNL_VERSION_MAJOR >= 3
  return {cpu_engine(), src, weights, bias, dst, attributes};
#else
  return {{src, weights, bias, dst}, attributes, cpu_engine()};
#endif
}

/// A convolution's forward pass, with the direct algorithm: y = after(conv(x, w) + bias), without a
/// bias where its description is empty; `geometry` has strides, dilations (from 0), and padding
/// before and after. Throws dnnl::error where oneDNN has no such convolution.
template <class Geometry>
dnnl::convolution_forward::primitive_desc convolution(bool inference, const dnnl::memory::desc& x,
                                                      const dnnl::memory::desc& w,
                                                      const dnnl::memory::desc& bias,
                                                      const dnnl::memory::desc& y,
                                                      const Geometry& geometry,
                                                      const dnnl::post_ops& after) {
  const auto kind =
      inference ? dnnl::prop_kind::forward_inference : dnnl::prop_kind::forward_training;
  constexpr auto direct = dnnl::algorithm::convolution_direct;
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(after);
#if DNNL_VERSION_MAJOR >= 3
  return {cpu_engine(),
          kind,
          direct,
          x,
          w,
          bias,
          y,
          geometry.strides,
          geometry.dilations,
          geometry.before,
          geometry.after,
          attributes};
#else
  return {{kind, direct, x, w, bias, y, geometry.strides, geometry.dilations, geometry.before,
           geometry.after},
          attributes,
          cpu_engine()};
#endif
}

/// The gradient to x (convolution_backward_data) or w (convolution_backward_weights) from that of
/// y; `forward` is the forward pass that it belongs to. Descriptions in the order x, w, y,
/// whichever are gradients.
template <class Gradient, class Geometry>
typename Gradient::primitive_desc convolution_gradient(
    const dnnl::memory::desc& x, const dnnl::memory::desc& w, const dnnl::memory::desc& y,
    const Geometry& geometry, const dnnl::convolution_forward::primitive_desc& forward) {
  constexpr auto direct = dnnl::algorithm::convolution_direct;
#if DNNL_VERSION_MAJOR >= 3
  return {cpu_engine(),    direct,         x,      w, y, geometry.strides, geometry.dilations,
          geometry.before, geometry.after, forward};
#else
  return {{direct, x, w, y, geometry.strides, geometry.dilations, geometry.before, geometry.after},
          cpu_engine(),
          forward};
#endif
}

/// y = function(x) of each element, as in training.
inline dnnl::eltwise_forward::primitive_desc eltwise(dnnl::algorithm function,
                                                     const dnnl::memory::desc& x) {
  constexpr auto training = dnnl::prop_kind::forward_training;
#if DNNL_VERSION_MAJOR >= 3
  return {cpu_engine(), training, function, x, x, 0.0F, 0.0F};
#else
  return {{training, function, x, 0.0F, 0.0F}, cpu_engine()};
#endif
}

/// Its gradient, all tensors as `x`.
inline dnnl::eltwise_backward::primitive_desc eltwise_gradient(dnnl::algorithm function,
                                                               const dnnl::memory::desc& x) {
#if DNNL_VERSION_MAJOR >= 3
  return {cpu_engine(), function, x, x, x, 0.0F, 0.0F, eltwise(function, x)};
#else
  return {{function, x, x, 0.0F, 0.0F}, cpu_engine(), eltwise(function, x)};
#endif
}

/// y = function(a, b) of each element; an extent of 1 in b is repeated.
inline dnnl::binary::primitive_desc binary(dnnl::algorithm function, const dnnl::memory::desc& a,
                                           const dnnl::memory::desc& b,
                                           const dnnl::memory::desc& y) {
#if DNNL_VERSION_MAJOR >= 3
  return {cpu_engine(), function, a, b, y};
#else
  return {{function, a, b, y}, cpu_engine()};
#endif
}

/// y = the sum (or another function) of x along the axes where y's extent is 1.
inline dnnl::reduction::primitive_desc reduction(dnnl::algorithm function,
                                                 const dnnl::memory::desc& x,
                                                 const dnnl::memory::desc& y) {
#if DNNL_VERSION_MAJOR >= 3
  return {cpu_engine(), function, x, y, 0.0F, 0.0F};
#else
  return {{function, x, y, 0.0F, 0.0F}, cpu_engine()};
#endif
}

/// Pooling without a workspace; `window` has strides, kernel, and padding before and after. Throws
/// dnnl::error where oneDNN has none such.
template <class Window>
dnnl::pooling_forward::primitive_desc pooling(dnnl::algorithm function, const dnnl::memory::desc& x,
                                              const dnnl::memory::desc& y, const Window& window) {
  constexpr auto inference = dnnl::prop_kind::forward_inference;
#if DNNL_VERSION_MAJOR >= 3
  const dnnl::memory::dims undilated(window.kernel.size(), 0);
  return {cpu_engine(),  inference, function,      x,           y, window.strides,
          window.kernel, undilated, window.before, window.after};
#else
  return {{inference, function, x, y, window.strides, window.kernel, window.before, window.after},
          cpu_engine()};
#endif
}

/// Its gradient, descriptions in the order x, y.
template <class Window>
dnnl::pooling_backward::primitive_desc pooling_gradient(
    dnnl::algorithm function, const dnnl::memory::desc& x, const dnnl::memory::desc& y,
    const Window& window, const dnnl::pooling_forward::primitive_desc& forward) {
#if DNNL_VERSION_MAJOR >= 3
  const dnnl::memory::dims undilated(window.kernel.size(), 0);
  return {cpu_engine(),  function,     x,      y, window.strides, window.kernel, undilated,
          window.before, window.after, forward};
#else
  return {{function, x, y, window.strides, window.kernel, window.before, window.after},
          cpu_engine(),
          forward};
#endif
}

/// A memory object without memory: `bind` gives it some before each use.
inline dnnl::memory unbound(const dnnl::memory::desc& description) {
  return {description, cpu_engine(), DNNL_MEMORY_NONE};
}

/// The same tensor in whichever layout a primitive likes best.
inline dnnl::memory::desc any_layout(const dnnl::memory::desc& description) {
#if DNNL_VERSION_MAJOR >= 3
  return {description.get_dims(), description.get_data_type(), dnnl::memory::format_tag::any};
#else
  return {description.dims(), description.data_type(), dnnl::memory::format_tag::any};
#endif
}

/// Points the memory object at `data`. Does nothing where it already does: 2.x zeroes a blocked
/// layout's padding each time a handle is set.
inline void bind(dnnl::memory& memory, void* data) {
  if (memory.get_data_handle() != data) memory.set_data_handle(data);
}

}  // namespace breakeven::onednn
