#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernels/common/cudnn.h"
#include "operations/dtype.h"
#include "operations/implementation.h"

namespace breakeven {

/// A descriptor of cuDNN's graph API: made, told its attributes, finalised.
class CudnnDescriptor {
 public:
  explicit CudnnDescriptor(cudnnBackendDescriptorType_t type);

  cudnnBackendDescriptor_t get() const { return descriptor_.get(); }

  void set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::int64_t count,
           const void* values);
  template <class Value>
  void set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, const Value& value) {
    set(name, type, 1, &value);
  }
  void set(cudnnBackendAttributeName_t name, const std::vector<std::int64_t>& values);
  void set(cudnnBackendAttributeName_t name, const CudnnDescriptor& other);

  /// Values of an attribute, at most so many; returns how many there are.
  std::int64_t read(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                    std::int64_t most, void* values) const;
  std::int64_t number(cudnnBackendAttributeName_t name) const;

  void finalize();
  /// The same, false where cuDNN cannot do what was described.
  bool finalized();

 private:
  struct Destroy {
    void operator()(void* descriptor) const { breakeven::cudnn().destroy_descriptor(descriptor); }
  };
  std::unique_ptr<void, Destroy> descriptor_;
};

/// Which of cuDNN's engines may compute. None converts its inputs to narrower dtypes, sums in less
/// than f32, or transforms to a domain (FFT, Winograd) whose rounding is another.
struct CudnnEngines {
  bool tf32 = false;           // of f32 also those on tensor cores
  bool deterministic = false;  // only those that give the same bits each time
};

/// An engine with its settings, ready to be called.
struct CudnnPlan {
  CudnnDescriptor descriptor;
  std::size_t workspace_bytes;
  std::string words;  // "engine 34"
};

/// A number that an operation takes, such as an epsilon: the graph keeps it, and a call reads it
/// from the host.
struct CudnnNumber {
  std::int64_t id;
  float value;
};

/// Operations described to cuDNN as a graph, whose tensors have their places among a call's as ids.
/// All throw std::runtime_error or CudaError, the failing call named.
class CudnnGraph {
 public:
  /// `parts` are what the operations refer to. `dtype` is the problem's, `ids` are the tensors that
  /// the operations read and write, and `numbers` have ids of their own.
  CudnnGraph(Dtype dtype, std::vector<std::int64_t> ids, std::vector<CudnnDescriptor> operations,
             std::vector<CudnnDescriptor> parts, std::vector<CudnnNumber> numbers = {});

  /// The first so many that cuDNN's heuristic proposes (its mode A, then its fallbacks), among the
  /// engines that are asked for, within `most_workspace_bytes`; none where it has none.
  std::vector<CudnnPlan> plans(std::size_t most, const CudnnEngines& engines) const;

  /// Enqueues a call on those tensors.
  void run(const CudnnPlan& plan, Tensors tensors, void* workspace, Stream stream) const;

  static constexpr std::size_t most_workspace_bytes = std::size_t{256} << 20;

 private:
  std::vector<CudnnDescriptor> proposals(cudnnBackendHeurMode_t mode) const;
  bool is_wanted(const CudnnDescriptor& engine, const CudnnEngines& engines) const;

  Dtype dtype_;
  std::vector<std::int64_t> tensors_, ids_;  // ids of the tensors; of these and the numbers
  std::vector<CudnnNumber> numbers_;
  std::vector<CudnnDescriptor> operations_, parts_;  // what the graph refers to
  CudnnDescriptor graph_;
};

}  // namespace breakeven
