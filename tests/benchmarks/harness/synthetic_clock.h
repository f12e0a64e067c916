#pragma once

namespace breakeven::test {

/// A clock that only its owner moves: `Clock` is a plain function pointer, so its state is static.
struct SyntheticClock {
  static inline double now_s = 0;
  static double seconds() { return now_s; }
};

}  // namespace breakeven::test
