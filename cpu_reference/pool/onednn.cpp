// oneDNN's pooling primitives on the tensors as they are. Limits: not the gradient of max pooling,
// for which it wants a workspace that its own forward pass has filled.

#include "cpu_reference/common/onednn.h"

#include <memory>
#include <unordered_map>
#include <vector>

#include "operations/implementation.h"
#include "operations/pool/problem.h"

namespace breakeven::cpu_pool {
namespace {

/// A window in oneDNN's terms.
struct Window {
  dnnl::memory::dims strides, kernel, before, after;

  explicit Window(const PoolProblem& p) {
    for (const ConvAxis& axis : {p.height, p.width}) {
      strides.push_back(axis.stride);
      kernel.push_back(axis.filter);
      before.push_back(axis.pad_before);
      // What the last window covers, which may be less than there is.
      after.push_back((axis.output() - 1) * axis.stride + axis.filter - axis.input -
                      axis.pad_before);
    }
  }
};

class OnednnPool {
 public:
  /// Throws dnnl::error where oneDNN has no such primitive.
  explicit OnednnPool(const PoolProblem& p) {
    const dnnl::memory::desc x = layout(p, p.height.input, p.width.input),
                             y = layout(p, p.height.output(), p.width.output());
    const auto algorithm = p.pool == Pool::max ? dnnl::algorithm::pooling_max
                                               : dnnl::algorithm::pooling_avg_include_padding;
    const auto forward = onednn::pooling(algorithm, x, y, Window(p));
    if (p.backward) {
      primitive_ =
          dnnl::pooling_backward(onednn::pooling_gradient(algorithm, x, y, Window(p), forward));
      add(DNNL_ARG_DIFF_DST, y);
      add(DNNL_ARG_DIFF_SRC, x);
    } else {
      primitive_ = dnnl::pooling_forward(forward);
      add(DNNL_ARG_SRC, x);
      add(DNNL_ARG_DST, y);
    }
  }

  void run(Tensors tensors) {
    for (std::size_t i = 0; i < memories_.size(); ++i) onednn::bind(memories_[i], tensors[i].data);
    primitive_.execute(onednn::cpu_stream(), bound_);
    onednn::cpu_stream().wait();
  }

 private:
  static dnnl::memory::desc layout(const PoolProblem& p, std::int64_t h, std::int64_t w) {
    const auto tag = p.channels == ChannelOrder::first ? dnnl::memory::format_tag::nchw
                                                       : dnnl::memory::format_tag::nhwc;
    return {{p.n, p.c, h, w}, dnnl::memory::data_type::f32, tag};
  }

  void add(int argument, const dnnl::memory::desc& description) {
    memories_.push_back(onednn::unbound(description));
    bound_.emplace(argument, memories_.back());
  }

  dnnl::primitive primitive_;
  std::vector<dnnl::memory> memories_;
  std::unordered_map<int, dnnl::memory> bound_;  // refers to the same memory objects
};

Support supports(const PoolProblem& p) {
  if (p.backward && p.pool == Pool::max) {
    return Support::no("needs a workspace of oneDNN's own forward pass");
  }
  try {
    const OnednnPool made(p);
  } catch (const dnnl::error&) {
    return Support::no("this oneDNN has no such pooling on this CPU");
  }
  return Support::yes();
}

CpuCall prepare(const PoolProblem& p) {
  const auto made = std::make_shared<OnednnPool>(p);
  return {[made](Tensors tensors) { made->run(tensors); }};
}

}  // namespace

CpuImplementation<PoolProblem> onednn() {
  return {"onednn", Rung::library, true, supports, prepare};
}

}  // namespace breakeven::cpu_pool
