// What changed against tuned and library: a step's kernels are captured once as a CUDA graph, for
// each set of tensors before its first call, and launched as one. Why: a small network's kernels
// are shorter than it takes to launch them one by one. Limits: those of the engine that is
// captured.

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "kernels/common/error.h"
#include "kernels/common/handles.h"
#include "kernels/training/engine.h"

namespace breakeven::cuda_network {
namespace {

/// An engine's call, captured for each set of tensors that it is to run on.
class Captured {
 public:
  Captured(CudaCall call, const NetworkProblem& problem) : call_(std::move(call)) {
    // What is done once, such as loading modules, must not fall into the capture: a call on made up
    // tensors does it.
    std::vector<DeviceBuffer> memory;
    std::vector<Tensor> tensors;
    for (const TensorSpec& spec : problem.view().tensors) {
      memory.push_back(make_device_buffer(spec.bytes()));
      BREAKEVEN_CUDA_CHECK(cudaMemset(memory.back().get(), 0, spec.bytes()));
      tensors.push_back({memory.back().get(), spec.dtype, spec.elements()});
    }
    const CudaStream stream = make_stream();
    BREAKEVEN_CUDA_CHECK(cudaDeviceSynchronize());  // the stream does not wait for what zeroed them
    call_.run(tensors, stream.get());
    BREAKEVEN_CUDA_CHECK(cudaStreamSynchronize(stream.get()));
  }

  void capture(Tensors tensors, Stream stream) {
    if (graphs_.contains(key(tensors))) return;
    BREAKEVEN_CUDA_CHECK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
    cudaGraph_t captured = nullptr;
    try {
      call_.run(tensors, stream);
    } catch (...) {  // the stream must not stay in capture
      cudaStreamEndCapture(stream, &captured);
      const Graph unwanted(captured);
      throw;
    }
    BREAKEVEN_CUDA_CHECK(cudaStreamEndCapture(stream, &captured));
    const Graph graph(captured);
    cudaGraphExec_t executable = nullptr;
    BREAKEVEN_CUDA_CHECK(cudaGraphInstantiate(&executable, graph.get(), 0));
    graphs_[key(tensors)] = GraphExec(executable);
  }

  void run(Tensors tensors, Stream stream) const {
    BREAKEVEN_CUDA_CHECK(cudaGraphLaunch(graphs_.at(key(tensors)).get(), stream));
  }

 private:
  /// Where the images and the result are: no two sets share both.
  using Key = std::pair<const void*, const void*>;
  static Key key(Tensors tensors) { return {tensors.front().data, tensors.back().data}; }

  CudaCall call_;
  std::map<Key, GraphExec> graphs_;
};

template <Rung rung>
CudaCall prepare(const NetworkProblem& p) {
  CudaCall engine = prepare_engine(p, rung);
  CudaCall call{.run = {},
                .plan = engine.plan,
                .workspace_bytes = engine.workspace_bytes,
                .memory = engine.memory};
  const auto captured = std::make_shared<Captured>(std::move(engine), p);
  call.run = [captured](Tensors tensors, Stream stream) { captured->run(tensors, stream); };
  call.pack = [captured](Tensors tensors, Stream stream) { captured->capture(tensors, stream); };
  return call;
}

}  // namespace

CudaImplementation<NetworkProblem> tuned_graph() {
  return {"tuned_graph", Rung::tuned, supports_network, prepare<Rung::tuned>};
}

CudaImplementation<NetworkProblem> library_graph() {
  return {"library_graph", Rung::library, supports_network, prepare<Rung::library>};
}

}  // namespace breakeven::cuda_network
