// cuDNN through its graph API. Training and backward are the operation that it has for them. It
// keeps 1/√(var + eps) of a channel and not the variance, and does not document by which count it
// divides a running one: a small kernel of this project (statistics.h) makes the variance and the
// running statistics of it after training, and it of the variance before backward; its time is in
// the row's. Evaluation is a graph of functions of elements with eps in it, which an engine fuses:
// cuDNN has no engine for its own operation in inference by itself.
// Layout: training and backward (N, C, P, 1) in either order; evaluation three axes in the order of
// memory, (N, C, P) or (N, P, C), which its engine takes as rows.
// Limits: fewer than 2^31 elements; what cuDNN has an engine for on the device.
// Measured: on no card yet. Asked without a GPU, by the properties of A100, H100 and B100, cuDNN
// 9.19 compiles all three in both orders, for an H100 training and backward of multiples of four
// channels and of no others; for a T4 evaluation alone.

#include "kernels/batch_norm/statistics.h"
#include "kernels/common/cudnn_choice.h"
#if BREAKEVEN_CUDNN
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "kernels/batch_norm/cudnn_graph.h"
#include "kernels/common/cudnn_nodes.h"
#include "kernels/common/handles.h"

namespace breakeven {
namespace {

CudnnDescriptor image(const BatchNormProblem& p, std::int64_t id) {
  const std::int64_t step = p.channels_last ? p.c : 1;
  return cudnn_tensor(
      {id, {p.n, p.c, p.places, 1}, {p.c * p.places, p.channels_last ? 1 : p.places, step, step}});
}

CudnnDescriptor of_channels(const BatchNormProblem& p, std::int64_t id) {
  return cudnn_tensor({id, {1, p.c, 1, 1}, {p.c, 1, p.c, p.c}});
}

CudnnGraph training_of(const BatchNormProblem& p) {
  // The problem's tensors, without the running ones (3, 4).
  constexpr std::int64_t x = 0, weight = 1, bias = 2, y = 5, mean = 6;
  constexpr std::int64_t inverse = cudnn_inverse_deviation, eps = 9;
  std::vector<CudnnDescriptor> parts, operations;
  const auto set = [&](cudnnBackendAttributeName_t name, CudnnDescriptor tensor) {
    operations.front().set(name, parts.emplace_back(std::move(tensor)));
  };
  CudnnDescriptor& norm = operations.emplace_back(CUDNN_BACKEND_OPERATION_NORM_FORWARD_DESCRIPTOR);
  norm.set(CUDNN_ATTR_OPERATION_NORM_FWD_MODE, CUDNN_TYPE_NORM_MODE, CUDNN_BATCH_NORM);
  norm.set(CUDNN_ATTR_OPERATION_NORM_FWD_PHASE, CUDNN_TYPE_NORM_FWD_PHASE, CUDNN_NORM_FWD_TRAINING);
  set(CUDNN_ATTR_OPERATION_NORM_FWD_XDESC, image(p, x));
  set(CUDNN_ATTR_OPERATION_NORM_FWD_SCALE_DESC, of_channels(p, weight));
  set(CUDNN_ATTR_OPERATION_NORM_FWD_BIAS_DESC, of_channels(p, bias));
  set(CUDNN_ATTR_OPERATION_NORM_FWD_EPSILON_DESC,
      cudnn_tensor({eps, {1, 1, 1, 1}, {1, 1, 1, 1}, Dtype::f32, CudnnTensor::Place::value}));
  set(CUDNN_ATTR_OPERATION_NORM_FWD_YDESC, image(p, y));
  set(CUDNN_ATTR_OPERATION_NORM_FWD_MEAN_DESC, of_channels(p, mean));
  set(CUDNN_ATTR_OPERATION_NORM_FWD_INV_VARIANCE_DESC, of_channels(p, inverse));
  norm.finalize();
  return {Dtype::f32,
          {x, weight, bias, y, mean, inverse},
          std::move(operations),
          std::move(parts),
          {{eps, static_cast<float>(p.eps)}}};
}

CudnnGraph backward_of(const BatchNormProblem& p) {
  // The problem's tensors, with the inverse deviation in place of var (4).
  constexpr std::int64_t dy = 0, x = 1, weight = 2, mean = 3, dx = 5, dweight = 6, dbias = 7;
  constexpr std::int64_t inverse = cudnn_inverse_deviation;
  std::vector<CudnnDescriptor> parts, operations;
  const auto set = [&](cudnnBackendAttributeName_t name, CudnnDescriptor tensor) {
    operations.front().set(name, parts.emplace_back(std::move(tensor)));
  };
  CudnnDescriptor& norm = operations.emplace_back(CUDNN_BACKEND_OPERATION_NORM_BACKWARD_DESCRIPTOR);
  norm.set(CUDNN_ATTR_OPERATION_NORM_BWD_MODE, CUDNN_TYPE_NORM_MODE, CUDNN_BATCH_NORM);
  set(CUDNN_ATTR_OPERATION_NORM_BWD_DYDESC, image(p, dy));
  set(CUDNN_ATTR_OPERATION_NORM_BWD_XDESC, image(p, x));
  set(CUDNN_ATTR_OPERATION_NORM_BWD_SCALE_DESC, of_channels(p, weight));
  set(CUDNN_ATTR_OPERATION_NORM_BWD_MEAN_DESC, of_channels(p, mean));
  set(CUDNN_ATTR_OPERATION_NORM_BWD_INV_VARIANCE_DESC, of_channels(p, inverse));
  set(CUDNN_ATTR_OPERATION_NORM_BWD_DXDESC, image(p, dx));
  set(CUDNN_ATTR_OPERATION_NORM_BWD_DSCALE_DESC, of_channels(p, dweight));
  set(CUDNN_ATTR_OPERATION_NORM_BWD_DBIAS_DESC, of_channels(p, dbias));
  norm.finalize();
  return {Dtype::f32,
          {dy, x, weight, mean, dx, dweight, dbias, inverse},
          std::move(operations),
          std::move(parts)};
}

/// y = (x - mean)·(1/√(var + eps))·weight + bias.
CudnnGraph evaluation_of(const BatchNormProblem& p) {
  using Place = CudnnTensor::Place;
  const std::int64_t n = p.n, c = p.c, places = p.places;
  const auto whole = [&](std::int64_t id, Place place) {
    if (p.channels_last) {
      return cudnn_tensor({id, {n, places, c}, {c * places, c, 1}, Dtype::f32, place});
    }
    return cudnn_tensor({id, {n, c, places}, {c * places, places, 1}, Dtype::f32, place});
  };
  const auto each = [&](std::int64_t id, Place place) {
    if (p.channels_last) return cudnn_tensor({id, {1, 1, c}, {c, c, 1}, Dtype::f32, place});
    return cudnn_tensor({id, {1, c, 1}, {c, 1, 1}, Dtype::f32, place});
  };
  enum Part { x, weight, bias, mean, var, y, eps, shifted, inverse, distance, xhat, scaled };
  enum Function { add = scaled + 1, subtract, multiply, inverse_root };
  std::vector<CudnnDescriptor> parts, operations;
  parts.push_back(whole(x, Place::memory));
  for (const Part part : {weight, bias, mean, var}) parts.push_back(each(part, Place::memory));
  parts.push_back(whole(y, Place::memory));
  parts.push_back(cudnn_tensor({eps, {1, 1, 1}, {1, 1, 1}, Dtype::f32, Place::value}));
  for (const Part part : {shifted, inverse}) parts.push_back(each(part, Place::inner));
  for (const Part part : {distance, xhat, scaled}) parts.push_back(whole(part, Place::inner));
  for (const auto function :
       {CUDNN_POINTWISE_ADD, CUDNN_POINTWISE_SUB, CUDNN_POINTWISE_MUL, CUDNN_POINTWISE_RSQRT}) {
    parts.push_back(cudnn_function(function));
  }
  const auto apply = [&](Function function, Part a, const CudnnDescriptor* b, Part to) {
    operations.push_back(cudnn_applied(parts[function], parts[a], b, parts[to]));
  };
  apply(add, var, &parts[eps], shifted);
  apply(inverse_root, shifted, nullptr, inverse);
  apply(subtract, x, &parts[mean], distance);
  apply(multiply, distance, &parts[inverse], xhat);
  apply(multiply, xhat, &parts[weight], scaled);
  apply(add, scaled, &parts[bias], y);
  return {Dtype::f32,
          {x, weight, bias, mean, var, y},
          std::move(operations),
          std::move(parts),
          {{eps, static_cast<float>(p.eps)}}};
}

}  // namespace

CudnnGraph cudnn_graph_of(const BatchNormProblem& p) {
  return p.mode == BatchNorm::training     ? training_of(p)
         : p.mode == BatchNorm::evaluation ? evaluation_of(p)
                                           : backward_of(p);
}

}  // namespace breakeven
#endif

