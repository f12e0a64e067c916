#pragma once

namespace breakeven {

/// Seconds on a steady clock with an arbitrary origin. A parameter of the sampler, so that its
/// stopping rules are tested on synthetic time.
using Clock = double (*)();

double steady_seconds();

}  // namespace breakeven
