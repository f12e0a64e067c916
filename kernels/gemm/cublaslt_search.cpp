#include <stdexcept>

#include "kernels/common/fastest_plan.h"
#include "kernels/common/handles.h"
#include "kernels/gemm/cublaslt_matmul.h"

namespace breakeven::cuda_gemm {
namespace {

constexpr int proposals = 32;  // asked of the heuristic

/// The fastest of the algorithms on this device.
std::size_t fastest(const CublasLtMatmul& matmul, const GemmProblem& p,
                    const std::vector<cublasLtMatmulAlgo_t>& algorithms, void* workspace) {
  const auto specs = p.view().tensors;
  const DeviceBuffer a = made_up(specs[0]), b = made_up(specs[1]), c = made_up(specs[2]);
  // As long as C at least, and at least a vector of N.
  const DeviceBuffer bias = made_up(specs[2]);
  return fastest_plan(algorithms.size(), [&](std::size_t plan, Stream stream) {
    matmul.run(algorithms[plan], a.get(), b.get(), bias.get(), c.get(), workspace, stream);
  });
}

}  // namespace

CudaCall prepare_cublaslt(const GemmProblem& p, bool tf32, bool searched, Epilogue epilogue) {
  const auto matmul = std::make_shared<CublasLtMatmul>(p, tf32, epilogue);
  const std::shared_ptr<void> workspace(make_device_buffer(workspace_bytes));
  const auto algorithms = matmul->algorithms(searched ? proposals : 1);
  if (algorithms.empty()) throw std::runtime_error("cuBLASLt has no kernel for " + p.id());
  const std::size_t chosen = searched ? fastest(*matmul, p, algorithms, workspace.get()) : 0;
  const bool has_bias = epilogue != Epilogue::none;
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
