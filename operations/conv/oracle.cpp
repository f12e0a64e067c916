#include "operations/conv/oracle.h"

#include <cmath>
#include <memory>

#include "operations/conv/combination.h"
#include "operations/conv/terms.h"

namespace breakeven {
namespace {

Expected element(const ConvTerms& terms, Tensors before, std::int64_t index) {
  return with_type(before[0].dtype, [&]<class T>(T) {
    const T* first = before[0].as<T>();
    const T* second = before[1].as<T>();
    const ConvTerms::Place place = terms.place(index);
    long double sum = 0, magnitude = 0;
    double first_squares = 0, second_squares = 0;
    terms.for_each(place, [&](std::int64_t i, std::int64_t j) {
      const long double term =
          static_cast<long double>(first[i]) * static_cast<long double>(second[j]);
      sum += term;
      magnitude += std::abs(term);
      first_squares += static_cast<double>(first[i]) * static_cast<double>(first[i]);
    });
    if (terms.mixable()) {
      terms.for_each_of_filter(place, [&](std::int64_t j) {
        second_squares += static_cast<double>(second[j]) * static_cast<double>(second[j]);
      });
    }
    return Expected{static_cast<double>(sum), static_cast<double>(magnitude),
                    std::sqrt(first_squares * second_squares)};
  });
}

}  // namespace

Expected conv_element(const ConvProblem& problem, Tensors before, std::int64_t index) {
  return element(ConvTerms(problem), before, index);
}

Oracle conv_oracle(const ConvProblem& problem) {
  Oracle oracle;
  oracle.element = [terms = std::make_shared<const ConvTerms>(problem)](Tensors before,
                                                                        std::int64_t index) {
    return element(*terms, before, index);
  };
  oracle.exact_product = [problem](Tensors before, Tensors outputs, std::uint64_t seed) {
    return exact_combination(problem, before, outputs[0], seed);
  };
  oracle.real_product = [problem](Tensors before, Tensors outputs, const Rounding& rounding,
                                  std::uint64_t seed) {
    return real_combination(problem, before, outputs[0], rounding, seed);
  };
  return oracle;
}

}  // namespace breakeven
