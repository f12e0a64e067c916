#include "benchmarks/harness/machine/build.h"

#include "generated/revision.h"

namespace breakeven {

std::string compiler() {
#if defined(__clang__)
  return "Clang " __clang_version__;
#else
  return "GCC " __VERSION__;
#endif
}

std::string build() {
  std::string text;
#if defined(__OPTIMIZE__)
  text = "optimised";
#else
  text = "not optimised";
#endif
#if !defined(NDEBUG)
  text += ", assertions on";
#endif
#if defined(__SANITIZE_ADDRESS__)
  text += ", AddressSanitizer";
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
  text += ", AddressSanitizer";
#endif
#endif
  return text;
}

std::optional<std::string> git_revision() {
  std::string revision = BREAKEVEN_REVISION;
  if (revision == "unknown") return std::nullopt;
  return revision;
}

}  // namespace breakeven
