// Every class of defect, planted in a kernel, is found: with kernel, block, thread, source line and
// the command that repeats it.

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "kernels/common/error.h"
#include "tests/kernels/host/defect.h"
#include "tests/kernels/host/device_array.h"
#include "tests/kernels/host/planted.h"
#include "tests/support/schedules.h"

namespace breakeven {
namespace {

using test::DeviceArray;

using test::Defect;

class PlantedDefect : public testing::TestWithParam<Defect> {};

TEST_P(PlantedDefect, IsFound) { test::expect_found(GetParam()); }

const Defect defects[] = {
    {"ReadPastABuffer", [](auto in, auto out) { planted::reads_past_a_buffer(in, out, 64); },
     "forbidden memory, reported below, by thread \\(0,0,0\\) of block \\(0,0,0\\)", true},
    {"WritePastABuffer", [](auto, auto out) { planted::writes_past_a_buffer(out, 64); },
     "forbidden memory, reported below, by thread \\(5,0,0\\) of block \\(0,0,0\\)", true},
    {"ReadPastSharedMemory", [](auto, auto out) { planted::reads_past_shared_memory(out); },
     "outside shared memory\n  thread \\(31,0,0\\) of block \\(0,0,0\\) reads 4 bytes at byte 128 "
     "of "
     "planted::Tile, which has 128 bytes: .*planted_memory.cu:[0-9]+",
     true},
    {"WritePastDynamicSharedMemory",
     [](auto, auto out) { planted::writes_past_dynamic_shared_memory(out); },
     "outside shared memory\n  thread \\(16,0,0\\) of block \\(0,0,0\\) writes 4 bytes at byte 128 "
     "of dynamic shared memory, which has 128 bytes: .*planted_memory.cu:[0-9]+",
     true},
    {"AtomicPastABuffer", [](auto, auto out) { planted::adds_past_a_buffer(out, 64); },
     "atomic outside a device buffer\n  thread \\(7,0,0\\) of block \\(0,0,0\\): "
     ".*planted_memory.cu:[0-9]+",
     true},
    {"MisalignedVector", [](auto in, auto out) { planted::loads_misaligned_vector(in, out); },
     "undefined behaviour, reported below, by thread \\(1,0,0\\) of block \\(0,0,0\\)", true},
    {"MisalignedVectorInSharedMemory",
     [](auto, auto out) { planted::loads_misaligned_vector_from_shared_memory(out); },
     "undefined behaviour, reported below, by thread \\(0,0,0\\) of block \\(0,0,0\\)", true},
    {"UnwrittenSharedMemory", [](auto, auto out) { planted::reads_unwritten_shared_memory(out); },
     "nobody wrote\n  thread \\(0,0,0\\) of block \\(0,0,0\\) reads 4 bytes at byte 124 of "
     "planted::Tile: .*planted_memory.cu:[0-9]+",
     true},

    {"BarrierInABranch", [](auto, auto) { planted::barrier_in_a_branch(); },
     "barrier that not all threads reach\n  thread \\(0,0,0\\) .* waits at __syncthreads\\(\\): "
     ".*planted_barriers.cu:[0-9]+\n  thread \\(40,0,0\\) of block \\(0,0,0\\) has returned"},
    {"BarrierAfterAReturn", [](auto, auto) { planted::barrier_after_a_return(); },
     "barrier that not all threads reach\n.*\n  thread \\(63,0,0\\) of block \\(0,0,0\\) has "
     "returned"},
    {"TwoBarriersForOne", [](auto, auto) { planted::two_barriers_for_one(); },
     "barrier that not all threads reach\n  thread \\(0,0,0\\) .*\n  thread \\(1,0,0\\) .* waits "
     "at "
     "__syncthreads"},
    {"ShuffleMasksDiffer", [](auto, auto out) { planted::shuffle_masks_differ(out); },
     "not all lanes of its mask reach\n  thread \\(16,0,0\\) of block \\(0,0,0\\) waits in "
     "__shfl_xor_sync with mask 0xffffffff: .*planted_barriers.cu:[0-9]+"},
    {"ShuffleMaskWithoutCaller", [](auto, auto out) { planted::shuffle_mask_without_caller(out); },
     "leaves out the calling lane\n  thread \\(31,0,0\\) of block \\(0,0,0\\) is lane 31 and calls "
     "__shfl_sync with mask 0x7fffffff: .*planted_barriers.cu:[0-9]+"},
    {"ShuffleFromLaneOutsideMask",
     [](auto, auto out) { planted::shuffle_from_lane_outside_mask(out); },
     "shuffle from a lane that its mask leaves out\n  .*__shfl_sync from lane 20 with mask "
     "0x0000ffff: .*planted_barriers.cu:[0-9]+"},
    {"MaskOfMissingLanes", [](auto, auto out) { planted::mask_of_missing_lanes(out); },
     "mask with lanes that do not exist\n  thread \\(0,0,0\\) .*planted_barriers.cu:[0-9]+"},

    {"NoBarrierBeforeReading", [](auto, auto out) { planted::no_barrier_before_reading(out); },
     "race in shared memory\n  thread \\(32,0,0\\) of block \\(0,0,0\\) writes 4 bytes at byte 128 "
     "of planted::Tile: .*planted_races.cu:[0-9]+\n  thread \\(31,0,0\\) of block \\(0,0,0\\) read "
     "there with no barrier between: .*planted_races.cu:[0-9]+",
     true},
    {"NoBarrierBeforeWritingAgain",
     [](auto, auto out) { planted::no_barrier_before_writing_again(out); },
     "race in shared memory\n  thread .* reads 4 bytes .*planted_races.cu:[0-9]+\n  thread .* "
     "wrote "
     "there with no barrier between: .*planted_races.cu:[0-9]+",
     true},
    {"TwoThreadsWriteOnePlace", [](auto, auto out) { planted::two_threads_write_one_place(out); },
     "race in shared memory\n  thread \\(1,0,0\\) of block \\(0,0,0\\) writes 4 bytes at byte 0 "
     ".*\n  thread \\(0,0,0\\) of block \\(0,0,0\\) wrote there",
     true},
    {"NoSyncwarp", [](auto, auto out) { planted::no_syncwarp(out); },
     "race in shared memory\n  thread \\(1,0,0\\) of block \\(0,0,0\\) writes .*\n  thread "
     "\\(0,0,0\\) "
     "of block \\(0,0,0\\) read there",
     true},

    {"NoWaitForCopies", [](auto in, auto out) { planted::no_wait_for_copies(in, out); },
     "cp.async that was not waited for\n  thread \\(0,0,0\\) of block \\(0,0,0\\) reads 4 bytes "
     ".*\n"
     "  thread \\(0,0,0\\) of block \\(0,0,0\\) started the copy: .*planted_races.cu:[0-9]+",
     true},
    {"NoBarrierAfterWaiting", [](auto in, auto out) { planted::no_barrier_after_waiting(in, out); },
     "race in shared memory\n  thread \\(32,0,0\\) of block \\(0,0,0\\) starts cp.async into .*\n"
     "  thread \\(31,0,0\\) of block \\(0,0,0\\) read there",
     true},
    {"CopyIntoWhatIsRead", [](auto in, auto out) { planted::copy_into_what_is_read(in, out); },
     "race in shared memory\n  thread \\(32,0,0\\) of block \\(0,0,0\\) reads 4 bytes at byte 124 "
     ".*planted_races.cu:[0-9]+\n  thread \\(31,0,0\\) of block \\(0,0,0\\) wrote there",
     true},
    {"WriteOntoACopyUnderWay",
     [](auto in, auto out) { planted::write_onto_a_copy_under_way(in, out); },
     "race in shared memory\n  thread \\(0,0,0\\) of block \\(0,0,0\\) writes 4 bytes .*\n"
     "  thread \\(0,0,0\\) of block \\(0,0,0\\) wrote there",
     true},
    {"MisalignedCopy", [](auto in, auto out) { planted::misaligned_copy(in, out); },
     "misaligned cp.async, from global memory\n  thread \\(0,0,0\\) .*planted_races.cu:[0-9]+"},
    {"CopyPastABuffer", [](auto in, auto out) { planted::copy_past_a_buffer(in, out, 64); },
     "cp.async from outside a device buffer\n  thread \\(0,0,0\\) .*planted_races.cu:[0-9]+", true},

    {"TooMuchStaticSharedMemory", [](auto, auto) { planted::too_much_static_shared_memory(); },
     "static shared memory of 49156 bytes, where a block has 49152 bytes"},
    {"TooMuchSharedMemoryInAll", [](auto, auto) { planted::too_much_shared_memory_in_all(); },
     "shared memory of 166916 bytes, static and dynamic, where a block has at most 166912 bytes"},
    {"DynamicSharedMemoryWithoutAny",
     [](auto, auto out) { planted::dynamic_shared_memory_without_any(out); },
     "dynamic shared memory in a launch without any\n  thread \\(0,0,0\\)"},
};

INSTANTIATE_TEST_SUITE_P(All, PlantedDefect, testing::ValuesIn(defects),
                         [](const auto& info) { return info.param.name; });

/// What a launch throws.
std::string refusal(void (*launch)()) {
  try {
    launch();
  } catch (const CudaError& error) {
    return error.what();
  }
  return "nothing";
}

TEST(PlantedLaunch, BeyondALimitIsRefused) {
  EXPECT_EQ(refusal(planted::too_many_threads)
                .find("kernel launch (block of 1088, must be 1 to 1024) at "
                      "tests/kernels/host/planted_launches.cu:"),
            0u)
      << refusal(planted::too_many_threads);
  EXPECT_NE(refusal(planted::too_many_blocks_down).find("grid.y of 65536, must be 1 to 65535"),
            std::string::npos);
  EXPECT_NE(refusal(planted::no_blocks).find("grid.x of 0, must be 1 to 2147483647"),
            std::string::npos);
  EXPECT_NE(refusal(planted::too_much_dynamic_shared_memory)
                .find("dynamic shared memory of 49153 bytes, at most 49152 without "
                      "cudaFuncSetAttribute"),
            std::string::npos);
}

/// The bytes that a kernel leaves, for test::disagreement.
std::vector<std::byte> left_by(const std::function<void(float* out)>& launch) {
  const DeviceArray<float> out(std::vector<float>(64));
  launch(out.data());
  const auto values = out.values();
  const auto* bytes = reinterpret_cast<const std::byte*>(values.data());
  return {bytes, bytes + values.size() * sizeof(float)};
}

TEST(PlantedOrder, ThatChangesTheResultIsARace) {
  const auto run = [] { return left_by(planted::blocks_overwrite_each_other); };
  EXPECT_EQ(test::disagreement(run),
            "race: the result depends on the order of threads (ascending:ff and descending:a5 "
            "disagree)");
}

TEST(PlantedOrder, UnwrittenDeviceMemoryThatIsReadIsTold) {
  const auto run = [] {
    return left_by([](float* out) {
      const DeviceArray<float> unwritten(64);
      planted::copies_a_buffer(unwritten.data(), out, 16);
    });
  };
  EXPECT_EQ(test::disagreement(run),
            "reads memory that nobody wrote (ascending:ff and descending:a5 disagree)");
}

}  // namespace
}  // namespace breakeven
