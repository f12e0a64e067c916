#pragma once

#include <map>
#include <string>
#include <vector>

#include "benchmarks/harness/json.h"
#include "benchmarks/harness/options.h"
#include "benchmarks/harness/session.h"
#include "operations/library.h"

namespace breakeven {

/// The first row of a program: what runs, where, with what; of so many problems. `passes`: the
/// lists among theirs that are one through a network, in words.
Json run_row(const Options& options, const Session& session, const std::vector<Library>& libraries,
             int planned, const std::map<std::string, std::string>& passes);

/// The last row: how it ended. `wall_s` since the program's start.
Json end_row(const Options& options, const Session& session, int exit_status, int measured,
             double wall_s);

/// Where a run goes when nobody says: results/local/<UTC time>-<host>/run.jsonl.
std::filesystem::path default_run_file();

/// What the programs of this run that came before have spent of the budget [s].
double spent_before(const std::vector<Json>& earlier_rows);

}  // namespace breakeven
