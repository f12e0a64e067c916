#include "benchmarks/harness/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace breakeven {

Progress::Progress(const Budget& budget, int problems)
    : budget_(budget),
      problems_(problems),
      terminal_(isatty(STDERR_FILENO) == 1),
      start_s_(budget.spent()) {}

Progress::~Progress() {
  if (terminal_) std::fputs("\r\033[K", stderr);
}

/// The pace so far, never more than what the budget leaves.
std::string Progress::left() const {
  if (done_ == 0) return "";
  const int remaining = problems_ - done_;
  double seconds = (budget_.spent() - start_s_) / done_ * remaining;
  if (budget_.limited()) seconds = std::min(seconds, remaining * budget_.share(remaining));
  return fmt::format(", about {:.0f} s left", seconds);
}

void Progress::begin(const std::string& id) {
  if (!terminal_) return;
  fmt::print(stderr, "\r\033[K[{}/{}] {}{}", done_ + 1, problems_, id, left());
  std::fflush(stderr);
}

void Progress::end(const std::string& id, const std::string& outcome) {
  ++done_;
  fmt::print(stderr, "{}[{}/{}] {}  {}{}\n", terminal_ ? "\r\033[K" : "", done_, problems_, id,
             outcome, left());
}

}  // namespace breakeven
