#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

#include "benchmarks/harness/ceilings/ceilings.h"
#include "benchmarks/harness/ceilings/cpu_probes.h"

namespace breakeven {
namespace {

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

Probe probe(Unit unit, std::vector<double> values) {
  auto next = std::make_shared<std::size_t>(0);
  return {"made_up", Side::cpu, Dtype::f32, 2, unit, "", [=](const SamplingLimits&) {
            const double value = values.at((*next)++);
            return Reading{value, "detail " + std::to_string(static_cast<int>(value))};
          }};
}

TEST(Probes, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  const auto probes = cpu_probes(2);
  for (const Probe& each : probes) names.insert(benchmark_name(each));
  EXPECT_EQ(names.size(), probes.size());
  EXPECT_TRUE(names.count("ceiling/cpu/fma/f32/threads:1"));
  EXPECT_TRUE(names.count("ceiling/cpu/fma/f64/threads:2"));
  EXPECT_TRUE(names.count("ceiling/cpu/triad/threads:2"));
  EXPECT_TRUE(names.count("ceiling/cpu/copy/threads:1"));
  EXPECT_TRUE(names.count("ceiling/cpu/cache_read_l1/threads:1"));
}

TEST(Probes, AreNotDoubledWhereAllIsOneThread) {
  EXPECT_EQ(2 * cpu_probes(1).size(), cpu_probes(2).size());
}

TEST(Ceilings, OfARateIsTheBestRepetition) {
  const Ceiling ceiling = measure(probe(Unit::flops_per_second, {5, 9, 7}), 3, {});
  EXPECT_EQ(ceiling.status, "ok");
  EXPECT_EQ(ceiling.value, 9.0);
  EXPECT_EQ(ceiling.values, (std::vector<double>{5, 9, 7}));
  EXPECT_EQ(ceiling.detail, "detail 9");
}

TEST(Ceilings, OfSecondsIsTheMedianRepetition) {
  EXPECT_EQ(measure(probe(Unit::seconds, {5, 9, 7}), 3, {}).value, 7.0);
}

TEST(Ceilings, AProbeThatThrowsIsAnErrorWithItsWords) {
  Probe broken = probe(Unit::seconds, {});
  broken.measure = [](const SamplingLimits&) -> Reading { throw std::runtime_error("no luck"); };
  const Ceiling ceiling = measure(broken, 3, {});
  EXPECT_EQ(ceiling.status, "error");
  EXPECT_EQ(ceiling.reason, "no luck");
  EXPECT_FALSE(ceiling.value);
  EXPECT_TRUE(ceiling.values.empty());
}

TEST(Ceilings, WhatCannotBeMeasuredIsSkippedWithTheReasonAndNeverRun) {
  Probe absent = probe(Unit::seconds, {});  // would throw
  absent.absence = "no NVIDIA driver on this machine";
  const Ceiling ceiling = measure(absent, 3, {});
  EXPECT_EQ(ceiling.status, "skipped");
  EXPECT_EQ(ceiling.reason, absent.absence);
}

TEST(Ceilings, ShareTheBudgetEvenly) {
  std::vector<double> caps;
  Probe spy = probe(Unit::seconds, {});
  spy.measure = [&](const SamplingLimits& limits) {
    caps.push_back(limits.wall_cap_s);
    return Reading{1, ""};
  };
  Probe absent = spy;
  absent.absence = "away";
  measure({spy, spy, absent}, 3, 1.2, [](const Ceiling&) {});
  EXPECT_EQ(caps, std::vector<double>(6, 1.2 / 6));
}

TEST(Ceilings, AreHandedOverBeforeTheNextIsMeasured) {
  std::vector<std::string> events;
  const auto spy = [&](const char* name) {
    Probe made = probe(Unit::seconds, {});
    made.name = name;
    made.measure = [&events, name](const SamplingLimits&) {
      events.push_back(std::string("measured ") + name);
      return Reading{1, ""};
    };
    return made;
  };
  measure({spy("a"), spy("b")}, 1, 1,
          [&](const Ceiling& ceiling) { events.push_back("took " + ceiling.name); });
  EXPECT_EQ(events, (std::vector<std::string>{"measured a", "took a", "measured b", "took b"}));
}

TEST(CeilingRow, HasEveryFieldOfTheSchema) {
  const Json row = ceiling_row(measure(probe(Unit::bytes_per_second, {2e9}), 1, {}));
  EXPECT_EQ(
      row.dump(),
      R"({"kind":"ceiling","name":"made_up","side":"cpu","dtype":"f32","math_mode":"default",)"
      R"("threads":2,)"
      R"("unit":"B/s","value":2000000000.0,"values":[2000000000.0],"status":"ok",)"
      R"("reason":null,"detail":"detail 2000000000"})");
  Probe absent = probe(Unit::seconds, {});
  absent.absence = "away";
  absent.dtype.reset();
  absent.threads.reset();
  const Json skipped = ceiling_row(measure(absent, 1, {}));
  EXPECT_TRUE(skipped["value"].is_null());
  EXPECT_TRUE(skipped["dtype"].is_null());
  EXPECT_TRUE(skipped["threads"].is_null());
  EXPECT_EQ(skipped["reason"], "away");
}

TEST(MemoryProbe, ExceedsTheLastLevelCache) {
  const Topology server = synthetic_topology("pack:1 l3:12(size=33554432) core:8 pu:1");
  EXPECT_EQ(memory_probe_bytes(server, 96, 384 * kib * mib), 2 * 12 * 32 * mib);
}

TEST(MemoryProbe, StaysSmallWhereAGuestReportsItsHostsCache) {
  const Topology guest = synthetic_topology("pack:1 l3:1(size=503316480) core:2 pu:1");
  EXPECT_EQ(memory_probe_bytes(guest, 2, 24 * kib * mib), 128 * mib);
}

TEST(MemoryProbe, StaysWithinASixteenthOfTheMemory) {
  const Topology guest = synthetic_topology("pack:1 l3:1(size=503316480) core:2 pu:1");
  EXPECT_EQ(memory_probe_bytes(guest, 2, 512 * mib), 32 * mib);
}

TEST(CacheProbe, ReadsHalfOfItsShareWellOutsideTheLevelBefore) {
  const Topology eight = synthetic_topology(
      "pack:1 l3:1(size=33554432) l2:8(size=524288) l1d:1(size=32768) core:1 pu:1");
  EXPECT_EQ(cache_probe_bytes(eight, 0, 1), 16 * kib);
  EXPECT_EQ(cache_probe_bytes(eight, 1, 8), 256 * kib) << "half, the same for all: it is private";
  EXPECT_EQ(cache_probe_bytes(eight, 2, 1), 4 * mib) << "eight times the second level";
  EXPECT_EQ(cache_probe_bytes(eight, 2, 8), 2 * mib) << "half of an eighth";
}

TEST(CacheProbe, IsRefusedWhereLevelsCannotBeToldApart) {
  const Topology narrow =
      synthetic_topology("pack:1 l3:1(size=11534336) l2:8(size=1048576) core:1 pu:1");
  EXPECT_TRUE(cache_probe_bytes(narrow, 1, 1));
  EXPECT_FALSE(cache_probe_bytes(narrow, 1, 8));
}

TEST(CpuCeilings, AreMeasuredHereAndAreFiniteAndPositive) {
  const auto check = [](const Ceiling& ceiling) {
    if (ceiling.status == "skipped") return;
    EXPECT_EQ(ceiling.status, "ok") << ceiling.name << ": " << ceiling.reason;
    ASSERT_TRUE(ceiling.value) << ceiling.name;
    EXPECT_GT(*ceiling.value, 0) << ceiling.name;
    EXPECT_LT(*ceiling.value, 1e18) << ceiling.name;
    EXPECT_FALSE(ceiling.detail.empty()) << ceiling.name;
  };
  measure_cpu_ceilings(0.1, 2, check, 1);
}

}  // namespace
}  // namespace breakeven
