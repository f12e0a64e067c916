#include "benchmarks/harness/machine/record.h"

#include <gtest/gtest.h>

#include "benchmarks/harness/machine/findings.h"
#include "benchmarks/harness/machine/page.h"
#include "benchmarks/harness/machine/topology.h"

namespace breakeven {
namespace {

/// A quiet dedicated machine with one GPU: nothing to find.
Json quiet_machine() {
  return {{"host", "node1"},
          {"os", "Debian GNU/Linux 12 (bookworm)"},
          {"kernel", "6.1.0"},
          {"container", nullptr},
          {"virtualization", nullptr},
          {"cpu",
           {{"model", "AMD EPYC 9554 64-Core Processor"},
            {"sockets", 1},
            {"cores", 64},
            {"hardware_threads", 64},
            {"usable_threads", 64},
            {"affinity", "0-63"},
            {"quota", nullptr},
            {"smt", false},
            {"simd", {"avx2", "fma"}},
            {"numa_nodes", 1},
            {"caches", {{{"level", 1}, {"bytes", 32768}, {"shared_by", 1}}}},
            {"governor", "performance"},
            {"max_mhz", 3750.0}}},
          {"memory_bytes", std::uint64_t{384} << 30},
          {"load_1min", 0.5},
          {"steal_fraction", 0.0},
          {"compiler", "GCC 12.2.0"},
          {"build", "optimised"},
          {"cuda",
           {{"status", "ok"},
            {"reason", nullptr},
            {"toolkit", "13.0"},
            {"driver", "580.65.06"},
            {"driver_cuda", "13.0"}}},
          {"gpus",
           {{{"name", "NVIDIA H100 80GB HBM3"},
             {"compute_capability", "9.0"},
             {"sms", 132},
             {"memory_bytes", 85'000'000'000},
             {"l2_bytes", 52'428'800},
             {"sm_clock_mhz", 345.0},
             {"sm_clock_max_mhz", 1980.0},
             {"memory_clock_mhz", 2619.0},
             {"power_limit_w", 700.0},
             {"link_now", "gen 1 x16"},
             {"link_max", "gen 5 x16"},
             {"ecc", false},
             {"mig", false},
             {"other_processes", 0}}}}};
}

TEST(MachineRecord, IsCompleteOnThisMachine) {
  const Json record = machine_record();
  const Json expected = quiet_machine();
  for (const auto& [key, value] : expected.items()) EXPECT_TRUE(record.contains(key)) << key;
  for (const auto& [key, value] : expected["cpu"].items()) {
    EXPECT_TRUE(record["cpu"].contains(key)) << key;
  }
  EXPECT_EQ(record["cpu"]["usable_threads"], usable_threads());
  EXPECT_GT(record["memory_bytes"], 0);
  EXPECT_FALSE(record["cpu"]["affinity"].get<std::string>().empty());
}

TEST(Fingerprint, IsMadeToBeRead) {
  EXPECT_EQ(fingerprint(quiet_machine()),
            "AMD EPYC 9554 64-Core Processor|64 cores|NVIDIA H100 80GB HBM3|700 W|ECC off|MIG off|"
            "gen 5 x16");
}

TEST(Fingerprint, WithoutAGpuItsPartsAreNone) {
  Json record = quiet_machine();
  record["gpus"] = Json::array();
  EXPECT_EQ(fingerprint(record),
            "AMD EPYC 9554 64-Core Processor|64 cores|none|none|none|none|none");
}

TEST(Fingerprint, StaysWhereOnlySoftwareOrTheHostChanges) {
  Json record = quiet_machine();
  record["host"] = "node2";
  record["os"] = "Ubuntu 24.04";
  record["kernel"] = "6.8.0";
  record["compiler"] = "Clang 18";
  record["load_1min"] = 7.0;
  record["cuda"]["driver"] = "590.1";
  record["cuda"]["toolkit"] = "13.1";
  record["gpus"][0]["sm_clock_mhz"] = 1980.0;
  record["gpus"][0]["link_now"] = "gen 5 x16";
  EXPECT_EQ(fingerprint(record), fingerprint(quiet_machine()));
}

TEST(Fingerprint, ChangesWithTheHardwareAndItsLimits) {
  const auto changed = [](const char* pointer, const Json& value) {
    Json record = quiet_machine();
    record[Json::json_pointer(pointer)] = value;
    return fingerprint(record);
  };
  const std::vector<std::string> others = {changed("/cpu/model", "Intel Xeon"),
                                           changed("/cpu/usable_threads", 32),
                                           changed("/gpus/0/name", "NVIDIA A100"),
                                           changed("/gpus/0/power_limit_w", 350.0),
                                           changed("/gpus/0/ecc", true),
                                           changed("/gpus/0/ecc", nullptr),
                                           changed("/gpus/0/mig", true),
                                           changed("/gpus/0/link_max", "gen 4 x16"),
                                           changed("/gpus/0/power_limit_w", nullptr)};
  for (const std::string& other : others) EXPECT_NE(other, fingerprint(quiet_machine()));
}

/// The only finding on the quiet machine with one value changed.
Finding only_finding(const char* pointer, const Json& value) {
  Json record = quiet_machine();
  record[Json::json_pointer(pointer)] = value;
  const auto found = findings(record, {});
  EXPECT_EQ(found.size(), 1u) << pointer;
  return found.empty() ? Finding{} : found.front();
}

TEST(Findings, AQuietMachineHasNone) {
  EXPECT_TRUE(findings(quiet_machine(), {{"OpenBLAS", "0.3.21", "OpenMP", "", ""}}).empty());
}

TEST(Findings, EachSaysWhatItIsAndWhatToDo) {
  using enum Finding::Severity;
  const auto expect = [](Finding::Severity severity, const char* word, const Finding& finding) {
    EXPECT_EQ(finding.severity, severity) << finding.what;
    EXPECT_NE(finding.what.find(word), std::string::npos) << finding.what;
    EXPECT_FALSE(finding.remedy.empty()) << finding.what;
  };
  expect(warning, "powersave", only_finding("/cpu/governor", "powersave"));
  expect(warning, "load 33", only_finding("/load_1min", 33.0));
  expect(warning, "2.0 %", only_finding("/steal_fraction", 0.02));
  expect(warning, "quota of 2.5", only_finding("/cpu/quota", 2.5));
  expect(note, "SMT", [] {
    Json record = quiet_machine();
    record["cpu"]["smt"] = true;
    record["cpu"]["usable_threads"] = 32;
    return findings(record, {}).at(0);
  }());
  expect(note, "memory", only_finding("/memory_bytes", std::uint64_t{1} << 30));
  expect(note, "KVM", only_finding("/virtualization", "KVM"));
  expect(note, "docker", only_finding("/container", "docker"));
  expect(note, "WSL", only_finding("/container", "wsl"));
  expect(warning, "not optimised", only_finding("/build", "not optimised"));
  expect(warning, "3 other processes", only_finding("/gpus/0/other_processes", 3));
  expect(warning, "8 of 16 lanes", only_finding("/gpus/0/link_now", "gen 5 x8"));
  expect(note, "MIG", only_finding("/gpus/0/mig", true));
  expect(note, "ECC", only_finding("/gpus/0/ecc", true));
}

TEST(Findings, AContainerWithItsOwnCpusIsNone) {
  Json record = quiet_machine();
  record["container"] = "docker";
  record["cpu"]["affinity"] = "0-31";
  record["cpu"]["usable_threads"] = 32;
  EXPECT_TRUE(findings(record, {}).empty());
}

TEST(Findings, ALibrarysProblemIsOne) {
  const auto found = findings(quiet_machine(), {{"OpenBLAS", "0.3.21", "pthreads", "", "wrong"}});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].what, "OpenBLAS: wrong");
}

TEST(Findings, WithoutCudaThatPartIsMissingWithTheReasonAndTheAdvice) {
  Json record = quiet_machine();
  record["cuda"]["status"] = "no_permission";
  record["cuda"]["reason"] = "no permission to open /dev/nvidia*";
  record["gpus"] = Json::array();
  const auto found = findings(record, {}, "join the group");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].severity, Finding::Severity::missing);
  EXPECT_NE(found[0].what.find("no permission"), std::string::npos);
  EXPECT_EQ(found[0].remedy, "join the group");
}

