#include "operations/gemm_epilogue/problem.h"

#include "operations/gemm/id_parts.h"
#include "operations/gemm_epilogue/oracle.h"

namespace breakeven {
namespace {

constexpr std::string_view product_prefix = "gemm";

constexpr Dtype dtypes[] = {Dtype::f32, Dtype::bf16, Dtype::f16};

constexpr IdForm form{.name = "GEMM with an epilogue",
                      .form = "gemm_bias_<relu|gelu>/<f32|bf16|f16>/<nn|nt|tn|tt>/m<M>n<N>k<K>",
                      .dtypes = dtypes};

}  // namespace

std::string GemmEpilogueProblem::operation() const {
  return std::string("gemm_bias_").append(name_of(activation));
}

std::string GemmEpilogueProblem::id() const {
  return operation() + product.id().substr(product_prefix.size());
}

GemmEpilogueProblem parse_gemm_epilogue(std::string_view id) {
  IdReader reader(id, form);
  GemmEpilogueProblem problem;
  if (reader.accept("gemm_bias_relu/")) {
    problem.activation = Activation::relu;
  } else {
    reader.expect("gemm_bias_gelu/");
  }
  read_types_and_layout(reader, problem.product);
  read_extents(reader, problem.product);
  if (!reader.done()) reader.fail_at_rest();
  refuse_overflow(reader, problem.product);
  return problem;
}

double GemmEpilogueProblem::flops() const {
  const double of_each = activation == Activation::relu ? 2 : 1;
  return product.flops() +
         of_each * static_cast<double>(product.m) * static_cast<double>(product.n);
}

double GemmEpilogueProblem::least_bytes() const {
  return product.least_bytes() +
         static_cast<double>(product.n) * static_cast<double>(size_of(product.c_dtype()));
}

ProblemView GemmEpilogueProblem::view() const {
  GemmProblem with_bias = product;  // which the sums have as a product has its earlier C
  with_bias.beta = 1;
  GemmProblem::ExactTier exact;
  if (activation == Activation::relu) exact = with_bias.exact_tier();
  ProblemView view = product.view();
  view.id = id();
  view.operation = operation();
  std::erase_if(view.sizes, [](const auto& size) { return size.first == "batch"; });
  for (TensorSpec& matrix : view.tensors) {
    matrix.shape.erase(matrix.shape.begin());  // the batch
    matrix.exact_sparsity = {};
  }
  view.tensors[0].exact_sparsity = {{product.trans_a ? 0u : 1u}, exact.one_in};
  view.tensors[2].name.assign(1, 'D');  // GCC 12 warns of = "D"
  view.tensors.insert(view.tensors.begin() + 2,
                      {"bias", {product.n}, product.c_dtype(), Role::input});
  view.flops = flops();
  view.least_bytes = least_bytes();
  view.reduction = product.k + 1;
  view.exact_range = exact.range;
  view.rounding.underflow *= 2;  // the sum's grows by gelu's slope; gelu has its own
  view.oracle = gemm_epilogue_oracle(*this);
  return view;
}

}  // namespace breakeven
