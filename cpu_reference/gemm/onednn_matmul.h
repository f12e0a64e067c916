#pragma once

#include <string>
#include <unordered_map>

#include "cpu_reference/common/onednn.h"
#include "operations/gemm/problem.h"
#include "operations/implementation.h"

namespace breakeven::cpu_gemm {

/// Of the dtypes that oneDNN multiplies on a CPU and of their results.
inline dnnl::memory::data_type onednn_type(Dtype dtype) {
  switch (dtype) {
    case Dtype::bf16:
      return dnnl::memory::data_type::bf16;
    case Dtype::s8:
      return dnnl::memory::data_type::s8;
    case Dtype::s32:
      return dnnl::memory::data_type::s32;
    default:
      return dnnl::memory::data_type::f32;
  }
}

/// Dense (batch, rows, columns), the matrices stored transposed or not. One matrix is two-
/// dimensional: oneDNN has faster products for that.
inline dnnl::memory::desc onednn_matrices(Dtype dtype, std::int64_t batch, std::int64_t rows,
                                          std::int64_t columns, bool transposed) {
  dnnl::memory::dims shape{batch, rows, columns};
  dnnl::memory::dims strides{rows * columns, transposed ? 1 : columns, transposed ? rows : 1};
  if (batch == 1) {
    shape.erase(shape.begin());
    strides.erase(strides.begin());
  }
  return {shape, onednn_type(dtype), strides};
}

/// op(B), the weights, as the problem stores them.
inline dnnl::memory::desc onednn_weights(const GemmProblem& p) {
  return onednn_matrices(p.b_dtype(), p.batch, p.k, p.n, p.trans_b);
}

/// op(B) in whichever layout oneDNN likes best.
inline dnnl::memory::desc onednn_any_weights(const GemmProblem& p) {
  dnnl::memory::dims shape{p.batch, p.k, p.n};
  if (p.batch == 1) shape.erase(shape.begin());
  return {shape, onednn_type(p.b_dtype()), dnnl::memory::format_tag::any};
}

/// C = alpha·A·B + beta·C. Throws dnnl::error where oneDNN has no such product on this CPU.
inline dnnl::matmul::primitive_desc onednn_product(const GemmProblem& p,
                                                   const dnnl::memory::desc& weights) {
  dnnl::post_ops after;
  if (p.alpha != 1) {
    onednn::append(after, dnnl::algorithm::eltwise_linear, static_cast<float>(p.alpha), 0);
  }
  if (p.beta != 0) after.append_sum(static_cast<float>(p.beta));
  return onednn::matmul(onednn_matrices(p.a_dtype(), p.batch, p.m, p.k, p.trans_a), weights, {},
                        onednn_matrices(p.c_dtype(), p.batch, p.m, p.n, false), after);
}

/// oneDNN's matmul primitive. All objects are made here; `run` points them at the tensors.
class OnednnMatmul {
 public:
  explicit OnednnMatmul(const dnnl::matmul::primitive_desc& chosen)
      : primitive_(chosen),
        source_(onednn::unbound(chosen.src_desc())),
        weights_(onednn::unbound(chosen.weights_desc())),
        destination_(onednn::unbound(chosen.dst_desc())),
        arguments_{
            {DNNL_ARG_SRC, source_}, {DNNL_ARG_WEIGHTS, weights_}, {DNNL_ARG_DST, destination_}} {
    if (chosen.bias_desc() == dnnl::memory::desc()) return;
    bias_ = onednn::unbound(chosen.bias_desc());
    arguments_.emplace(DNNL_ARG_BIAS, bias_);
  }

  /// How B must lie in memory.
  dnnl::memory::desc weights() const { return weights_.get_desc(); }

  void run(void* a, void* b, void* c) {
    onednn::bind(source_, a);
    onednn::bind(weights_, b);
    onednn::bind(destination_, c);
    primitive_.execute(onednn::cpu_stream(), arguments_);
    onednn::cpu_stream().wait();
  }
  /// Of a product with a bias.
  void run(void* a, void* b, void* bias, void* c) {
    onednn::bind(bias_, bias);
    run(a, b, c);
  }

 private:
  dnnl::matmul primitive_;
  dnnl::memory source_, weights_, destination_, bias_;
  std::unordered_map<int, dnnl::memory> arguments_;  // refers to the same memory objects
};

/// bf16 takes a CPU with AVX-512, and s8 is scaled in f32, which is not exact: asked of oneDNN.
inline Support onednn_supports(const GemmProblem& p) {
  if (Support dtype = only(p, {Dtype::f32, Dtype::bf16, Dtype::s8}); !dtype) return dtype;
  if (p.dtype == Dtype::f32) return Support::yes();
  if (p.dtype == Dtype::s8 && (p.alpha != 1 || p.beta != 0)) {
    return Support::no("oneDNN scales sums of s8 in f32, which does not hold them exactly");
  }
  try {
    onednn_product(p, onednn_weights(p));
  } catch (const dnnl::error&) {
    return Support::no("this oneDNN multiplies no " + std::string(name_of(p.dtype)) +
                       " on this CPU");
  }
  return Support::yes();
}

}  // namespace breakeven::cpu_gemm
