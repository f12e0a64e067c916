#include <gtest/gtest.h>
#include <omp.h>

#include <initializer_list>
#include <string>
#include <string_view>

#include "cpu_reference/common/simd.h"
#include "cpu_reference/gemm/low_precision_tile.h"
#include "cpu_reference/gemm/packed_gemm.h"
#include "cpu_reference/gemm/register_tile.h"
#include "cpu_reference/gemm/skinny_gemm.h"
#include "tests/support/gemm_check.h"

/// The implementations choose the best instruction set that the CPU has; here each that it has gets
/// its turn, on depths that take several blocks and slabs of K.
namespace breakeven::cpu_gemm {
namespace {

/// "gemm/f32/nt/m1n1k1".
std::string id_of(std::initializer_list<std::string_view> parts) {
  std::string id = "gemm/";
  for (const std::string_view part : parts) id += part;
  return id;
}

/// `more`: what the product is made with beside the problem.
template <class Product, class... More>
void expect_right(const std::string& id, More... more) {
  SCOPED_TRACE(id);
  const GemmProblem p = parse_gemm(id);
  const int before = omp_get_max_threads();
  for (const int threads : {1, 3}) {
    omp_set_num_threads(threads);
    Product product(p, more...);
    for (const test::Fill fill : {test::Fill::integers, test::Fill::normal}) {
      const test::GemmTensors tensors(p, fill, 23);
      product.run(tensors.call());
      test::expect_matches_oracle(p, tensors, fill);
    }
  }
  omp_set_num_threads(before);
}

template <class Tile>
void expect_right_packed(std::string_view dtype, bool scaled) {
  using Product = PackedGemm<Tile>;
  const std::string_view scaling = scaled ? "/alpha-2beta3" : "";
  for (const std::string_view layout : {"/nn/", "/nt/", "/tn/", "/tt/"}) {
    for (const std::string_view sizes : {"m1n1k1", "m29n67k1003", "b5m15n33k37"}) {
      expect_right<Product>(id_of({dtype, layout, sizes, scaling}));
    }
  }
  // Several blocks of K for every kernel, in one slab and each in a slab of its own.
  const std::string deep = id_of({dtype, "/nn/m17n40k6001", scaling});
  expect_right<Product>(deep);
  expect_right<Product>(deep, std::int64_t{1});
}

template <template <class> class Tile>
void expect_right_floats() {
  expect_right_packed<Tile<float>>("f32", true);
  expect_right_packed<Tile<double>>("f64", false);
}

TEST(CpuGemmPacked, Portable) { expect_right_floats<PortableTile>(); }

TEST(CpuGemmPacked, Avx2) {
  if (!has_avx2()) GTEST_SKIP() << "this CPU has no AVX2";
  expect_right_floats<Avx2Tile>();
}

TEST(CpuGemmPacked, Avx512) {
  if (!has_avx512()) GTEST_SKIP() << "this CPU has no AVX-512";
  expect_right_floats<Avx512Tile>();
}

#if defined(__x86_64__)
TEST(CpuGemmPacked, Avx512Bf16) {
  if (!has_avx512_bf16()) GTEST_SKIP() << "this CPU has no AVX-512 BF16";
  expect_right_packed<Avx512Bf16Tile>("bf16", false);
  expect_right_packed<Avx512Bf16Tile>("bf16", true);
}

TEST(CpuGemmPacked, Avx512Vnni) {
  if (!has_avx512_vnni()) GTEST_SKIP() << "this CPU has no AVX-512 VNNI";
  expect_right_packed<Avx512VnniTile>("s8", false);
  expect_right_packed<Avx512VnniTile>("s8", true);
}
#endif

template <class Kernels, class T>
void expect_right_skinny(std::string_view dtype) {
  using Product = SkinnyGemm<Kernels, T>;
  for (const std::string_view layout : {"/nn/", "/nt/", "/tn/", "/tt/"}) {
    for (const std::string_view lines : {"1", "2", "5", "7", "15", "16"}) {  // turns of each kernel
      expect_right<Product>(id_of({dtype, layout, "m", lines, "n331k61"}));
      expect_right<Product>(id_of({dtype, layout, "m331n", lines, "k61"}));
    }
    // Threads that divide K; several units; a batch.
    for (const std::string_view sizes : {"m3n100k3001/alpha2beta-1", "m2100n4k67", "b4m9n11k13"}) {
      expect_right<Product>(id_of({dtype, layout, sizes}));
    }
  }
}

template <template <class> class Kernels>
void expect_right_skinny_floats() {
  expect_right_skinny<Kernels<float>, float>("f32");
  expect_right_skinny<Kernels<double>, double>("f64");
}

TEST(CpuGemmSkinny, Portable) { expect_right_skinny_floats<PortableSkinny>(); }

TEST(CpuGemmSkinny, Avx2) {
  if (!has_avx2()) GTEST_SKIP() << "this CPU has no AVX2";
  expect_right_skinny_floats<Avx2Skinny>();
}

TEST(CpuGemmSkinny, Avx512) {
  if (!has_avx512()) GTEST_SKIP() << "this CPU has no AVX-512";
  expect_right_skinny_floats<Avx512Skinny>();
}

}  // namespace
}  // namespace breakeven::cpu_gemm
