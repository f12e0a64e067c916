// cuBLAS: cublasGemmEx, and cublasGemmStridedBatchedEx for a batch, by their 64-bit interface.
// cuBLAS is column-major: a row-major matrix is its transpose there, so that C = A·B in rows is
// Cᵀ = Bᵀ·Aᵀ in columns, with the operands exchanged and nothing moved.
// cublas computes f32 in f32; cublas_tf32 lets tensor cores round its inputs to TF32.
// NVIDIA_TF32_OVERRIDE changes both, which the machine record shows. Sums are kept in f32 also
// where K is split. The workspace is its own, so that a call allocates nothing. Limits: no fp8,
// which only cuBLASLt has; s8 in whole words.

#include "kernels/common/cublas.h"

#include <memory>
#include <optional>

#include "kernels/common/error.h"
#include "kernels/common/handles.h"
#include "kernels/gemm/cuda_types.h"
#include "operations/gemm/problem.h"
#include "operations/implementation.h"

namespace breakeven::cuda_gemm {
namespace {

struct Destroy {
  void operator()(cublasHandle_t handle) const { breakeven::cublas().destroy(handle); }
};

class Multiplication {
 public:
  Multiplication(const GemmProblem& problem, bool tf32)
      : problem_(problem),
        compute_(compute_type(problem, tf32)),
        alpha_(problem, problem.alpha),
        beta_(problem, problem.beta),
        workspace_(make_device_buffer(workspace_bytes)) {
    cublasHandle_t handle = nullptr;
    check_cublas(library_.create(&handle), "cublasCreate");
    handle_.reset(handle);
    constexpr int mode = CUBLAS_DEFAULT_MATH | CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION;
    check_cublas(library_.set_math_mode(handle, static_cast<cublasMath_t>(mode)),
                 "cublasSetMathMode");
  }

  void run(Tensors tensors, Stream stream) {
    use(stream);
    const GemmProblem& p = problem_;
    const auto operation = [](bool transposed) { return transposed ? CUBLAS_OP_T : CUBLAS_OP_N; };
    const cudaDataType a_type = cuda_type(p.a_dtype()), b_type = cuda_type(p.b_dtype()),
                       c_type = cuda_type(p.c_dtype());
    const void* a = tensors[0].data;
    const void* b = tensors[1].data;
    void* c = tensors[2].data;
    const std::int64_t lda = p.trans_a ? p.m : p.k, ldb = p.trans_b ? p.k : p.n;
    if (p.batch == 1) {
      check_cublas(library_.gemm(handle_.get(), operation(p.trans_b), operation(p.trans_a), p.n,
                                 p.m, p.k, alpha_.pointer(), b, b_type, ldb, a, a_type, lda,
                                 beta_.pointer(), c, c_type, p.n, compute_, CUBLAS_GEMM_DEFAULT),
                   "cublasGemmEx_64");
    } else {
      check_cublas(
          library_.gemm_strided_batched(handle_.get(), operation(p.trans_b), operation(p.trans_a),
                                        p.n, p.m, p.k, alpha_.pointer(), b, b_type, ldb, p.k * p.n,
                                        a, a_type, lda, p.m * p.k, beta_.pointer(), c, c_type, p.n,
                                        p.m * p.n, p.batch, compute_, CUBLAS_GEMM_DEFAULT),
          "cublasGemmStridedBatchedEx_64");
    }
  }

 private:
  /// Setting the stream also takes the workspace away: done once, not in every call.
  void use(Stream stream) {
    if (stream_ == stream) return;
    check_cublas(library_.set_stream(handle_.get(), stream), "cublasSetStream");
    check_cublas(library_.set_workspace(handle_.get(), workspace_.get(), workspace_bytes),
                 "cublasSetWorkspace");
    stream_ = stream;
  }

  const Cublas& library_ = breakeven::cublas();
  GemmProblem problem_;
  cublasComputeType_t compute_;
  Factor alpha_, beta_;
  DeviceBuffer workspace_;
  std::unique_ptr<cublasContext, Destroy> handle_;
  std::optional<Stream> stream_;
};

Support supports(const GemmProblem& p) {
  if (const Support dtype = only(p, {Dtype::f32, Dtype::f64, Dtype::bf16, Dtype::f16, Dtype::s8});
      !dtype) {
    return dtype;
  }
  if (const Support words = whole_words(p); !words) return words;
  return {breakeven::cublas().missing};
}

Support supports_tf32(const GemmProblem& p) {
  if (const Support dtype = only(p, {Dtype::f32}); !dtype) return dtype;
  return {breakeven::cublas().missing};
}

template <bool tf32>
CudaCall prepare(const GemmProblem& problem) {
  const auto multiplication = std::make_shared<Multiplication>(problem, tf32);
  return {
      [multiplication](Tensors tensors, Stream stream) { multiplication->run(tensors, stream); }};
}

}  // namespace

CudaImplementation<GemmProblem> cublas() {
  return {"cublas", Rung::library, supports, prepare<false>};
}

CudaImplementation<GemmProblem> cublas_tf32() {
  return {"cublas_tf32", Rung::library, supports_tf32, prepare<true>, tf32_mode};
}

}  // namespace breakeven::cuda_gemm
