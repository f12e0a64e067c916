#pragma once

#include <string>
#include <vector>

namespace breakeven::host {

/// Exit status of a process that ends with a finding: a verification failed.
inline constexpr int finding_status = 3;

/// Prints a finding with its details, the kernel, its launch and the command that repeats it, and
/// ends the process. A debugger stops here: `break breakeven::host::report`.
[[noreturn]] void report(const std::string& what, const std::vector<std::string>& details = {});

/// Which kernel this host thread executes, and where in it; empty if none.
std::string execution_text();

/// "thread (3,1,0) of block (0,0,0)", by the thread's index in the block being executed.
std::string thread_text(unsigned thread);
/// The same of the thread that runs.
std::string running_thread_text();

/// A mask of lanes, in hexadecimal.
std::string mask_text(unsigned mask);

}  // namespace breakeven::host
