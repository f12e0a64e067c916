#pragma once

/// The last parameter of a wrapper of device instructions: on the host the place of the call, for
/// what the executor finds; on the device nothing.
#ifdef BREAKEVEN_ON_HOST
#include "kernels/common/source_place.h"
#define BREAKEVEN_PLACE , SourcePlace place = SourcePlace::here()
#else
#define BREAKEVEN_PLACE
#endif
