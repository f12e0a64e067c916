#include "operations/list.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <stdexcept>
#include <system_error>

namespace breakeven {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view header = "name,problem,multiplicity,origin";
constexpr std::string_view pass_comment = "# pass: ";
constexpr std::size_t field_count = 4;

struct Field {
  std::string text;
  std::size_t column = 1;  // of its first character, from 1
};
using Fields = std::array<Field, field_count>;

/// One line of a list; every error names its place.
class Line {
 public:
  Line(const std::filesystem::path& file, std::size_t number, std::string_view text)
      : file_(file.string()), number_(number), text_(text) {}

  std::string place(std::size_t column) const {
    return file_ + ":" + std::to_string(number_) + ":" + std::to_string(column);
  }
  [[noreturn]] void fail(std::size_t column, const std::string& message) const {
    throw std::invalid_argument(place(column) + ": " + message);
  }

  Fields fields() const {
    Fields fields;
    std::size_t position = 0;
    for (std::size_t i = 0; i < field_count; ++i) {
      fields[i] = field(position);
      const bool last = i + 1 == field_count;
      if (position < text_.size() && text_[position] != ',') {
        fail(position + 1, "a ',' must follow the closing quote");
      }
      if (last != (position == text_.size())) {
        fail(position + 1, std::string(last ? "more" : "fewer") + " than 4 fields; a row is " +
                               std::string(header));
      }
      ++position;
    }
    return fields;
  }

 private:
  /// The field that starts at `position`, which moves to the character after it.
  Field field(std::size_t& position) const {
    Field field{"", position + 1};
    if (position == text_.size() || text_[position] != '"') {
      const std::size_t end = std::min(text_.find(',', position), text_.size());
      field.text = text_.substr(position, end - position);
      position = end;
      return field;
    }
    for (++position; position < text_.size(); ++position) {
      if (text_[position] != '"') {
        field.text += text_[position];
      } else if (text_.substr(position, 2) == "\"\"") {
        field.text += text_[position++];
      } else {
        ++position;
        return field;
      }
    }
    fail(field.column, "the quote is not closed on this line");
  }

  std::string file_;
  std::size_t number_;
  std::string_view text_;
};

/// Names end up in tags that regular expressions match.
bool is_tag(std::string_view name) {
  constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  return !name.empty() && name.find_first_not_of(allowed) == std::string_view::npos;
}

ListRow parse_row(const std::string& list, const Line& line) {
  const auto [name, problem, multiplicity, origin] = line.fields();
  if (!is_tag(name.text)) {
    line.fail(name.column, "name '" + name.text + "' must be letters, digits, '.', '_' or '-'");
  }
  if (problem.text.empty()) {
    line.fail(problem.column, "problem is empty, must be an id such as gemm/f32/nn/m512n512k512");
  }
  ListRow row{.list = list,
              .name = name.text,
              .problem = problem.text,
              .origin = origin.text,
              .place = line.place(problem.column)};
  const char* end = multiplicity.text.data() + multiplicity.text.size();
  const auto [stop, error] = std::from_chars(multiplicity.text.data(), end, row.multiplicity);
  if (error != std::errc{} || stop != end || row.multiplicity < 1) {
    line.fail(multiplicity.column,
              "multiplicity '" + multiplicity.text + "' must be a whole number of at least 1");
  }
  return row;
}

/// Where the lists of an operation may be, the first choice first.
std::vector<fs::path> list_folders(std::string_view operation) {
  if (const char* chosen = std::getenv("BREAKEVEN_LISTS")) return {fs::path(chosen) / operation};
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  return {program.parent_path().parent_path() / "share/breakeven/lists" / operation,
          fs::path(BREAKEVEN_LISTS_DIR) / operation};
}

}  // namespace

std::vector<ListRow> read_list(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream || std::filesystem::is_directory(file)) {
    throw std::invalid_argument(file.string() + ": no problem list that can be read");
  }
  std::vector<ListRow> rows;
  bool seen_header = false;
  std::string text, pass;
  for (std::size_t number = 1; std::getline(stream, text); ++number) {
    if (number == 1 && text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);  // a spreadsheet's mark
    if (text.ends_with('\r')) text.pop_back();
    if (text.starts_with(pass_comment)) pass = text.substr(pass_comment.size());
    if (text.empty() || text.starts_with('#')) continue;
    const Line line(file, number, text);
    if (seen_header) {
      rows.push_back(parse_row(file.stem().string(), line));
    } else if (text == header) {
      seen_header = true;
    } else {
      line.fail(1, "the first line must be the header " + std::string(header));
    }
  }
  if (rows.empty()) {
    throw std::invalid_argument(file.string() + ": holds no problem; it needs the header " +
                                std::string(header) + " and at least one row");
  }
  for (ListRow& row : rows) row.pass = pass;
  return rows;
}

std::filesystem::path list_folder(std::string_view operation) {
  std::string looked;
  for (const fs::path& folder : list_folders(operation)) {
    if (fs::is_directory(folder)) return folder;
    looked += (looked.empty() ? "" : ", ") + folder.string();
  }
  throw std::runtime_error("no problem lists of " + std::string(operation) + ": looked in " +
                           looked + "; set BREAKEVEN_LISTS to the folder of lists");
}

OperationFolders folders_of_operations() {
  OperationFolders folders;
  const auto roots = list_folders("");
  const auto root =
      std::ranges::find_if(roots, [](const fs::path& r) { return fs::is_directory(r); });
  if (root == roots.end()) return folders;
  for (const auto& folder : fs::directory_iterator(*root)) {
    if (!folder.is_directory()) continue;
    for (const auto& file : fs::directory_iterator(folder)) {
      if (file.path().extension() != ".csv") continue;
      for (const ListRow& row : read_list(file)) {
        folders[row.problem.substr(0, row.problem.find('/'))].insert(
            folder.path().filename().string());
      }
    }
  }
  return folders;
}

}  // namespace breakeven
