// Launches that a device refuses.

#include "kernels/common/shared_memory.h"
#include "tests/kernels/host/planted.h"

namespace breakeven::planted {
namespace {

__global__ void nothing() {}

struct Huge {
  float element[(48 << 10) / sizeof(float) + 1];
};

__global__ void huge_tile() { static_shared<Huge>().element[threadIdx.x] = 1; }

struct Some {
  float element;
};

__global__ void some_tile() { static_shared<Some>().element = 1; }

__global__ void use_dynamic(float* out) {
  float* element = dynamic_shared<float>();
  element[threadIdx.x] = 1;
  out[threadIdx.x] = element[threadIdx.x];
}

}  // namespace

void too_many_threads() { launch(nothing, {1, dim3(64, 17)}, nullptr); }
void too_many_blocks_down() { launch(nothing, {dim3(1, 65536), 1}, nullptr); }
void no_blocks() { launch(nothing, {0, 1}, nullptr); }
void too_much_dynamic_shared_memory() {
  launch(nothing, {1, 1, (std::size_t{48} << 10) + 1}, nullptr);
}
void too_much_static_shared_memory() { launch(huge_tile, {1, 1}, nullptr); }
void too_much_shared_memory_in_all() {
  constexpr std::size_t all = std::size_t{163} << 10;  // what a block can have
  allow_dynamic_shared(some_tile, all);
  launch(some_tile, {1, 1, all}, nullptr);
}
void dynamic_shared_memory_without_any(float* out) { launch(use_dynamic, {1, 32}, nullptr, out); }

}  // namespace breakeven::planted
