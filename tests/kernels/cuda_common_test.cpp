#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>
#include <vector>

#include "kernels/common/cublas.h"
#include "kernels/common/cuda_library.h"
#include "kernels/common/error.h"
#include "kernels/common/handles.h"
#include "kernels/common/libraries.h"
#include "kernels/common/probes.h"
#include "tests/support/gpu.h"

namespace breakeven {
namespace {

TEST(CudaErrors, NameTheCallThePlaceAndCudasWords) {
  try {
    BREAKEVEN_CUDA_CHECK(cudaErrorInvalidValue);
    FAIL();
  } catch (const CudaError& error) {
    const std::string what = error.what();
    EXPECT_NE(what.find("cudaErrorInvalidValue at "), std::string::npos) << what;
    EXPECT_NE(what.find("cuda_common_test.cpp:"), std::string::npos) << what;
    EXPECT_NE(what.find("invalid argument"), std::string::npos) << what;
    EXPECT_EQ(error.code(), cudaErrorInvalidValue);
    EXPECT_FALSE(error.out_of_memory());
  }
  EXPECT_NO_THROW(BREAKEVEN_CUDA_CHECK(cudaSuccess));
}

TEST(CudaErrors, OutOfMemoryIsTold) {
  try {
    check_cublas(CUBLAS_STATUS_ALLOC_FAILED, "cublasCreate");
    FAIL();
  } catch (const CudaError& error) {
    EXPECT_TRUE(error.out_of_memory());
    EXPECT_EQ(std::string(error.what()).find("cublasCreate at "), 0u) << error.what();
  }
}

TEST(CudaErrors, AnAllocationThatDoesNotFitIsOutOfMemory) {
  BREAKEVEN_NEEDS_GPU();
  try {
    make_device_buffer(std::size_t{1} << 50);
    FAIL();
  } catch (const CudaError& error) {
    EXPECT_TRUE(error.out_of_memory()) << error.what();
  }
  EXPECT_NO_THROW(make_device_buffer(1 << 20)) << "the error must not stick";
}

TEST(CudaLibrary, MissingNamesThePlaces) {
  setenv("BREAKEVEN_CUDA_LIBRARIES", "/one/place:/another", 1);
  const CudaLibrary library("libno_such_library.so.13");
  unsetenv("BREAKEVEN_CUDA_LIBRARIES");
  EXPECT_EQ(library.missing().find("libno_such_library.so.13 not found: looked in /one/place, "
                                   "/another, "),
            0u)
      << library.missing();
  EXPECT_NE(library.missing().find("the loader's path"), std::string::npos) << library.missing();
  EXPECT_NE(library.missing().find("/usr/local/cuda/lib64"), std::string::npos);
}

TEST(CudaLibrary, MissingSymbolIsNamed) {
  CudaLibrary library("libdl.so.2");
  ASSERT_EQ(library.missing(), "");
  void (*function)() = nullptr;
  library.load(function, "no_such_function");
  EXPECT_EQ(function, nullptr);
  EXPECT_EQ(library.missing(), "libdl.so.2 has no no_such_function");
}

TEST(CudaLibrary, CublasOpensWhereItIsInstalled) {
  if (!cublas().missing.empty()) GTEST_SKIP() << cublas().missing;
  int major = 0;
  ASSERT_EQ(cublas().get_property(MAJOR_VERSION, &major), CUBLAS_STATUS_SUCCESS);
  EXPECT_EQ(major, CUBLAS_VER_MAJOR);
  EXPECT_NE(cublas().path.find("libcublas"), std::string::npos) << cublas().path;
  try {
    check_cublas(CUBLAS_STATUS_INVALID_VALUE, "cublasGemmEx_64");
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("cublasGemmEx_64 at "), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("CUBLAS_STATUS_INVALID_VALUE"), std::string::npos)
        << error.what();
  }
}

TEST(CudaLibraries, AreNamedWithVersions) {
  const auto libraries = cuda_libraries();
  ASSERT_EQ(libraries.size(), 2u);
  EXPECT_EQ(libraries[0].name, "CUDA runtime");
  EXPECT_EQ(libraries[0].version, std::to_string(CUDART_VERSION / 1000) + "." +
                                      std::to_string(CUDART_VERSION % 1000 / 10));
  EXPECT_EQ(libraries[1].name, "cuBLAS");
  if (test::no_gpu().empty()) {
    EXPECT_EQ(libraries[1].version.empty(), !cublas().missing.empty());
  } else {
    EXPECT_EQ(libraries[1].detail, "not opened: no CUDA device");
  }
}

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

TEST(CudaProbes, BlockHoldsTheStreamUntilReleased) {
  BREAKEVEN_NEEDS_GPU();
  const PinnedBuffer memory = make_pinned_buffer(sizeof(BlockFlags));
  auto* flags = new (memory.get()) BlockFlags;
  const CudaStream stream = make_stream();
  enqueue_block(stream.get(), flags, 1, 10'000'000'000);
  enqueue_empty(stream.get());
  EXPECT_EQ(cudaStreamQuery(stream.get()), cudaErrorNotReady);
  static_cast<volatile BlockFlags*>(flags)->released = 1;
  BREAKEVEN_CUDA_CHECK(cudaStreamSynchronize(stream.get()));
  EXPECT_EQ(flags->timed_out, 0);
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
