#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "kernels/host/schedule.h"

namespace breakeven::test {

/// What a kernel has to give the same bits under.
inline const host::Schedule schedules[] = {{host::Order::ascending, 1, 0xff},
                                           {host::Order::descending, 1, 0xa5},
                                           {host::Order::random, 3, 0x3c}};

/// Sets the process's schedule for as long as it lives; on one host thread, which takes the blocks
/// in the schedule's order too.
class Scheduled {
 public:
  explicit Scheduled(const host::Schedule& schedule) : before_(host::settings()) {
    host::settings().schedule = schedule;
    host::settings().threads = 1;
  }
  ~Scheduled() { host::settings() = before_; }
  Scheduled(const Scheduled&) = delete;
  Scheduled& operator=(const Scheduled&) = delete;

 private:
  host::Settings before_;
};

/// Runs something under every schedule and compares the bytes it gives. Says which defect a
/// difference shows, and under which two schedules; empty if there is none.
inline std::string disagreement(const std::function<std::vector<std::byte>()>& run) {
  const auto under = [&](const host::Schedule& schedule) {
    const Scheduled scope(schedule);
    return run();
  };
  const host::Schedule& first = schedules[0];
  const std::vector<std::byte> expected = under(first);
  for (const host::Schedule& other : schedules) {
    if (other == first || under(other) == expected) continue;
    // The same order again: only what unwritten memory holds is another now.
    host::Schedule poisoned = first;
    poisoned.poison = other.poison;
    const bool unwritten = under(poisoned) != expected;
    return std::string(unwritten ? "reads memory that nobody wrote"
                                 : "race: the result depends on the order of threads") +
           " (" + name_of(first) + " and " + name_of(other) + " disagree)";
  }
  return "";
}

}  // namespace breakeven::test
