#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <stdexcept>
#include <string>

#include "operations/conv/problem.h"
#include "operations/conv/strides.h"
#include "operations/conv/taps.h"
#include "operations/list.h"
#include "tests/support/conv_check.h"
#include "tests/support/random_conv.h"

namespace breakeven {
namespace {

/// Calls `visit(x, w, y)` with what elements meet, by their indices with channels first: loops as
/// the definition has them, over everything.
template <class Visit>
void for_each_triple(const ConvProblem& p, Visit visit) {
  const auto in = input_extents(p), taps = filter_extents(p), out = output_extents(p);
  const auto flat = [](std::int64_t channel, const std::array<std::int64_t, 3>& extents,
                       const std::array<std::int64_t, 3>& at) {
    return ((channel * extents[0] + at[0]) * extents[1] + at[1]) * extents[2] + at[2];
  };
  const auto for_each_place = [](const std::array<std::int64_t, 3>& extents, auto each) {
    for (std::int64_t i = 0; i < extents[0]; ++i) {
      for (std::int64_t j = 0; j < extents[1]; ++j) {
        for (std::int64_t l = 0; l < extents[2]; ++l) each(std::array{i, j, l});
      }
    }
  };
  for (std::int64_t n = 0; n < p.n; ++n) {
    for (std::int64_t k = 0; k < p.k; ++k) {
      for (std::int64_t c = 0; c < p.group_c(); ++c) {
        for_each_place(out, [&](const auto& o) {
          for_each_place(taps, [&](const auto& t) {
            std::array<std::int64_t, 3> place;
            for (std::size_t i = 0; i < 3; ++i) {
              place[i] = o[i] * p.axes[i].stride - p.axes[i].pad_before + t[i] * p.axes[i].dilation;
              if (place[i] < 0 || place[i] >= in[i]) return;
            }
            const std::int64_t channel = k / p.group_k() * p.group_c() + c;
            visit(flat(n * p.c + channel, in, place), flat(k * p.group_c() + c, taps, t),
                  flat(n * p.k + k, out, o));
          });
        });
      }
    }
  }
}

std::string error_of(const std::string& id) {
  try {
    parse_conv(id);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(ConvProblem, IdParsesBack) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    const ConvProblem p = test::random_conv(random, i % 2 == 0 ? 10 : 10000);
    ASSERT_EQ(parse_conv(p.id()), p) << p.id();
  }
}

// Trap: "bytes moved = product of sizes; FLOPs counted over padding": one model, counted here by
// force, in each direction.
TEST(ConvProblem, FlopsBytesAndReductionMatchBruteForceCounting) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 200; ++i) {
    const ConvProblem p = test::random_conv(random, 6);
    double products = 0, products_with_padding = static_cast<double>(p.n * p.k * p.group_c());
    for (const ConvAxis& axis : p.axes) {
      products_with_padding *= static_cast<double>(axis.output() * axis.filter);
    }
    std::map<std::int64_t, std::int64_t> x, w, y;  // times each element is used
    for_each_triple(p, [&](std::int64_t a, std::int64_t b, std::int64_t c) {
      ++products;
      ++x[a];
      ++w[b];
      ++y[c];
    });
    const auto all = [](std::int64_t outer, const std::array<std::int64_t, 3>& extents) {
      return static_cast<std::size_t>(outer * extents[0] * extents[1] * extents[2]);
    };
    const std::size_t elements =
        (p.direction == Direction::dgrad ? all(p.n * p.c, input_extents(p)) : x.size()) +
        (p.direction == Direction::wgrad ? all(p.k * p.group_c(), filter_extents(p)) : w.size()) +
        (p.direction == Direction::fprop ? all(p.n * p.k, output_extents(p)) : y.size());
    std::int64_t most = 1;
    const auto& result = p.direction == Direction::fprop   ? y
                         : p.direction == Direction::dgrad ? x
                                                           : w;
    for (const auto& [index, terms] : result) most = std::max(most, terms);
    ASSERT_EQ(p.flops(), 2 * products) << p.id();
    ASSERT_EQ(p.nominal_flops(), 2 * products_with_padding) << p.id();
    ASSERT_EQ(p.least_bytes(), static_cast<double>(elements * size_of(p.dtype))) << p.id();
    ASSERT_EQ(p.reduction(), most) << p.id();
  }
}

TEST(ConvProblem, ViewDescribesTensorsAsStored) {
  const ProblemView view =
      parse_conv("conv/f32/nhwc/dgrad/n2c6h9w8k4r3s2/stride2x1/pad1x0/groups2").view();
  EXPECT_EQ(view.operation, "conv");
  ASSERT_EQ(view.tensors.size(), 3u);
  EXPECT_EQ(view.tensors[0].name, "dy");
  EXPECT_EQ(view.tensors[0].shape, (std::vector<std::int64_t>{2, 5, 7, 4}));
  EXPECT_EQ(view.tensors[1].shape, (std::vector<std::int64_t>{4, 3, 2, 3}));
  EXPECT_EQ(view.tensors[2].shape, (std::vector<std::int64_t>{2, 9, 8, 6}));
  EXPECT_EQ(view.tensors[2].role, Role::output);
}

// PyTorch's ConvTranspose2d(128, 64, 2, stride=2) on 28×28 gives 64 channels of 56×56.
TEST(ConvProblem, TransposedConvolutionIsTheGradientThatItIs) {
  EXPECT_EQ(parse_conv("conv_transposed/f32/nchw/fprop/n8c128h28w28k64r2s2/stride2x2").id(),
            "conv/f32/nchw/dgrad/n8c64h56w56k128r2s2/stride2x2");
  EXPECT_EQ(parse_conv("conv_transposed/f32/nchw/dgrad/n8c128h28w28k64r2s2/stride2x2").id(),
            "conv/f32/nchw/fprop/n8c64h56w56k128r2s2/stride2x2");
  EXPECT_EQ(
      parse_conv("conv_transposed/f32/nchw/wgrad/n1c4h7w7k6r3s3/stride2x2/pad1x1/extra1x1").id(),
      "conv/f32/nchw/wgrad/n1c6h14w14k4r3s3/stride2x2/pad1x1");
}