TEST(DoctorPage, ShowsTheMachineAndNothingFound) {
  const std::string page =
      doctor_page(quiet_machine(), {{"OpenBLAS", "0.3.21", "OpenMP", "Zen", ""}}, {});
  for (const char* part : {"AMD EPYC 9554", "64 threads", "L1 32 KiB", "OpenBLAS", "OpenMP, Zen",
                           "H100", "132 SMs", "gen 5 x16", "580.65.06", "nothing found"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part;
  }
}

TEST(DoctorPage, ShowsEachFindingWithWhatToDo) {
  const std::string page = doctor_page(
      quiet_machine(), {}, {{Finding::Severity::warning, "too hot", "open the window"}});
  EXPECT_NE(page.find("warning     too hot"), std::string::npos) << page;
  EXPECT_NE(page.find("-> open the window"), std::string::npos);
  EXPECT_EQ(page.find("nothing found"), std::string::npos);
}

TEST(DoctorPage, UnknownValuesAreSaidToBe) {
  Json record = quiet_machine();
  record["cpu"]["governor"] = nullptr;
  record["gpus"][0]["power_limit_w"] = nullptr;
  const std::string page = doctor_page(record, {}, {});
  EXPECT_NE(page.find("governor unknown"), std::string::npos);
  EXPECT_NE(page.find("limit unknown"), std::string::npos);
}

}  // namespace
}  // namespace breakeven