namespace breakeven::cuda_batch_norm {
namespace {

Support supports(const BatchNormProblem& p) {
  if (p.elements() > cudnn_most_elements) {
    return Support::no("cuDNN's tensors have fewer than 2^31 elements");
  }
  if (const Support statistics = statistics_support(p); !statistics) return statistics;
  return cudnn_supports(p);
}

#if BREAKEVEN_CUDNN

CudaCall prepare(const BatchNormProblem& p) {
  CudaCall call = prepare_cudnn(p);
  if (p.mode == BatchNorm::evaluation) return call;
  const std::size_t bytes = static_cast<std::size_t>(p.c) * sizeof(float);
  const std::shared_ptr<void> memory(make_device_buffer(bytes));
  const Tensor inverse{memory.get(), Dtype::f32, p.c};
  call.run = [p, memory, inverse, norm = std::move(call.run)](Tensors tensors, Stream stream) {
    std::array<Tensor, cudnn_inverse_deviation + 1> all;
    std::copy(tensors.begin(), tensors.end(), all.begin());
    all[cudnn_inverse_deviation] = inverse;
    if (p.mode == BatchNorm::backward) {
      invert_deviations(p, tensors[4].as<float>(), inverse.as<float>(), stream);
    }
    norm(all, stream);
    if (p.mode == BatchNorm::training) {
      finish_statistics(p, tensors, inverse.as<float>(), stream);
    }
  };
  call.workspace_bytes = call.workspace_bytes.value_or(0) + bytes;
  return call;
}

#else

CudaCall prepare(const BatchNormProblem& p) { return prepare_cudnn(p); }

#endif

}  // namespace

CudaImplementation<BatchNormProblem> cudnn() { return {"cudnn", Rung::library, supports, prepare}; }

}  // namespace breakeven::cuda_batch_norm
