#pragma once

#include <string>
#include <vector>

#include "benchmarks/harness/family.h"
#include "benchmarks/harness/measurement.h"
#include "benchmarks/harness/options.h"

namespace breakeven {

/// A problem with those of its benchmarks that the command line asks for.
struct Selected {
  Case problem;
  std::vector<Entry> entries;
  std::vector<std::string> names;  // as Google Benchmark shows them, without its suffix
};

/// Joins lists and candidates, keeps what `--filter`, `--side`, `--threads` and
/// `--benchmark_filter` admit. The same problem in several rows is one case with several tags.
/// Ordered by work, least first: what cheap problems leave of the time budget goes to costly ones.
/// Rows of a user's list that are problems of another operation are left to its program. Throws
/// BadInput for a bad list or a bad pattern, NothingSelected when nothing is left.
std::vector<Selected> select(const Options& options, const Family& family, int all_threads);

}  // namespace breakeven
