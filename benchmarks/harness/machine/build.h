#pragma once

#include <optional>
#include <string>

namespace breakeven {

/// Compiler of the CPU side: "GCC 12.2.0".
std::string compiler();

/// What of the build matters to a measurement: "optimised", "not optimised, assertions on, ...".
std::string build();

/// Commit that was built, with "-dirty" where the tree had changes; nothing outside a checkout.
std::optional<std::string> git_revision();

}  // namespace breakeven
