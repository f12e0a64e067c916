#pragma once

#include <CLI/CLI.hpp>
#include <cstdio>

#include "benchmarks/harness/options.h"

namespace breakeven {

/// Reads a program's command line. False where it only asked for help, which is then printed.
/// Throws BadInput with one clear line.
inline bool read_command_line(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help().c_str(), stdout);
    return false;
  } catch (const CLI::ParseError& error) {
    throw BadInput(error.what());
  }
  return true;
}

}  // namespace breakeven
