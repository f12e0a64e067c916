#pragma once

#include <string>

#include "benchmarks/harness/json.h"

namespace breakeven {

/// The machine as the run file's `run` row and `doctor` have it (results/schema/run.schema.json).
/// Call it before a device is opened: other processes on the GPU are counted.
Json machine_record();

/// Key of the machine, made to be read: "cpu model|usable cores|gpu model|power
/// limit|ECC|MIG|link", each part of the GPU "none" without one. Host, driver, libraries and git
/// are no part of it: they are what two runs compare.
std::string fingerprint(const Json& record);

}  // namespace breakeven
