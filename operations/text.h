#pragma once

#include <charconv>
#include <string>

namespace breakeven {

/// The shortest decimal that reads back as the same number, in any locale: "0.1", "-3", "1e+30".
inline std::string shortest(double number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

}  // namespace breakeven
