#include "kernels/gemm/cublaslt_matmul.h"

#include <limits>

#include "kernels/common/cublas.h"

namespace breakeven::cuda_gemm {
namespace {

template <class Set, class Object, class Attribute, class Value>
void set(Set* function, Object object, Attribute attribute, const Value& value, const char* call) {
  check_cublas(function(object, attribute, &value, sizeof value), call);
}

cublasOperation_t operation(bool transposed) { return transposed ? CUBLAS_OP_T : CUBLAS_OP_N; }

}  // namespace

CublasLtMatmul::CublasLtMatmul(const GemmProblem& p, bool tf32, Epilogue epilogue)
    : problem_(p), epilogue_(epilogue), alpha_(p, p.alpha), beta_(p, p.beta) {
  cublasLtHandle_t handle = nullptr;
  check_cublas(library_.create(&handle), "cublasLtCreate");
  handle_.reset(handle);
  cublasLtMatmulDesc_t desc = nullptr;
  check_cublas(library_.desc_create(&desc, compute_type(p, tf32), cuda_type(p.sum_dtype())),
               "cublasLtMatmulDescCreate");
  desc_.reset(desc);
  const auto describe = [&](cublasLtMatmulDescAttributes_t attribute, const auto& value) {
    set(library_.desc_set, desc, attribute, value, "cublasLtMatmulDescSetAttribute");
  };
  describe(CUBLASLT_MATMUL_DESC_TRANSA, operation(p.trans_b));
  describe(CUBLASLT_MATMUL_DESC_TRANSB, operation(p.trans_a));
  if (epilogue != Epilogue::none) {
    describe(CUBLASLT_MATMUL_DESC_EPILOGUE, epilogue == Epilogue::bias_relu
                                                ? CUBLASLT_EPILOGUE_RELU_BIAS
                                                : CUBLASLT_EPILOGUE_GELU_BIAS);
    describe(CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE, cuda_type(p.c_dtype()));
  }
  a_ = layout(p.a_dtype(), p.trans_a ? p.k : p.m, p.trans_a ? p.m : p.k);
  b_ = layout(p.b_dtype(), p.trans_b ? p.n : p.k, p.trans_b ? p.k : p.n);
  c_ = layout(p.c_dtype(), p.m, p.n);
}

/// Of a dense row-major matrix, to cuBLASLt a column-major one of so many columns.
CublasLtMatmul::Layout CublasLtMatmul::layout(Dtype dtype, std::int64_t rows,
                                              std::int64_t columns) const {
  cublasLtMatrixLayout_t made = nullptr;
  check_cublas(library_.layout_create(&made, cuda_type(dtype), static_cast<std::uint64_t>(columns),
                                      static_cast<std::uint64_t>(rows), columns),
               "cublasLtMatrixLayoutCreate");
  Layout owned(made);
  const auto describe = [&](cublasLtMatrixLayoutAttribute_t attribute, const auto& value) {
    set(library_.layout_set, made, attribute, value, "cublasLtMatrixLayoutSetAttribute");
  };
  describe(CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, static_cast<std::int32_t>(problem_.batch));
  describe(CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, rows * columns);
  return owned;
}

std::vector<cublasLtMatmulAlgo_t> CublasLtMatmul::algorithms(int most) const {
  struct Destroy {
    void operator()(cublasLtMatmulPreferenceOpaque_t* preference) const {
      breakeven::cublaslt().preference_destroy(preference);
    }
  };
  cublasLtMatmulPreference_t made = nullptr;
  check_cublas(library_.preference_create(&made), "cublasLtMatmulPreferenceCreate");
  const std::unique_ptr<cublasLtMatmulPreferenceOpaque_t, Destroy> preference(made);
  set(library_.preference_set, made, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, workspace_bytes,
      "cublasLtMatmulPreferenceSetAttribute");
  std::vector<cublasLtMatmulHeuristicResult_t> results(static_cast<std::size_t>(most));
  int found = 0;
  const cublasStatus_t status =
      library_.heuristic(handle_.get(), desc_.get(), b_.get(), a_.get(), c_.get(), c_.get(), made,
                         most, results.data(), &found);
  if (status == CUBLAS_STATUS_NOT_SUPPORTED) return {};
  check_cublas(status, "cublasLtMatmulAlgoGetHeuristic");
  std::vector<cublasLtMatmulAlgo_t> algorithms;
  for (int i = 0; i < found; ++i) {
    const auto& result = results[static_cast<std::size_t>(i)];
    if (result.state == CUBLAS_STATUS_SUCCESS) algorithms.push_back(result.algo);
  }
  return algorithms;
}

void CublasLtMatmul::run(const cublasLtMatmulAlgo_t& algorithm, const void* a, const void* b,
                         const void* bias, void* c, void* workspace, Stream stream) const {
  if (epilogue_ != Epilogue::none) {
    set(library_.desc_set, desc_.get(), CUBLASLT_MATMUL_DESC_BIAS_POINTER, bias,
        "cublasLtMatmulDescSetAttribute");
  }
  check_cublas(library_.matmul(handle_.get(), desc_.get(), alpha_.pointer(), b, b_.get(), a,
                               a_.get(), beta_.pointer(), c, c_.get(), c, c_.get(), &algorithm,
                               workspace, workspace_bytes, stream),
               "cublasLtMatmul");
}

std::string CublasLtMatmul::description(const cublasLtMatmulAlgo_t& algorithm) {
  const auto value = [&](cublasLtMatmulAlgoConfigAttributes_t attribute) {
    std::int32_t number = 0;
    std::size_t written = 0;
    check_cublas(breakeven::cublaslt().algorithm_get(&algorithm, attribute, &number, sizeof number,
                                                     &written),
                 "cublasLtMatmulAlgoConfigGetAttribute");
    return std::to_string(number);
  };
  return std::string("algorithm ") + value(CUBLASLT_ALGO_CONFIG_ID) + ", tile " +
         value(CUBLASLT_ALGO_CONFIG_TILE_ID) + ", stages " + value(CUBLASLT_ALGO_CONFIG_STAGES_ID) +
         ", split-K " + value(CUBLASLT_ALGO_CONFIG_SPLITK_NUM);
}

Support cublaslt_supports(const GemmProblem& p, bool tf32, Epilogue epilogue) {
  if (tf32 && p.dtype != Dtype::f32) return only(p, {Dtype::f32});
  if (p.dtype == Dtype::e4m3 || p.dtype == Dtype::e5m2) {
    if (p.trans_a || !p.trans_b)
      return Support::no("fp8 needs both matrices contiguous along K: nt");
    if (p.m % 16 != 0 || p.n % 16 != 0 || p.k % 16 != 0) {
      return Support::no("fp8 needs M, N and K in multiples of 16");
    }
  }
  if (const Support words = whole_words(p); !words) return words;
  if (p.batch > std::numeric_limits<std::int32_t>::max()) {
    return Support::no("cuBLASLt counts a batch in 32 bits");
  }
  // Its errors are reported in words of cuBLAS.
  for (const std::string& missing : {breakeven::cublaslt().missing, breakeven::cublas().missing}) {
    if (!missing.empty()) return Support::no(missing);
  }
  if (CublasLtMatmul(p, tf32, epilogue).algorithms(1).empty()) {
    return Support::no("cuBLASLt has no kernel for this problem on this device");
  }
  return Support::yes();
}

MathMode cublaslt_math_mode(const GemmProblem& p) {
  const bool fp8 = p.dtype == Dtype::e4m3 || p.dtype == Dtype::e5m2;
  return {.accumulate = fp8 ? 0x1p-13 : 0};
}

}  // namespace breakeven::cuda_gemm
