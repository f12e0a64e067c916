#pragma once

#include <string>
#include <vector>

#include "benchmarks/harness/json.h"
#include "benchmarks/harness/options.h"
#include "benchmarks/harness/session.h"
#include "operations/library.h"

namespace breakeven {

/// The first row of a program: what runs, where, with what.
Json run_row(const Options& options, const Session& session, const std::vector<Library>& libraries,
             int planned);

/// The last row: how it ended. `wall_s` since the program's start.
Json end_row(const Options& options, const Session& session, int exit_status, int measured,
             double wall_s);

/// Where a run goes when nobody says: results/local/<UTC time>-<host>/run.jsonl.
std::filesystem::path default_run_file();

/// What the programs of this run that came before have spent of the budget [s].
double spent_before(const std::vector<Json>& earlier_rows);

}  // namespace breakeven
