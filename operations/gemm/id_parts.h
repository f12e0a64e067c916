#pragma once

#include "operations/gemm/problem.h"
#include "operations/id_reader.h"

namespace breakeven {

/// The parts of an id that a product has, and every operation on one.

/// `<dtype>/<nn|nt|tn|tt>/`
void read_types_and_layout(IdReader& from, GemmProblem& to);
/// `m<M>n<N>k<K>`
void read_extents(IdReader& from, GemmProblem& to);
/// Fails for sizes whose bytes or operations 64 bits (signed) do not count.
void refuse_overflow(const IdReader& reader, const GemmProblem& problem);

}  // namespace breakeven
