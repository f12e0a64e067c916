#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "operations/implementation.h"

namespace breakeven::test {

/// The names of an operation's list, which must be unique and in ladder order, the naive one first.
template <class List>
std::vector<std::string_view> names_in_order(const List& list) {
  std::vector<std::string_view> names;
  Rung last = Rung::naive;
  for (const auto& implementation : list) {
    EXPECT_EQ(std::count(names.begin(), names.end(), implementation.name), 0)
        << implementation.name;
    names.push_back(implementation.name);
    EXPECT_GE(implementation.rung, last) << implementation.name;
    last = implementation.rung;
  }
  EXPECT_EQ(names.front(), "naive");
  return names;
}

}  // namespace breakeven::test