/// Whether all sums of the second tensor's kept elements are exact in the worst case.
TEST(ConvProblem, ExactTierKeepsSumsExact) {
  for (const char* id :
       {"conv/f32/nchw/fprop/n1c512h7w7k512r3s3/pad1x1", "conv/f32/nchw/wgrad/n32c64h56w56k64r3s3",
        "conv/bf16/nhwc/fprop/n1c512h7w7k8r3s3", "conv/f16/nhwc/dgrad/n1c8h7w7k512r3s3/groups8",
        "conv/bf16/nhwc/wgrad/n32c8h56w56k8r1s1", "conv/f64/nchw/fprop/n1c8h8w8k8r3s3"}) {
    const ConvProblem p = parse_conv(id);
    const ProblemView view = p.view();
    const double limit =
        std::min(largest_exact_integer(p.dtype), largest_exact_integer(p.sum_dtype()));
    ASSERT_GE(view.exact_range, 1) << id;
    const auto one_in = view.tensors[1].exact_sparsity.one_in;
    const double terms = one_in == 1 ? static_cast<double>(view.reduction)
                                     : static_cast<double>(view.reduction) / one_in + 2;
    EXPECT_LE(terms * view.exact_range * view.exact_range, limit) << id;
  }
}

// Trap: a bad id crashes, wraps, or runs something else.
TEST(ConvProblem, BadIdsAreRefusedWithOneClearLine) {
  struct Row {
    const char* id;
    const char* says;
  };
  for (const Row& row : {
           Row{"conv", "conv"},
           Row{"conv/s8/nchw/fprop/n1c1h1w1k1r1s1", "s8"},
           Row{"conv/f32/nhcw/fprop/n1c1h1w1k1r1s1", "layout 'nhcw'"},
           Row{"conv/f32/nchw/forward/n1c1h1w1k1r1s1", "direction 'forward'"},
           Row{"conv/f32/ncw/fprop/n1c1h1w1k1r1s1", "'h1w1k1r1s1'"},
           Row{"conv/f32/nchw/fprop/n1c1h1w1k1r1s1/stride0x1", "stride"},
           Row{"conv/f32/nchw/fprop/n1c1h1w1k1r1s1/stride2", "x"},
           Row{"conv/f32/nchw/fprop/n1c1h1w1k1r1s1/pad-1x0", "pad"},
           Row{"conv/f32/nchw/fprop/n0c1h1w1k1r1s1", "N"},
           Row{"conv/f32/nchw/fprop/n1c6h5w5k4r3s3/groups4", "C is 6, which 4 groups"},
           Row{"conv/f32/nchw/fprop/n1c1h4w5k1r5s3", "the output is empty"},
           Row{"conv/f32/nchw/fprop/n1c1h9w9k1r3s3/dilation5x1", "the output is empty"},
           Row{"conv/f32/nchw/fprop/n99999999999c1h1w1k1r1s1", "N is beyond"},
           Row{"conv/f32/nchw/fprop/n2000000c2000000h2000w2000k1r1s1", "x takes more than"},
           Row{"conv/f32/nchw/fprop/n1c4h1w1k3r1s1/stride2x2/pad1x1", "every tap falls on padding"},
           Row{"conv/f32/nchw/fprop/n1c1h1w1k1r1s1/groups1/stride2x2", "'/stride2x2'"},
           Row{"conv_transposed/f32/nchw/fprop/n1c1h2w2k1r2s2/stride2x2/extra2x0", "extra is 2"},
       }) {
    const std::string error = error_of(row.id);
    EXPECT_NE(error.find(row.says), std::string::npos) << row.id << ": " << error;
    EXPECT_EQ(error.find('\n'), std::string::npos);
  }
}

TEST(ConvProblem, ShrinksToWhatIsCheapAndOfTheSameKind) {
  for (const char* id : {"conv/f32/nchw/fprop/n32c512h224w224k512r3s3/stride2x2/pad1x1",
                         "conv/f32/nchw/dgrad/n32c144h56w56k144r3s3/pad1x1/groups144",
                         "conv/f32/ncw/wgrad/n8c512w16000k512s10/stride5"}) {
    const ConvProblem p = parse_conv(id), small = p.shrunk();
    EXPECT_EQ(parse_conv(small.id()), small);
    EXPECT_LT(small.flops(), 1e9) << id;
    EXPECT_EQ(small.direction, p.direction);
    EXPECT_EQ(small.groups > 1, p.groups > 1);
    EXPECT_EQ(small.axes[2].filter, p.axes[2].filter);
  }
}

TEST(ConvLists, HoldCanonicalIdsAndUniqueTags) {
  int lists = 0;
  for (const auto& entry : std::filesystem::directory_iterator(list_folder("conv"))) {
    ++lists;
    std::set<std::string> ids, tags;
    for (const ListRow& row : read_list(entry.path())) {
      EXPECT_EQ(parse_conv(row.problem).id(), row.problem) << row.place;
      EXPECT_TRUE(ids.insert(row.problem).second) << row.place << ": twice";
      EXPECT_TRUE(tags.insert(row.tag()).second) << row.place << ": " << row.tag();
      EXPECT_NE(row.origin, "") << row.place;
    }
  }
  EXPECT_GE(lists, 2);
}

}  // namespace
}  // namespace breakeven
