#include "benchmarks/harness/clock.h"

#include <chrono>

namespace breakeven {

double steady_seconds() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace breakeven
