#include "benchmarks/harness/interrupt.h"

#include <csignal>

namespace breakeven {
namespace {

volatile std::sig_atomic_t noted = 0;

void note(int signal) {
  noted = signal;
  std::signal(signal, SIG_DFL);
}

}  // namespace

void note_interrupts() {
  std::signal(SIGINT, note);
  std::signal(SIGTERM, note);
}

int interrupted() { return noted; }

}  // namespace breakeven
