#include "kernels/host/finding.h"

#include <unistd.h>

#include <array>
#include <cstdio>

#include "kernels/host/block.h"
#include "kernels/host/schedule.h"

namespace breakeven::host {
namespace {

template <class Index>
std::string triple(const Index& index) {
  return "(" + std::to_string(index.x) + "," + std::to_string(index.y) + "," +
         std::to_string(index.z) + ")";
}

}  // namespace

std::string thread_text(unsigned thread) {
  const Block& block = *Block::executing();
  return "thread " + triple(block.thread_index(thread)) + " of block " + triple(block.index());
}

std::string running_thread_text() { return thread_text(Block::executing()->current()); }

std::string mask_text(unsigned mask) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "0x%08x", mask);
  return text.data();
}

std::string execution_text() {
  const Block* block = Block::executing();
  if (block == nullptr) return "";
  const Launch& launch = block->launch();
  const std::string name = function_name(launch.kernel);
  std::string text = "  kernel " + (name.empty() ? "" : name + " ") + "launched at " +
                     launch.place.text() + ", grid " + triple(launch.grid) + ", block " +
                     triple(launch.block) + "\n  schedule " + name_of(settings().schedule) + "\n";
  if (!settings().repeat.empty()) text += "  repeat with: " + settings().repeat + "\n";
  return text;
}

void report(const std::string& what, const std::vector<std::string>& details) {
  std::string text = "breakeven: " + what + "\n";
  for (const std::string& detail : details) text += "  " + detail + "\n";
  text += execution_text();
  std::fflush(nullptr);
  std::fputs(text.c_str(), stderr);
  _exit(finding_status);
}

}  // namespace breakeven::host
