#include "operations/gemm/id_parts.h"

#include <limits>

namespace breakeven {

void read_types_and_layout(IdReader& from, GemmProblem& to) {
  to.dtype = from.dtype();
  from.expect("/");
  const std::string_view layout = from.field();
  if (layout != "nn" && layout != "nt" && layout != "tn" && layout != "tt") {
    from.fail("layout '" + std::string(layout) + "' must be nn, nt, tn or tt");
  }
  to.trans_a = layout[0] == 't';
  to.trans_b = layout[1] == 't';
  from.expect("/");
}

void read_extents(IdReader& from, GemmProblem& to) {
  to.m = from.extent("m", "M");
  to.n = from.extent("n", "N");
  to.k = from.extent("k", "K");
}

void refuse_overflow(const IdReader& reader, const GemmProblem& p) {
  // Both operands, the result, and the largest of the counts: 2·batch·M·N·(K + 2) operations are
  // more than any of these problems takes.
  if (overflows(p.batch, p.m, p.k, size_of(p.a_dtype())))
    reader.fail("A takes more than 2^63 - 1 bytes");
  if (overflows(p.batch, p.k, p.n, size_of(p.b_dtype())))
    reader.fail("B takes more than 2^63 - 1 bytes");
  if (overflows(p.batch, p.m, p.n, size_of(p.c_dtype()))) {
    reader.fail("the result takes more than 2^63 - 1 bytes");
  }
  constexpr auto largest = std::numeric_limits<std::int64_t>::max();
  if (p.k > largest - 2 || overflows(p.batch, p.m, p.n, p.k + 2, 2)) {
    reader.fail("it takes more than 2^63 - 1 floating-point operations");
  }
  // -128 times -128 in every term.
  if (p.dtype == Dtype::s8 && p.k > (std::int64_t{1} << 31) / (std::int64_t{128} * 128) - 1) {
    reader.fail("sums of more than 131071 products of s8 do not fit into s32");
  }
}

}  // namespace breakeven
