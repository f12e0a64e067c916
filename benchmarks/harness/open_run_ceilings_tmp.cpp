#include "benchmarks/harness/open_run.h"
namespace breakeven {
void OpenRun::measure_missing_ceilings() {}
}  // namespace breakeven
