/// gemm_bench whose CPU implementations really do BREAKEVEN_PLANTED_PERCENT % more work: what a
/// comparison has to find.
///
/// After the product, the implementation computes so many of its rows (or batches) a second time,
/// with the same result. What packs operands into a layout of its own, or takes the place of
/// another dtype, is left as it is, and so is what has too few rows for a part of that size.

#include <algorithm>
#include <cmath>
#include <optional>

#include "benchmarks/gemm_family.h"

namespace breakeven {
namespace {

std::optional<GemmProblem> part_of(GemmProblem problem) {
  if (problem.beta != 0 || (problem.batch == 1 && problem.trans_a)) return std::nullopt;
  std::int64_t& extent = problem.batch > 1 ? problem.batch : problem.m;
  extent = std::llround(double(extent) * BREAKEVEN_PLANTED_PERCENT / 100.0);
  if (extent < 3) return std::nullopt;
  return problem;
}

void plant(Candidate& candidate, const std::vector<Candidate>& of_part) {
  const auto same = std::find_if(of_part.begin(), of_part.end(), [&](const Candidate& other) {
    return other.side == candidate.side && other.implementation == candidate.implementation;
  });
  if (candidate.side != Side::cpu || candidate.stand_in || same == of_part.end()) return;
  candidate.prepare = [whole = candidate.prepare, part = same->prepare](Stream stream) {
    Call<> call = whole(stream);
    if (call.packed_bytes > 0) return call;
    call.run = [run = call.run, again = part(stream).run](Tensors tensors) {
      run(tensors);
      again(tensors);
    };
    return call;
  };
}

Case planted(const std::string& id) {
  const Family family = gemm_family();
  Case made = family.make_case(id);
  const auto part = part_of(parse_gemm(id));
  if (!part) return made;
  const std::vector<Candidate> of_part = family.make_case(part->id()).candidates;
  for (Candidate& candidate : made.candidates) plant(candidate, of_part);
  return made;
}

}  // namespace
}  // namespace breakeven

int main(int argc, char** argv) {
  breakeven::Family family = breakeven::gemm_family();
  family.make_case = breakeven::planted;
  return breakeven::run_program(argc, argv, family);
}
