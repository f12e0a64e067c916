// cuBLAS: cublasGemmEx, and cublasGemmStridedBatchedEx for a batch, by their 64-bit interface.
// cuBLAS is column-major: a row-major matrix is its transpose there, so that C = A·B in rows is
// Cᵀ = Bᵀ·Aᵀ in columns, with the operands exchanged and nothing moved.
// Default math mode: f32 multiplies in f32; TF32 only where NVIDIA_TF32_OVERRIDE asks for it, which
// the machine record shows. The workspace is its own, so that a call allocates nothing.
// Limits: none on shapes.

#include "kernels/common/cublas.h"

#include <memory>
#include <optional>

#include "kernels/common/error.h"
#include "kernels/common/handles.h"
#include "operations/gemm/problem.h"
#include "operations/implementation.h"

namespace breakeven::cuda_gemm {
namespace {

constexpr std::size_t workspace_bytes = std::size_t{32} << 20;  // NVIDIA's advice for Hopper

struct Destroy {
  void operator()(cublasHandle_t handle) const { breakeven::cublas().destroy(handle); }
};

class Multiplication {
 public:
  explicit Multiplication(const GemmProblem& problem)
      : problem_(problem), workspace_(make_device_buffer(workspace_bytes)) {
    cublasHandle_t handle = nullptr;
    check_cublas(library_.create(&handle), "cublasCreate");
    handle_.reset(handle);
    check_cublas(library_.set_math_mode(handle, CUBLAS_DEFAULT_MATH), "cublasSetMathMode");
  }

  void run(Tensors tensors, Stream stream) {
    use(stream);
    with_f32_or_f64(problem_.dtype, [&]<class T>(T) { multiply<T>(tensors); });
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

  template <class T>
  void multiply(Tensors tensors) {
    const GemmProblem& p = problem_;
    const T alpha = static_cast<T>(p.alpha), beta = static_cast<T>(p.beta);
    const auto operation = [](bool transposed) { return transposed ? CUBLAS_OP_T : CUBLAS_OP_N; };
    const bool f32 = p.dtype == Dtype::f32;
    const cudaDataType type = f32 ? CUDA_R_32F : CUDA_R_64F;
    const cublasComputeType_t compute = f32 ? CUBLAS_COMPUTE_32F : CUBLAS_COMPUTE_64F;
    const void* a = tensors[0].data;
    const void* b = tensors[1].data;
    void* c = tensors[2].data;
    const std::int64_t lda = p.trans_a ? p.m : p.k, ldb = p.trans_b ? p.k : p.n;
    if (p.batch == 1) {
      check_cublas(library_.gemm(handle_.get(), operation(p.trans_b), operation(p.trans_a), p.n,
                                 p.m, p.k, &alpha, b, type, ldb, a, type, lda, &beta, c, type, p.n,
                                 compute, CUBLAS_GEMM_DEFAULT),
                   "cublasGemmEx_64");
    } else {
      check_cublas(library_.gemm_strided_batched(
                       handle_.get(), operation(p.trans_b), operation(p.trans_a), p.n, p.m, p.k,
                       &alpha, b, type, ldb, p.k * p.n, a, type, lda, p.m * p.k, &beta, c, type,
                       p.n, p.m * p.n, p.batch, compute, CUBLAS_GEMM_DEFAULT),
                   "cublasGemmStridedBatchedEx_64");
    }
  }

  const Cublas& library_ = breakeven::cublas();
  GemmProblem problem_;
  DeviceBuffer workspace_;
  std::unique_ptr<cublasContext, Destroy> handle_;
  std::optional<Stream> stream_;
};

Support supports(const GemmProblem& p) {
  if (const Support dtype = only(p, {Dtype::f32, Dtype::f64}); !dtype) return dtype;
  return {breakeven::cublas().missing};
}

CudaCall prepare(const GemmProblem& problem) {
  const auto multiplication = std::make_shared<Multiplication>(problem);
  return {
      [multiplication](Tensors tensors, Stream stream) { multiplication->run(tensors, stream); }};
}

}  // namespace

CudaImplementation<GemmProblem> cublas() { return {"cublas", Rung::library, supports, prepare}; }

}  // namespace breakeven::cuda_gemm
