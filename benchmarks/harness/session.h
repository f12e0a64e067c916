#pragma once

#include <random>
#include <string>

#include "benchmarks/harness/budget.h"
#include "benchmarks/harness/ceiling_table.h"
#include "benchmarks/harness/device.h"
#include "benchmarks/harness/fill.h"
#include "benchmarks/harness/predictions.h"
#include "benchmarks/harness/run_file.h"

namespace breakeven {

/// What all problems of one program share.
struct Session {
  RunFile& file;
  Device* device;            // null where there is none
  std::string cuda_absence;  // why not
  int all_threads;           // what this process may use
  int repetitions;
  int max_samples;
  std::uint64_t seed;
  Fill fill;
  std::size_t memory_limit;       // host memory for a problem [B]
  std::size_t cpu_cold_bytes;     // that a cold rotation touches [B]
  std::size_t device_cold_bytes;  // likewise on the device
  std::string reproduce;          // command line up to the filter
  Budget budget;

  CeilingTable ceilings = {};
  Predictions predictions = {};
  int order = 0;  // next place in the measuring order
  std::mt19937_64 random = {};
  bool any_failed = false;  // a verification
  bool any_error = false;
};

}  // namespace breakeven
