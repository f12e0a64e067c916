#pragma once

namespace breakeven {

/// From now on SIGINT and SIGTERM are noted instead of ending the program; a second one ends it.
void note_interrupts();

/// The signal noted, or 0. The sampler looks at it between samples.
int interrupted();

}  // namespace breakeven
