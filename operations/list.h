#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace breakeven {

/// One row of a problem list: `name,problem,multiplicity,origin`.
struct ListRow {
  std::string list;               // the file's stem: "squares"
  std::string name;               // the row's own name: a layer
  std::string problem;            // a case id, parsed by its operation
  std::int64_t multiplicity = 1;  // how often the problem occurs in its origin
  std::string origin;             // where the sizes come from
  std::string pass = {};          // what its list is one pass of, in words; empty if it is none
  std::string place;              // "FILE:LINE:COLUMN" of the problem, for messages

  /// `list:name`: what `--filter` matches beside the id; no part of the identity.
  std::string tag() const { return list + ":" + name; }
};

/// Reads a CSV list: the header line `name,problem,multiplicity,origin`, quoting as in RFC 4180,
/// '#' comments and empty lines. A comment `# pass: one forward pass of this and that` says that
/// the list is one, whose problems' times add up. A bad line throws std::invalid_argument naming
/// file, line, column and what would be right; so does a file that cannot be read or holds no
/// problem.
std::vector<ListRow> read_list(const std::filesystem::path& file);

/// Where the lists of an operation are: $BREAKEVEN_LISTS, beside an installed binary, or the source
/// tree. Throws std::runtime_error naming the places looked at.
std::filesystem::path list_folder(std::string_view operation);

/// By operation, which is what comes first in an id, the folders of lists with problems of it:
/// "ops" for "relu".
using OperationFolders = std::map<std::string, std::set<std::string>, std::less<>>;

/// Of all lists that there are; empty where there are none. Throws as read_list does.
OperationFolders folders_of_operations();

}  // namespace breakeven
