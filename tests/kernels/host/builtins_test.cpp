// CUDA's builtins as the host means them, in kernels without a defect: right under every schedule,
// and never accused.

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "kernels/host/atomics.h"
#include "tests/kernels/host/device_array.h"
#include "tests/kernels/host/planted.h"
#include "tests/support/schedules.h"

namespace breakeven {
namespace {

using test::DeviceArray;

class HostBuiltins : public testing::TestWithParam<host::Schedule> {
  const test::Scheduled scope_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(All, HostBuiltins, testing::ValuesIn(test::schedules),
                         [](const auto& info) {
                           std::string name = name_of(info.param);
                           for (char& c : name) c = c == ':' ? '_' : c;
                           return name;
                         });

/// 1, 2, 3, ...
template <class T>
std::vector<T> counted(std::size_t count) {
  std::vector<T> values(count);
  std::iota(values.begin(), values.end(), T{1});
  return values;
}

template <class T>
std::vector<T> reversed(std::vector<T> values) {
  return {values.rbegin(), values.rend()};
}

TEST_P(HostBuiltins, IndicesCoverGridAndBlock) {
  const DeviceArray<int> out(12 * 16);
  planted::writes_its_place(out.data());
  std::vector<int> expected(12 * 16);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(out.values(), expected);
}

TEST_P(HostBuiltins, ShufflesMoveValuesBetweenLanes) {
  const DeviceArray<float> in(counted<float>(32)), sums(32);
  planted::sums_by_shuffles(in.data(), sums.data());
  EXPECT_EQ(sums.values(), std::vector<float>(32, 32 * 33 / 2));

  const DeviceArray<double> wide(counted<double>(32)), rotated(32);
  planted::rotates_by_shuffle(wide.data(), rotated.data());
  std::vector<double> expected = counted<double>(32);
  std::rotate(expected.begin(), expected.begin() + 1, expected.end());
  EXPECT_EQ(rotated.values(), expected);

  const DeviceArray<int> ints(counted<int>(32)), up(32), down(32);
  planted::shifts_within_groups(ints.data(), up.data(), down.data());
  for (int i = 0; i < 32; ++i) {
    EXPECT_EQ(up.values()[i], i % 8 == 0 ? i + 1 : i);
    EXPECT_EQ(down.values()[i], i % 8 == 7 ? i + 1 : i + 2);
  }
}

TEST_P(HostBuiltins, VotesAndReductionsHearTheirMask) {
  std::vector<int> values(32);
  for (int i = 0; i < 32; ++i) values[i] = i % 3 == 0 ? i + 1 : 0;
  const DeviceArray<int> in(values);
  const DeviceArray<unsigned> votes(3);
  planted::votes(in.data(), votes.data());
  EXPECT_EQ(votes.values(), (std::vector<unsigned>{0x49249249, 0, 1}));

  const DeviceArray<int> counted_in(counted<int>(32)), out(32 * 3);
  planted::reduces_half_warps(counted_in.data(), out.data());
  for (int i = 0; i < 32; ++i) {
    const bool low = i < 16;
    EXPECT_EQ(out.values()[3 * i], low ? 136 : 392);
    EXPECT_EQ(out.values()[3 * i + 1], low ? 1 : 17);
    EXPECT_EQ(out.values()[3 * i + 2], low ? 16 : 32);
  }
}

TEST_P(HostBuiltins, AtomicsCountEveryThreadOfEveryBlock) {
  const DeviceArray<int> blocks(4), total(std::vector<int>{0});
  host::added_floats_atomically = false;
  planted::counts_with_atomics(blocks.data(), total.data());
  EXPECT_EQ(blocks.values(), (std::vector<int>{64, 64, 64, 64}));
  EXPECT_EQ(total.values(), std::vector<int>{256});
  EXPECT_FALSE(host::added_floats_atomically) << "integers add up in any order";
}

TEST_P(HostBuiltins, FloatAtomicsAreTold) {
  const DeviceArray<float> sum(std::vector<float>{0});
  host::added_floats_atomically = false;
  planted::adds_floats_atomically(sum.data());
  EXPECT_TRUE(host::added_floats_atomically);
  EXPECT_NEAR(sum.values()[0], 2048, 1);
}

TEST_P(HostBuiltins, BarriersPutSharedMemoryInOrder) {
  const DeviceArray<float> in(counted<float>(64)), out(64);
  planted::passes_through_shared_memory(in.data(), out.data());
  EXPECT_EQ(out.values(), reversed(counted<float>(64)));
  const DeviceArray<float> warp(counted<float>(32)), turned(32);
  planted::passes_within_a_warp(warp.data(), turned.data());
  EXPECT_EQ(turned.values(), reversed(counted<float>(32)));
}

TEST_P(HostBuiltins, AsyncCopiesArriveWhenWaitedFor) {
  for (const int tiles : {1, 2, 5}) {
    const DeviceArray<float> in(counted<float>(64 * tiles)), out(64);
    planted::stages_by_async_copies(in.data(), out.data(), tiles);
    for (int i = 0; i < 64; ++i) {
      float expected = 0;
      for (int tile = 0; tile < tiles; ++tile) expected += static_cast<float>(64 * tile + 64 - i);
      EXPECT_EQ(out.values()[i], expected) << tiles << " tiles, thread " << i;
    }
  }
  const DeviceArray<float> in(counted<float>(64)), out(64);
  planted::fills_with_zeros(in.data(), out.data());
  for (int i = 0; i < 64; ++i) EXPECT_EQ(out.values()[i], i % 2 == 0 ? i + 1 : 0);
}

TEST(HostSchedule, NamesAreParsedBack) {
  for (const host::Schedule& schedule : test::schedules) {
    EXPECT_EQ(host::parse_schedule(name_of(schedule)), schedule);
  }
  EXPECT_EQ(host::parse_schedule("random"), (host::Schedule{host::Order::random, 1, 0xff}));
  EXPECT_EQ(host::parse_schedule("descending").order, host::Order::descending);
  for (const char* bad :
       {"", "upwards", "random:x", "ascending:fff", "random:1:ff:2", "ascending:"}) {
    EXPECT_THROW(host::parse_schedule(bad), std::invalid_argument) << bad;
  }
}

}  // namespace
}  // namespace breakeven
