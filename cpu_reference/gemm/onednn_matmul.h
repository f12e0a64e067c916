#pragma once

#include <unordered_map>

#include "cpu_reference/common/onednn.h"
#include "operations/gemm/problem.h"
#include "operations/implementation.h"

namespace breakeven::cpu_gemm {

/// Dense (batch, rows, columns) of float, the matrices stored transposed or not. One matrix is two-
/// dimensional: oneDNN has faster products for that.
inline dnnl::memory::desc onednn_matrices(std::int64_t batch, std::int64_t rows,
                                          std::int64_t columns, bool transposed) {
  dnnl::memory::dims shape{batch, rows, columns};
  dnnl::memory::dims strides{rows * columns, transposed ? 1 : columns, transposed ? rows : 1};
  if (batch == 1) {
    shape.erase(shape.begin());
    strides.erase(strides.begin());
  }
  return {shape, dnnl::memory::data_type::f32, strides};
}

/// op(B), the weights, as the problem stores them.
inline dnnl::memory::desc onednn_weights(const GemmProblem& p) {
  return onednn_matrices(p.batch, p.k, p.n, p.trans_b);
}

/// A GEMM as oneDNN's matmul primitive. All objects are made here; `run` points them at the
/// tensors.
class OnednnMatmul {
 public:
  /// `weights` says how B lies in memory, or leaves the choice to oneDNN (format_tag::any).
  OnednnMatmul(const GemmProblem& p, const dnnl::memory::desc& weights)
      : OnednnMatmul(onednn::matmul(onednn_matrices(p.batch, p.m, p.k, p.trans_a), weights,
                                    onednn_matrices(p.batch, p.m, p.n, false),
                                    static_cast<float>(p.alpha), static_cast<float>(p.beta))) {}

  /// How B must lie in memory.
  dnnl::memory::desc weights() const { return weights_.get_desc(); }

  void run(void* a, void* b, void* c) {
    onednn::bind(source_, a);
    onednn::bind(weights_, b);
    onednn::bind(destination_, c);
    primitive_.execute(onednn::cpu_stream(), arguments_);
    onednn::cpu_stream().wait();
  }

 private:
  explicit OnednnMatmul(const dnnl::matmul::primitive_desc& chosen)
      : primitive_(chosen),
        source_(onednn::unbound(chosen.src_desc())),
        weights_(onednn::unbound(chosen.weights_desc())),
        destination_(onednn::unbound(chosen.dst_desc())),
        arguments_{
            {DNNL_ARG_SRC, source_}, {DNNL_ARG_WEIGHTS, weights_}, {DNNL_ARG_DST, destination_}} {}

  dnnl::matmul primitive_;
  dnnl::memory source_, weights_, destination_;
  std::unordered_map<int, dnnl::memory> arguments_;  // refers to the same memory objects
};

inline Support onednn_supports(const GemmProblem& p) { return only(p, {Dtype::f32}); }

}  // namespace breakeven::cpu_gemm
