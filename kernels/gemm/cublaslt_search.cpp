#include <algorithm>
#include <stdexcept>

#include "kernels/common/error.h"
#include "kernels/common/handles.h"
#include "kernels/gemm/cublaslt_matmul.h"

namespace breakeven::cuda_gemm {
namespace {

constexpr int proposals = 32;       // asked of the heuristic
constexpr int rounds = 3;           // each times every algorithm once
constexpr float long_enough = 1.0;  // ms of one measurement

/// A device buffer of a tensor's size that holds small numbers: zeros would draw less power.
DeviceBuffer made_up(const TensorSpec& spec) {
  DeviceBuffer buffer = make_device_buffer(spec.bytes());
  BREAKEVEN_CUDA_CHECK(cudaMemset(buffer.get(), 0x2c, spec.bytes()));
  return buffer;
}

/// The fastest of the algorithms on this device, by the median of its rounds.
std::size_t fastest(const CublasLtMatmul& matmul, const GemmProblem& p,
                    const std::vector<cublasLtMatmulAlgo_t>& algorithms, void* workspace) {
  const auto specs = p.view().tensors;
  const DeviceBuffer a = made_up(specs[0]), b = made_up(specs[1]), c = made_up(specs[2]);
  // As long as C at least, and at least a vector of N.
  const DeviceBuffer bias = made_up(specs[2]);
  const CudaStream stream = make_stream();
  const CudaEvent start = make_event(), stop = make_event();
  const auto milliseconds = [&](const cublasLtMatmulAlgo_t& algorithm, int calls) {
    BREAKEVEN_CUDA_CHECK(cudaEventRecord(start.get(), stream.get()));
    for (int call = 0; call < calls; ++call) {
      matmul.run(algorithm, a.get(), b.get(), bias.get(), c.get(), workspace, stream.get());
    }
    BREAKEVEN_CUDA_CHECK(cudaEventRecord(stop.get(), stream.get()));
    BREAKEVEN_CUDA_CHECK(cudaEventSynchronize(stop.get()));
    float elapsed = 0;
    BREAKEVEN_CUDA_CHECK(cudaEventElapsedTime(&elapsed, start.get(), stop.get()));
    return elapsed;
  };
  milliseconds(algorithms[0], 1);  // loads it
  const float once = milliseconds(algorithms[0], 1);
  const int calls = std::clamp(static_cast<int>(long_enough / std::max(once, 1e-3f)), 1, 200);
  std::vector<std::vector<float>> times(algorithms.size());
  for (const auto& algorithm : algorithms) milliseconds(algorithm, 1);
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < algorithms.size(); ++i) {
      times[i].push_back(milliseconds(algorithms[i], calls));
    }
  }
  for (auto& series : times) std::sort(series.begin(), series.end());
  const auto best = std::min_element(times.begin(), times.end(), [](const auto& x, const auto& y) {
    return x[rounds / 2] < y[rounds / 2];
  });
  return static_cast<std::size_t>(best - times.begin());
}

}  // namespace

CudaCall prepare_cublaslt(const GemmProblem& p, bool tf32, bool searched, Epilogue epilogue) {
  const auto matmul = std::make_shared<CublasLtMatmul>(p, tf32, epilogue);
  const std::shared_ptr<void> workspace(make_device_buffer(workspace_bytes));
  const auto algorithms = matmul->algorithms(searched ? proposals : 1);
  if (algorithms.empty()) throw std::runtime_error("cuBLASLt has no kernel for " + p.id());
  const std::size_t chosen = searched ? fastest(*matmul, p, algorithms, workspace.get()) : 0;
  const bool has_bias = epilogue == Epilogue::bias_gelu;
  CudaCall call;
  call.plan = CublasLtMatmul::description(algorithms[chosen]) + ", number " +
              std::to_string(chosen + 1) + " of " + std::to_string(algorithms.size()) +
              " proposed, workspace " + std::to_string(workspace_bytes) + " B";
  call.run = [=, algorithm = algorithms[chosen]](Tensors tensors, Stream stream) {
    const Tensor& c = tensors[has_bias ? 3 : 2];
    matmul->run(algorithm, tensors[0].data, tensors[1].data, has_bias ? tensors[2].data : nullptr,
                c.data, workspace.get(), stream);
  };
  return call;
}

}  // namespace breakeven::cuda_gemm
