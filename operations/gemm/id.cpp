#include "operations/gemm/id_parts.h"
#include "operations/text.h"

namespace breakeven {
namespace {

constexpr Dtype dtypes[] = {Dtype::f32,  Dtype::f64,  Dtype::bf16, Dtype::f16,
                            Dtype::e4m3, Dtype::e5m2, Dtype::s8};

constexpr IdForm form{.name = "GEMM",
                      .form =
                          "gemm/<f32|f64|bf16|f16|e4m3|e5m2|s8>/<nn|nt|tn|tt>/"
                          "[b<batch>]m<M>n<N>k<K>[/alpha<number>beta<number>]",
                      .dtypes = dtypes};

}  // namespace

std::string GemmProblem::id() const {
  std::string text = "gemm/";
  text += name_of(dtype);
  text += '/';
  text += trans_a ? 't' : 'n';
  text += trans_b ? 't' : 'n';
  text += '/';
  const auto append = [&](std::string_view name, const std::string& value) {
    text += name;
    text += value;
  };
  if (batch != 1) append("b", std::to_string(batch));
  append("m", std::to_string(m));
  append("n", std::to_string(n));
  append("k", std::to_string(k));
  if (alpha != 1 || beta != 0) {
    append("/alpha", shortest(alpha));
    append("beta", shortest(beta));
  }
  return text;
}

GemmProblem parse_gemm(std::string_view id) {
  IdReader reader(id, form);
  GemmProblem problem;
  reader.expect("gemm/");
  read_types_and_layout(reader, problem);
  if (reader.next_is('b')) problem.batch = reader.extent("b", "batch");
  read_extents(reader, problem);
  if (reader.accept("/")) {
    problem.alpha = reader.factor("alpha", problem.sum_dtype());
    problem.beta = reader.factor("beta", problem.sum_dtype());
  }
  if (!reader.done()) reader.fail_at_rest();
  refuse_overflow(reader, problem);
  return problem;
}

}  // namespace breakeven
