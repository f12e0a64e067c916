#pragma once

#include <string>
#include <utility>

namespace breakeven {

/// Whether an implementation takes a problem; if not, why not, in words for the report.
struct Support {
  std::string reason;  // empty: supported

  static Support yes() { return {}; }
  static Support no(std::string reason) { return {std::move(reason)}; }
  explicit operator bool() const { return reason.empty(); }
};

}  // namespace breakeven
