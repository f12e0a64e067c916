#include "kernels/host/wmma.h"

#include <bit>
#include <cstring>
#include <string>

#include "kernels/host/block.h"
#include "kernels/host/finding.h"
#include "kernels/host/sanitizers.h"

namespace breakeven::host {
namespace {

constexpr int lanes = 32;

/// Which part of the matrix in memory a lane has: `count` elements in a run.
std::byte* part(const FragmentMove& move, int lane) {
  const int per_run = move.run / move.count;
  const int element = lane / per_run * static_cast<int>(move.stride) + lane % per_run * move.count;
  return move.memory + static_cast<std::ptrdiff_t>(element) * move.element_bytes;
}

/// Checks what CUDA asks of the arguments (CUDA C++ Programming Guide, "Warp Matrix Functions").
void check(const Meeting& meeting) {
  const auto& first = meeting.of<FragmentMove>(0);
  const std::string name = meeting.operation.name;
  for (int lane = 0; lane < lanes; ++lane) {
    const auto& move = meeting.of<FragmentMove>(lane);
    const auto refuse = [&](const std::string& what) {
      report(what,
             {thread_text(meeting.first_thread + lane) + ": " + meeting.operation.place.text()});
    };
    if (move.memory != first.memory || move.stride != first.stride) {
      refuse(name + " with arguments that differ between lanes");
    }
    if (reinterpret_cast<std::uintptr_t>(move.memory) % 32 != 0) {
      refuse("misaligned " + name + ", must be at a multiple of 32 bytes");
    }
    if (move.stride * move.element_bytes % 16 != 0) {
      refuse(name + " with a stride that is no multiple of 16 bytes");
    }
    if (!meeting.block.shared().contains(move.memory) &&
        first_poisoned(part(move, lane), move.count * move.element_bytes) != nullptr) {
      refuse(name + " outside a device buffer");
    }
  }
}

void perform_move(const Meeting& meeting, Access::Kind kind) {
  check(meeting);
  for (int lane = 0; lane < lanes; ++lane) {
    const auto& move = meeting.of<FragmentMove>(lane);
    std::byte* memory = part(move, lane);
    const std::size_t bytes = move.count * move.element_bytes;
    if (meeting.block.shared().contains(memory)) {
      meeting.block.note_in_warp(meeting.first_thread + lane, memory, bytes, kind,
                                 meeting.operation.place);
    }
    const bool load = kind == Access::Kind::read;
    std::memcpy(load ? move.elements : memory, load ? memory : move.elements, bytes);
  }
}

/// A value as it is multiplied: float as tf32, whose last 13 bits are ignored.
template <class Sum, class T>
Sum operand(T value) {
  if constexpr (std::is_same_v<T, float>) {
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) & 0xffffe000);
  } else {
    return static_cast<Sum>(value);
  }
}

/// A matrix that the lanes have in parts of `count`, in their order.
template <int rows, int columns, class Sum, class Part>
void gather(Sum (&to)[rows][columns], bool by_rows, Part part) {
  constexpr int count = rows * columns / lanes;
  for (int i = 0; i < rows * columns; ++i) {
    Sum& element = by_rows ? to[i / columns][i % columns] : to[i % rows][i / rows];
    element = operand<Sum>(part(i / count)[i % count]);
  }
}

template <class T, class Sum>
void perform_product(const Meeting& meeting) {
  constexpr int M = 16, N = 16, K = std::is_same_v<T, float> ? 8 : 16, count = M * N / lanes;
  const auto of = [&](int lane) -> const FragmentProduct<T, Sum>& {
    return meeting.of<FragmentProduct<T, Sum>>(lane);
  };
  Sum a[M][K], b[K][N], sums[M][N];
  gather(a, of(0).a_by_rows, [&](int lane) { return of(lane).a; });
  gather(b, of(0).b_by_rows, [&](int lane) { return of(lane).b; });
  for (int lane = 0; lane < lanes; ++lane) {
    std::memcpy(&sums[0][0] + lane * count, of(lane).c, count * sizeof(Sum));
  }
  for (int m = 0; m < M; ++m) {
    for (int k = 0; k < K; ++k) {
      for (int n = 0; n < N; ++n) sums[m][n] += a[m][k] * b[k][n];
    }
  }
  for (int lane = 0; lane < lanes; ++lane) {
    std::memcpy(of(lane).d, &sums[0][0] + lane * count, count * sizeof(Sum));
  }
}

void meet(const char* name, const void* mine, SourcePlace place, void (*perform)(const Meeting&)) {
  Block::executing()->meet({.name = name, .place = place, .aligned = true}, const_cast<void*>(mine),
                           perform);
}

}  // namespace

void load_fragment(const FragmentMove& move, SourcePlace place) {
  meet("load_matrix_sync", &move, place,
       [](const Meeting& meeting) { perform_move(meeting, Access::Kind::read); });
}

void store_fragment(const FragmentMove& move, SourcePlace place) {
  meet("store_matrix_sync", &move, place,
       [](const Meeting& meeting) { perform_move(meeting, Access::Kind::write); });
}

template <class T, class Sum>
void multiply_fragments(const FragmentProduct<T, Sum>& product, SourcePlace place) {
  meet("mma_sync", &product, place, perform_product<T, Sum>);
}

template void multiply_fragments(const FragmentProduct<Bf16, float>&, SourcePlace);
template void multiply_fragments(const FragmentProduct<F16, float>&, SourcePlace);
template void multiply_fragments(const FragmentProduct<float, float>&, SourcePlace);
template void multiply_fragments(const FragmentProduct<std::int8_t, std::int32_t>&, SourcePlace);

}  // namespace breakeven::host
