#pragma once

#include <string>
#include <vector>

#include "operations/batch_norm/problem.h"
#include "operations/bias/problem.h"
#include "operations/elementwise/problem.h"
#include "operations/pool/problem.h"
#include "operations/sgd/problem.h"
#include "operations/softmax_cross_entropy/problem.h"

namespace breakeven::test {

/// Sizes around vectors, cache lines, pieces, blocks and shares of threads.
inline constexpr std::int64_t op_sizes[] = {1, 3, 8, 31, 257, 2048, 2051, 70001};

inline std::vector<ElementwiseProblem> elementwise_problems() {
  std::vector<ElementwiseProblem> all;
  for (const auto function : {Elementwise::relu, Elementwise::relu_backward, Elementwise::add}) {
    for (const Dtype dtype : {Dtype::f32, Dtype::bf16, Dtype::f16}) {
      for (const std::int64_t n : op_sizes) all.push_back({function, dtype, n});
    }
  }
  for (const auto function : {Elementwise::narrow, Elementwise::widen}) {
    for (const std::int64_t n : op_sizes) all.push_back({function, Dtype::bf16, n});
  }
  return all;
}

inline std::vector<SgdProblem> sgd_problems() {
  std::vector<SgdProblem> all;
  for (const std::int64_t n : op_sizes) {
    all.push_back({.n = n});
    all.push_back({.n = n, .lr = 0.1, .momentum = 0, .weight_decay = 0.0005});
    all.push_back({.n = n, .lr = 0.5, .momentum = 0.99, .weight_decay = 0.01});
  }
  return all;
}

inline std::vector<SoftmaxCrossEntropyProblem> softmax_cross_entropy_problems() {
  std::vector<SoftmaxCrossEntropyProblem> all;
  for (const std::int64_t n : {1, 4, 9, 130}) {
    for (const std::int64_t classes : {1, 2, 10, 33, 100}) all.push_back({n, classes});
  }
  all.push_back({2, 5000});
  all.push_back({3000, 3});
  return all;
}

inline std::vector<PoolProblem> pool_problems() {
  std::vector<PoolProblem> all;
  for (const char* operation :
       {"max_pool", "max_pool_backward", "average_pool", "average_pool_backward"}) {
    for (const char* layout : {"nchw", "nhwc"}) {
      for (const char* sizes :
           {"n1c1h1w1r1s1", "n2c3h8w6r2s2/stride2x2", "n3c5h7w9r3s2/stride2x3/pad1x1",
            "n1c17h5w5r5s5", "n2c4h9w11r3s3/stride1x2/pad1x0", "n1c2h6w13r2s4/stride3x5",
            "n2c33h10w10r4s2/stride2x2/pad3x1", "n4c2h3w4r3s4", "n18c2h7w6r3s3/stride2x2/pad1x1"}) {
        all.push_back(parse_pool(std::string(operation) + "/f32/" + layout + '/' + sizes));
      }
    }
  }
  return all;
}

inline std::vector<BatchNormProblem> batch_norm_problems() {
  std::vector<BatchNormProblem> all;
  for (const char* mode : {"", "_evaluation", "_backward"}) {
    for (const char* layout : {"ncp", "npc"}) {
      for (const char* sizes :
           {"n2c1p1", "n1c3p5", "n7c5p1", "n3c17p16", "n2c66p49", "n300c3p2", "n1c2p2500",
            // cuDNN takes fours of channels alone; few elements tell its kinds of variance apart.
            "n3c12p4", "n2c64p9"}) {
        all.push_back(
            parse_batch_norm("batch_norm" + std::string(mode) + "/f32/" + layout + '/' + sizes));
      }
    }
  }
  return all;
}

inline std::vector<BiasProblem> bias_problems() {
  struct Sizes {
    std::int64_t n, c, places;
  };
  std::vector<BiasProblem> all;
  for (const bool backward : {false, true}) {
    for (const bool last : {false, true}) {
      for (const Dtype dtype : {Dtype::f32, Dtype::bf16, Dtype::f16}) {
        for (const auto& [n, c, places] :
             {Sizes{1, 1, 1}, Sizes{3, 5, 1}, Sizes{2, 7, 9}, Sizes{40, 10, 1}, Sizes{5, 33, 16},
              Sizes{2, 64, 49}, Sizes{300, 3, 8}, Sizes{1, 2, 3000}, Sizes{70, 40, 12}}) {
          all.push_back({backward, dtype, last, n, c, places});
        }
      }
    }
  }
  return all;
}

}  // namespace breakeven::test
