#include "kernels/host/schedule.h"

#include <charconv>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace breakeven::host {
namespace {

constexpr std::string_view order_names[] = {"ascending", "descending", "random"};

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = text.find(':');
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return parts;
}

template <class Number>
bool read(std::string_view text, Number& number, int base) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string name_of(const Schedule& schedule) {
  constexpr char digits[] = "0123456789abcdef";
  std::string name(order_names[static_cast<int>(schedule.order)]);
  if (schedule.order == Order::random) name += ":" + std::to_string(schedule.seed);
  return name + ":" + digits[schedule.poison >> 4] + digits[schedule.poison & 15];
}

Schedule parse_schedule(const std::string& name) {
  const auto parts = split(name);
  Schedule schedule;
  bool good = false;
  for (int i = 0; i < 3; ++i) {
    if (parts[0] != order_names[i]) continue;
    schedule.order = static_cast<Order>(i);
    good = true;
  }
  const bool random = schedule.order == Order::random;
  const std::size_t poison = random ? 2 : 1;
  if (random && parts.size() > 1) good = good && read(parts[1], schedule.seed, 10);
  if (parts.size() > poison) good = good && read(parts[poison], schedule.poison, 16);
  if (!good || parts.size() > poison + 1) {
    throw std::invalid_argument("'" + name +
                                "' is no schedule: it must be ascending, descending or "
                                "random[:SEED], then perhaps the byte of unwritten memory "
                                "in hexadecimal, as in descending:a5");
  }
  return schedule;
}

Settings& settings() {
  static Settings all;
  return all;
}

}  // namespace breakeven::host
