#include "benchmarks/harness/workload.h"

#include "benchmarks/harness/clock.h"

namespace breakeven {

Workload::Workload(const ProblemView& problem, Session& session)
    : problem_(problem),
      session_(session),
      exact_(problem, true, session.fill, session.seed),
      real_(problem, false, session.fill, session.seed),
      data_{exact_, real_},
      inputs_(statistics_of(real_.before()[0])) {}

Buffers& Workload::buffers(Side side) {
  const auto& specs = problem_.tensors;
  auto& buffers = side == Side::cuda ? device_buffers_ : host_buffers_;
  if (!buffers && side == Side::cpu) {
    buffers = std::make_unique<HostBuffers>(specs, cold_sets(specs, session_.cpu_cold_bytes));
  } else if (!buffers) {
    const double start = steady_seconds();
    const int sets = cold_sets(specs, session_.device_cold_bytes);
    buffers = std::make_unique<DeviceBuffers>(*session_.device, specs, sets);
    device_allocate_s_ = steady_seconds() - start;
  }
  return *buffers;
}

}  // namespace breakeven
