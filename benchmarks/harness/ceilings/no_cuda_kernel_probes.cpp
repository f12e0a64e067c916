#if !BREAKEVEN_CUDA

#include <stdexcept>

#include "benchmarks/harness/ceilings/kernel_probes.h"

namespace breakeven {
namespace {

[[noreturn]] Reading refuse() { throw std::runtime_error("built without CUDA"); }

}  // namespace

Reading measure_device_fma(Device&, Dtype, const SamplingLimits&, Clock) { refuse(); }
Reading measure_device_matrix(Device&, Dtype, const SamplingLimits&, Clock) { refuse(); }
std::string matrix_probe_absence() { return "built without CUDA"; }
Reading measure_device_copy(Device&, const SamplingLimits&, Clock) { refuse(); }
Reading measure_l2_read(Device&, const SamplingLimits&, Clock) { refuse(); }

}  // namespace breakeven

#endif
