#include "benchmarks/harness/ceiling_table.h"

#include <gtest/gtest.h>

namespace breakeven {
namespace {

Json ceiling(const char* name, const char* side, Json dtype, Json threads, Json value,
             const char* status = "ok") {
  return {{"kind", "ceiling"},  {"name", name},   {"side", side},    {"dtype", dtype},
          {"threads", threads}, {"value", value}, {"status", status}};
}

TEST(CeilingTable, KnowsNothingAtFirst) {
  const CeilingTable table;
  EXPECT_TRUE(table.empty());
  EXPECT_FALSE(table.flops_per_second(Side::cpu, Dtype::f32, "default", 1));
  EXPECT_FALSE(table.bytes_per_second(Side::cuda, 0));
}

TEST(CeilingTable, FindsBySideDtypeAndThreads) {
  CeilingTable table;
  table.add(ceiling("fma", "cpu", "f32", 1, 100e9));
  table.add(ceiling("fma", "cpu", "f32", 8, 800e9));
  table.add(ceiling("fma", "cpu", "f64", 8, 400e9));
  table.add(ceiling("fma", "cuda", "f32", nullptr, 60e12));
  EXPECT_EQ(table.flops_per_second(Side::cpu, Dtype::f32, "default", 1), 100e9);
  EXPECT_EQ(table.flops_per_second(Side::cpu, Dtype::f32, "default", 8), 800e9);
  EXPECT_EQ(table.flops_per_second(Side::cpu, Dtype::f64, "default", 8), 400e9);
  EXPECT_EQ(table.flops_per_second(Side::cuda, Dtype::f32, "default", 0), 60e12);
  EXPECT_FALSE(table.flops_per_second(Side::cpu, Dtype::f64, "default", 1));
  EXPECT_FALSE(table.flops_per_second(Side::cuda, Dtype::f64, "default", 0));
}

TEST(CeilingTable, TakesTheFasterUnitOfAMathMode) {
  CeilingTable table;
  table.add(ceiling("fma", "cuda", "f32", nullptr, 60e12));
  Json tf32 = ceiling("matrix", "cuda", "f32", nullptr, 400e12);
  tf32["math_mode"] = "tf32";
  table.add(tf32);
  EXPECT_EQ(table.flops_per_second(Side::cuda, Dtype::f32, "default", 0), 60e12);
  EXPECT_EQ(table.flops_per_second(Side::cuda, Dtype::f32, "tf32", 0), 400e12);
  table.add(ceiling("fma", "cuda", "f64", nullptr, 30e12));
  EXPECT_FALSE(table.flops_per_second(Side::cuda, Dtype::f64, "default", 0));
  table.add(ceiling("matrix", "cuda", "f64", nullptr, 60e12));
  EXPECT_EQ(table.flops_per_second(Side::cuda, Dtype::f64, "default", 0), 60e12);
  table.add(ceiling("matrix", "cpu", "bf16", 2, 400e9));
  EXPECT_EQ(table.flops_per_second(Side::cpu, Dtype::bf16, "default", 2), 400e9);
}

TEST(CeilingTable, TakesTheFasterMemoryProbe) {
  CeilingTable table;
  table.add(ceiling("triad", "cpu", "f64", 2, 30e9));
  EXPECT_EQ(table.bytes_per_second(Side::cpu, 2), 30e9);
  table.add(ceiling("copy", "cpu", nullptr, 2, 40e9));
  EXPECT_EQ(table.bytes_per_second(Side::cpu, 2), 40e9);
  table.add(ceiling("copy", "cuda", nullptr, nullptr, 3e12));
  EXPECT_EQ(table.bytes_per_second(Side::cuda, 0), 3e12);
}

TEST(CeilingTable, TakesOnlyMeasuredCeilings) {
  CeilingTable table;
  table.add({{"kind", "run"}});
  table.add(ceiling("fma", "cuda", "f32", nullptr, nullptr, "skipped"));
  EXPECT_TRUE(table.empty());
  table.add(ceiling("fma", "cpu", "f32", 2, 1e9));
  EXPECT_FALSE(table.empty());
}

}  // namespace
}  // namespace breakeven
