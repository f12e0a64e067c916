/// GEMM on both sides: every problem of the lists with every implementation.

#include "benchmarks/gemm_family.h"

int main(int argc, char** argv) {
  return breakeven::run_program(argc, argv, breakeven::gemm_family());
}
