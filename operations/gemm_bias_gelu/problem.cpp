#include "operations/gemm_bias_gelu/problem.h"

#include "operations/gemm/id_parts.h"
#include "operations/gemm_bias_gelu/oracle.h"

namespace breakeven {
namespace {

constexpr std::string_view product_prefix = "gemm/";
constexpr std::string_view prefix = "gemm_bias_gelu/";

constexpr Dtype dtypes[] = {Dtype::f32, Dtype::bf16, Dtype::f16};

constexpr IdForm form{.name = "gemm_bias_gelu",
                      .form = "gemm_bias_gelu/<f32|bf16|f16>/<nn|nt|tn|tt>/m<M>n<N>k<K>",
                      .dtypes = dtypes};

}  // namespace

std::string GemmBiasGeluProblem::id() const {
  return std::string(prefix) + product.id().substr(product_prefix.size());
}

GemmBiasGeluProblem parse_gemm_bias_gelu(std::string_view id) {
  IdReader reader(id, form);
  GemmProblem product;
  reader.expect(prefix);
  read_types_and_layout(reader, product);
  read_extents(reader, product);
  if (!reader.done()) reader.fail_at_rest();
  refuse_overflow(reader, product);
  return {product};
}

double GemmBiasGeluProblem::flops() const {
  return product.flops() + static_cast<double>(product.m) * static_cast<double>(product.n);
}

double GemmBiasGeluProblem::least_bytes() const {
  return product.least_bytes() +
         static_cast<double>(product.n) * static_cast<double>(size_of(product.c_dtype()));
}

ProblemView GemmBiasGeluProblem::view() const {
  ProblemView view = product.view();
  view.id = id();
  view.operation = "gemm_bias_gelu";
  std::erase_if(view.sizes, [](const auto& size) { return size.first == "batch"; });
  for (TensorSpec& matrix : view.tensors) {
    matrix.shape.erase(matrix.shape.begin());  // the batch
    matrix.exact_sparsity = {};
  }
  view.tensors[2].name.assign(1, 'D');  // GCC 12 warns of = "D"
  view.tensors.insert(view.tensors.begin() + 2,
                      {"bias", {product.n}, product.c_dtype(), Role::input});
  view.flops = flops();
  view.least_bytes = least_bytes();
  view.reduction = product.k + 1;
  view.exact_range = 0;
  view.rounding.underflow *= 2;  // the sum's grows by gelu's slope; gelu has its own
  view.oracle = gemm_bias_gelu_oracle(*this);
  return view;
}

}  // namespace breakeven
