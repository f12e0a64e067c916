#pragma once

#include <cstdint>
#include <string>

namespace breakeven::host {

/// In which order the threads of a block run between two barriers, and the blocks of a grid.
enum class Order { ascending, descending, random };

/// What a GPU leaves open, decided: a kernel that is right gives the same bits under every
/// schedule.
struct Schedule {
  Order order = Order::ascending;
  std::uint64_t seed = 1;       // of the random order
  unsigned char poison = 0xff;  // what memory holds that nobody wrote: NaN, also in f64
  bool operator==(const Schedule&) const = default;
};

/// "ascending:ff", "random:3:a5": as the command line takes it.
std::string name_of(const Schedule& schedule);
/// The schedule of that name. Throws std::invalid_argument that says what would be right.
Schedule parse_schedule(const std::string& name);

/// How launches are executed from now on, in the whole process.
struct Settings {
  Schedule schedule;
  unsigned threads = 0;  // host threads that share the blocks; 0: one for each core
  std::string repeat;    // the command that repeats what is being executed, for findings
};
Settings& settings();

}  // namespace breakeven::host
