#include "kernels/host/place.h"

#include <array>
#include <boost/core/demangle.hpp>
#include <cstdio>
#include <string_view>
#include <utility>

#include "kernels/host/sanitizers.h"

namespace breakeven::host {
namespace {

/// What the sanitizer's symbolizer says of the instruction before an address, where a call that
/// returns to that address stands; empty without a sanitizer.
std::string symbolize([[maybe_unused]] const void* return_address,
                      [[maybe_unused]] const char* format) {
  std::array<char, 1024> text{};
#ifdef BREAKEVEN_ASAN
  __sanitizer_symbolize_pc(const_cast<void*>(return_address), format, text.data(), text.size());
#endif
  return text.data();
}

std::string replaced(std::string text, std::string_view part, std::string_view by) {
  for (std::size_t at; (at = text.find(part)) != std::string::npos;) {
    text.replace(at, part.size(), by);
  }
  return text;
}

/// A name as the source has it, without the namespaces of this project.
std::string readable(std::string name) {
  for (const char* scope : {"(anonymous namespace)::", "breakeven::", "cuda_gemm::"}) {
    name = replaced(std::move(name), scope, "");
  }
  name = replaced(std::move(name), "SmallFloat<8, 7, true, (Overflow)0>", "Bf16");
  return replaced(std::move(name), "SmallFloat<5, 10, true, (Overflow)0>", "F16");
}

}  // namespace

std::string Place::text() const {
  if (data_ == nullptr) return "an unknown place";
  if (line_ > 0) return SourcePlace{static_cast<const char*>(data_), line_}.text();
  const std::string found = symbolize(data_, "%s:%l");
  if (!found.empty() && found.front() != '<') return found;
  std::array<char, 32> address{};
  std::snprintf(address.data(), address.size(), "%p", data_);
  return address.data();
}

std::string function_name(const void* function) {
  const std::string signature = readable(symbolize(static_cast<const char*>(function) + 1, "%f"));
  const std::string name = signature.substr(0, signature.find('('));
  if (name.empty() || name.front() == '<') return "";
  const std::size_t arguments = name.find('<');
  const std::size_t scope = name.rfind("::", arguments);
  return scope == std::string::npos ? name : name.substr(scope + 2);
}

std::string type_name(const char* mangled) { return readable(boost::core::demangle(mangled)); }

}  // namespace breakeven::host
