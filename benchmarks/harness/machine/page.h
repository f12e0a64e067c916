#pragma once

#include <string>
#include <vector>

#include "benchmarks/harness/json.h"
#include "benchmarks/harness/machine/findings.h"
#include "operations/library.h"

namespace breakeven {

/// What `doctor` shows: the machine record on one page, and the findings with what to do.
std::string doctor_page(const Json& record, const std::vector<Library>& libraries,
                        const std::vector<Finding>& findings);

}  // namespace breakeven
