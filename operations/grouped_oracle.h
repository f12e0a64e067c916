#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "operations/oracle.h"
#include "operations/tensor.h"
#include "operations/text.h"

namespace breakeven {

/// The truth of outputs whose elements come in groups (channels, rows of a batch) that share what
/// has to be summed up first. Elements are counted as an Oracle counts them.
template <class Shared>
struct GroupedElements {
  std::int64_t groups;
  std::function<std::int64_t(std::int64_t element)> group_of;
  std::function<Shared(Tensors before, std::int64_t group)> shared;
  std::function<Expected(const Shared&, Tensors before, std::int64_t element)> element;
};

/// An element of any dtype as a number.
inline double value_at(const Tensor& tensor, std::int64_t index) {
  return with_type(tensor.dtype,
                   [&]<class T>(T) { return static_cast<double>(tensor.as<T>()[index]); });
}

/// An oracle that looks at every element of the whole output: what is shared is summed up once.
/// `reduction`: terms of the longest sum, as the problem has it.
template <class Shared>
Oracle grouped_oracle(const GroupedElements<Shared>& truth, std::int64_t reduction) {
  const auto all = [truth, reduction](Tensors before, Tensors outputs, const Rounding* rounding) {
    std::vector<std::optional<Shared>> shared(static_cast<std::size_t>(truth.groups));
    std::int64_t element = 0;
    for (const Tensor& output : outputs) {
      for (std::int64_t i = 0; i < output.elements; ++i, ++element) {
        const std::int64_t group = truth.group_of(element);
        auto& of_group = shared[static_cast<std::size_t>(group)];
        if (!of_group) of_group = truth.shared(before, group);
        const Expected expected = truth.element(*of_group, before, element);
        const double value = value_at(output, i);
        const double bound = rounding ? rounding->bound(expected, reduction) : 0;
        if (std::abs(value - expected.value) <= bound) continue;
        return Verdict{false, "element " + std::to_string(element) + " is " + shortest(value) +
                                  ", must be " + shortest(expected.value)};
      }
    }
    return Verdict{};
  };
  Oracle oracle;
  oracle.element = [truth](Tensors before, std::int64_t element) {
    return truth.element(truth.shared(before, truth.group_of(element)), before, element);
  };
  oracle.exact_product = [all](Tensors before, Tensors outputs, std::uint64_t) {
    return all(before, outputs, nullptr);
  };
  oracle.real_product = [all](Tensors before, Tensors outputs, const Rounding& rounding,
                              std::uint64_t) { return all(before, outputs, &rounding); };
  return oracle;
}

/// Nothing is shared.
struct NothingShared {};

/// The same of elements that each stand alone.
inline Oracle elements_oracle(std::function<Expected(Tensors, std::int64_t)> element) {
  return grouped_oracle<NothingShared>(
      {.groups = 1,
       .group_of = [](std::int64_t) { return std::int64_t{0}; },
       .shared = [](Tensors, std::int64_t) { return NothingShared{}; },
       .element = [element = std::move(element)](const NothingShared&, Tensors before,
                                                 std::int64_t i) { return element(before, i); }},
      1);
}

}  // namespace breakeven
