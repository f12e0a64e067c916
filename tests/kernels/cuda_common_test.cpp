#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <cstdlib>

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
  ASSERT_EQ(libraries.size(), 3u);
  EXPECT_EQ(libraries[0].name, "CUDA runtime");
  EXPECT_EQ(libraries[0].version, std::to_string(CUDART_VERSION / 1000) + "." +
                                      std::to_string(CUDART_VERSION % 1000 / 10));
  EXPECT_EQ(libraries[1].name, "cuBLAS");
  EXPECT_EQ(libraries[2].name, "cuDNN");
  if (test::no_gpu().empty()) {
    EXPECT_EQ(libraries[1].version.empty(), !cublas().missing.empty());
  } else {
    EXPECT_EQ(libraries[1].detail, "not opened: no CUDA device");
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

}  // namespace
}  // namespace breakeven
