#pragma once

/// CUDA C++ on the host: what nvcc declares by itself, for a host compiler. Included before every
/// kernel source of the host build, which stays as it is.

// Mathematical functions in the global namespace, as nvcc has them.
#include <math.h>  // NOLINT(modernize-deprecated-headers)

#include "kernels/host/atomics.h"
#include "kernels/host/builtins.h"
#include "kernels/host/memory.h"
#include "kernels/host/warp.h"

// The headers of the runtime leave this one to nvcc; its limit is in the compiler's report.
#define __launch_bounds__(...)
