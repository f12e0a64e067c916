// What the probes do, apart from timing: the same on a GPU and executed on the host.

#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "kernels/common/error.h"
#include "kernels/common/handles.h"
#include "kernels/common/probes.h"
#include "tests/support/gpu.h"

namespace breakeven {
namespace {

TEST(CudaProbes, RefuseBytesThatAreNoMultipleOf16) {
  EXPECT_THROW(enqueue_copy(nullptr, nullptr, nullptr, 17), std::invalid_argument);
  EXPECT_THROW(enqueue_l2_read(nullptr, nullptr, 8, 1, nullptr), std::invalid_argument);
}

TEST(CudaProbes, CopyCopiesEveryByte) {
  BREAKEVEN_NEEDS_GPU();
  for (const std::size_t bytes : {std::size_t{16}, std::size_t{4096 + 16}, std::size_t{50} << 20}) {
    std::vector<std::uint32_t> host(bytes / 4);
    std::iota(host.begin(), host.end(), 1u);
    const DeviceBuffer from = make_device_buffer(bytes), to = make_device_buffer(bytes);
    BREAKEVEN_CUDA_CHECK(cudaMemcpy(from.get(), host.data(), bytes, cudaMemcpyHostToDevice));
    const CudaStream stream = make_stream();
    EXPECT_EQ(enqueue_copy(stream.get(), to.get(), from.get(), bytes), 2.0 * bytes);
    BREAKEVEN_CUDA_CHECK(cudaStreamSynchronize(stream.get()));
    std::vector<std::uint32_t> copied(bytes / 4);
    BREAKEVEN_CUDA_CHECK(cudaMemcpy(copied.data(), to.get(), bytes, cudaMemcpyDeviceToHost));
    EXPECT_EQ(copied, host) << bytes;
  }
}

TEST(CudaProbes, L2ReadReadsEveryWordEachRound) {
  BREAKEVEN_NEEDS_GPU();
  for (const std::size_t bytes : {std::size_t{16}, std::size_t{4096 + 16}, std::size_t{3} << 20}) {
    std::vector<std::uint32_t> host(bytes / 4);
    std::iota(host.begin(), host.end(), 12345u);
    const DeviceBuffer buffer = make_device_buffer(bytes), sum = make_device_buffer(4);
    BREAKEVEN_CUDA_CHECK(cudaMemcpy(buffer.get(), host.data(), bytes, cudaMemcpyHostToDevice));
    BREAKEVEN_CUDA_CHECK(cudaMemset(sum.get(), 0, 4));
    const CudaStream stream = make_stream();
    constexpr int rounds = 5;
    EXPECT_EQ(enqueue_l2_read(stream.get(), buffer.get(), bytes, rounds,
                              static_cast<std::uint32_t*>(sum.get())),
              5.0 * bytes);
    BREAKEVEN_CUDA_CHECK(cudaStreamSynchronize(stream.get()));
    std::uint32_t result = 0;
    BREAKEVEN_CUDA_CHECK(cudaMemcpy(&result, sum.get(), 4, cudaMemcpyDeviceToHost));
    EXPECT_EQ(result, rounds * std::accumulate(host.begin(), host.end(), 0u)) << bytes;
  }
}

TEST(CudaProbes, FmaStaysInRangeAndCountsInProportion) {
  BREAKEVEN_NEEDS_GPU();
  const CudaStream stream = make_stream();
  for (const Dtype dtype : {Dtype::f32, Dtype::f64}) {
    const DeviceBuffer sink = make_device_buffer(size_of(dtype));
    BREAKEVEN_CUDA_CHECK(cudaMemset(sink.get(), 0, size_of(dtype)));
    const double once = enqueue_fma(stream.get(), dtype, sink.get(), 1);
    EXPECT_GT(once, 0);
    EXPECT_EQ(enqueue_fma(stream.get(), dtype, sink.get(), 7), 7 * once);
    BREAKEVEN_CUDA_CHECK(cudaStreamSynchronize(stream.get()));
    unsigned char bytes[8] = {};
    BREAKEVEN_CUDA_CHECK(cudaMemcpy(bytes, sink.get(), size_of(dtype), cudaMemcpyDeviceToHost));
    for (const unsigned char byte : bytes) EXPECT_EQ(byte, 0);
  }
}

TEST(CudaProbes, MatrixCountsInProportion) {
  BREAKEVEN_NEEDS_GPU();
  const CudaStream stream = make_stream();
  const DeviceBuffer sink = make_device_buffer(4);
  for (const Dtype dtype : {Dtype::bf16, Dtype::f16, Dtype::s8, Dtype::f32}) {
    const double once = enqueue_matrix(stream.get(), dtype, sink.get(), 1);
    EXPECT_GT(once, 0);
    EXPECT_EQ(enqueue_matrix(stream.get(), dtype, sink.get(), 3), 3 * once);
    BREAKEVEN_CUDA_CHECK(cudaStreamSynchronize(stream.get()));
  }
}

TEST(CudaProbes, BlockTimesOut) {
  BREAKEVEN_NEEDS_GPU();
  const PinnedBuffer memory = make_pinned_buffer(sizeof(BlockFlags));
  auto* flags = new (memory.get()) BlockFlags;
  const CudaStream stream = make_stream();
  enqueue_block(stream.get(), flags, 3, 1'000'000);
  BREAKEVEN_CUDA_CHECK(cudaStreamSynchronize(stream.get()));
  EXPECT_EQ(flags->timed_out, 3);
}

}  // namespace
}  // namespace breakeven
