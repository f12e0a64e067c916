#include "benchmarks/harness/run_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace breakeven {
namespace {

[[noreturn]] void fail(const char* call, const std::filesystem::path& path) {
  throw std::system_error(errno, std::generic_category(),
                          fmt::format("{} {}", call, path.string()));
}

std::vector<Json> read_rows(const std::filesystem::path& path) {
  std::ifstream in(path);
  if (!in) throw std::invalid_argument(path.string() + ": no such run file to append to");
  std::vector<Json> rows;
  std::string line;
  while (std::getline(in, line)) {
    Json row = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!row.is_object() || !row.contains("kind")) {
      throw std::invalid_argument(fmt::format("{}:{}: no JSON row; append to a whole run file",
                                              path.string(), rows.size() + 1));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

RunFile::RunFile(const std::filesystem::path& path, bool append) : path_(path) {
  if (append) {
    earlier_ = read_rows(path);
  } else if (path.has_parent_path()) {
    std::filesystem::create_directories(path.parent_path());
  }
  const int mode = append ? 0 : O_CREAT | O_EXCL;
  descriptor_ = open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | mode, 0644);
  if (descriptor_ < 0 && errno == EEXIST) {
    throw std::invalid_argument(path.string() +
                                " exists: a run is never overwritten, name another");
  }
  if (descriptor_ < 0) fail("open", path);
}

RunFile::~RunFile() { close(descriptor_); }

void RunFile::write(const Json& row) {
  const std::string line = row.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  std::size_t done = 0;
  while (done < line.size()) {
    const ssize_t written = ::write(descriptor_, line.data() + done, line.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", path_);
    done += static_cast<std::size_t>(written);
  }
  ++rows_;
}

}  // namespace breakeven
