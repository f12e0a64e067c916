#include "benchmarks/harness/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "benchmarks/harness/google_benchmark.h"
#include "operations/list.h"

namespace breakeven {
namespace {

/// Removes the problems of other programs: of operations that only other folders than the family's
/// have lists of. Any other text is left to this program, which says what would be right.
void keep_own(std::vector<ListRow>& rows, const Family& family) {
  const auto folders = folders_of_operations();
  std::erase_if(rows, [&](const ListRow& row) {
    const auto known = folders.find(row.problem.substr(0, row.problem.find('/')));
    return known != folders.end() && !known->second.contains(family.operation);
  });
}

std::vector<ListRow> read_lists(const Options& options, const Family& family) {
  std::vector<ListRow> rows;
  std::vector<std::filesystem::path> files = options.problems;
  if (files.empty()) {
    const auto folder = list_folder(family.operation);
    for (const std::string& list : family.lists(options.preset.name)) {
      files.push_back(folder / (list + ".csv"));
    }
  }
  for (const auto& file : files) {
    for (ListRow& row : read_list(file)) rows.push_back(std::move(row));
  }
  keep_own(rows, family);
  if (rows.empty()) {
    throw NothingSelected(fmt::format("no problem of {} in the lists", family.operation));
  }
  return rows;
}

/// One case for each distinct problem, in the order of first appearance.
std::vector<Case> make_cases(const std::vector<ListRow>& rows, const Family& family) {
  std::vector<Case> cases;
  std::map<std::string, std::size_t> places;
  for (const ListRow& row : rows) {
    Case made;
    try {
      made = family.make_case(row.problem);
    } catch (const std::invalid_argument& error) {
      throw BadInput(fmt::format("{}: {}", row.place, error.what()));
    }
    const auto [place, first] = places.try_emplace(made.problem.id, cases.size());
    if (first) cases.push_back(std::move(made));
    Case& known = cases[place->second];
    if (known.multiplicities.try_emplace(row.tag(), 0).second) known.tags.push_back(row.tag());
    known.multiplicities[row.tag()] += row.multiplicity;
    if (!row.pass.empty()) known.passes[row.list] = row.pass;
  }
  std::stable_sort(cases.begin(), cases.end(), [](const Case& a, const Case& b) {
    return work_of(a.problem) < work_of(b.problem);
  });
  return cases;
}

bool wanted(const Options& options, const Case& problem, const std::string& key,
            const std::string& name) {
  const bool tagged =
      std::any_of(problem.tags.begin(), problem.tags.end(),
                  [&](const std::string& tag) { return matches("--filter", options.filter, tag); });
  return (tagged || matches("--filter", options.filter, key)) &&
         matches_benchmark_filter(options.benchmark_filter, name + kNameSuffix);
}

}  // namespace

std::vector<Selected> select(const Options& options, const Family& family, int all_threads) {
  std::vector<Selected> selected;
  std::size_t benchmarks = 0;
  for (Case& problem : make_cases(read_lists(options, family), family)) {
    Selected one{std::move(problem), {}, {}};
    for (std::size_t i = 0; i < one.problem.candidates.size(); ++i) {
      const Candidate& candidate = one.problem.candidates[i];
      if (options.side && candidate.side != *options.side) continue;
      const std::string key = fmt::format("{}/{}/{}", one.problem.problem.id,
                                          name_of(candidate.side), candidate.implementation);
      std::vector<int> threads{0};
      if (candidate.side == Side::cpu)
        threads = candidate.threaded ? options.threads : std::vector{1};
      for (int count : threads) {
        const bool plain = count == 0 || count == all_threads || !candidate.threaded;
        const std::string name = plain ? key : fmt::format("{}/threads:{}", key, count);
        ++benchmarks;
        if (!wanted(options, one.problem, key, name)) continue;
        one.entries.push_back({i, count});
        one.names.push_back(name);
      }
    }
    if (!one.entries.empty()) selected.push_back(std::move(one));
  }
  // No filter is to blame where the other half of the lists was never compiled.
  if (benchmarks == 0 && options.side == Side::cuda && !BREAKEVEN_CUDA) {
    throw BadInput(
        "--side cuda: this program was built without CUDA; './breakeven build --cuda' builds one "
        "that has it");
  }
  if (selected.empty()) {
    throw NothingSelected(
        fmt::format("none of {} benchmarks matches --filter '{}'{}; --list shows them", benchmarks,
                    options.filter,
                    options.benchmark_filter.empty()
                        ? ""
                        : " and --benchmark_filter '" + options.benchmark_filter + "'"));
  }
  return selected;
}

}  // namespace breakeven
