#pragma once

#include <string>

namespace breakeven {

/// A library that a side uses, as found at run time: for the machine record.
struct Library {
  std::string name;       // "OpenBLAS"
  std::string version;    // "0.3.21"
  std::string threading;  // "OpenMP", "pthreads", "sequential"; empty where it does not apply
  std::string detail;   // kernel chosen for this CPU, path of the shared object, why it is missing
  std::string problem;  // what would spoil a measurement and what to do; empty if nothing
};

}  // namespace breakeven
