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

/// dst = alpha·src·weights + beta·dst. Throws dnnl::error where oneDNN has no such product.
inline dnnl::matmul::primitive_desc matmul(const dnnl::memory::desc& src,
                                           const dnnl::memory::desc& weights,
                                           const dnnl::memory::desc& dst, float alpha, float beta) {
  dnnl::post_ops after;
#if DNNL_VERSION_MAJOR >= 3
  if (alpha != 1) after.append_eltwise(dnnl::algorithm::eltwise_linear, alpha, 0);
#else
  if (alpha != 1) after.append_eltwise(1, dnnl::algorithm::eltwise_linear, alpha, 0);
#endif
  if (beta != 0) after.append_sum(beta);
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(after);
#if DNNL_VERSION_MAJOR >= 3
  return {cpu_engine(), src, weights, dst, attributes};
#else
  return {{src, weights, dst}, attributes, cpu_engine()};
#endif
}

/// A memory object without memory: `bind` gives it some before each use.
inline dnnl::memory unbound(const dnnl::memory::desc& description) {
  return {description, cpu_engine(), DNNL_MEMORY_NONE};
}

/// Points the memory object at `data`. Does nothing where it already does: 2.x zeroes a blocked
/// layout's padding each time a handle is set.
inline void bind(dnnl::memory& memory, void* data) {
  if (memory.get_data_handle() != data) memory.set_data_handle(data);
}

}  // namespace breakeven::onednn
