#include "kernels/host/matrix.h"

#include <array>
#include <bit>
#include <cstring>
#include <string>
#include <type_traits>

#include "kernels/host/block.h"
#include "kernels/host/finding.h"

namespace breakeven::host {
namespace {

constexpr unsigned lanes = 32;
constexpr unsigned rows = 8, row_bytes = 16;  // of a matrix that ldmatrix loads

struct MatrixLoad {
  std::uint32_t* words;
  unsigned count;
  bool transposed;
  const std::byte* row;
};

/// Checks the rows that the lanes point at, as far as they are loaded.
void check_rows(const Meeting& meeting, unsigned count) {
  for (unsigned lane = 0; lane < rows * count; ++lane) {
    const std::byte* row = meeting.of<MatrixLoad>(lane).row;
    const auto refuse = [&](const char* what) {
      report(what, {thread_text(meeting.first_thread + lane) + " gives row " +
                    std::to_string(lane % rows) + " of matrix " + std::to_string(lane / rows) +
                    ": " + meeting.operation.place.text()});
    };
    if (!meeting.block.shared().contains(row)) refuse("ldmatrix from what is not shared memory");
    if (reinterpret_cast<std::uintptr_t>(row) % row_bytes != 0) refuse("misaligned ldmatrix row");
  }
}

/// Each lane reads what it gets, wherever its own row is.
void perform_load(const Meeting& meeting) {
  const auto [_, count, transposed, row] = meeting.of<MatrixLoad>(0);
  check_rows(meeting, count);
  const auto read = [&](unsigned lane, unsigned matrix, unsigned from_row, unsigned byte, void* to,
                        std::size_t bytes) {
    const std::byte* from = meeting.of<MatrixLoad>(rows * matrix + from_row).row + byte;
    meeting.block.note_in_warp(meeting.first_thread + lane, from, bytes, Access::Kind::read,
                               meeting.operation.place);
    std::memcpy(to, from, bytes);
  };
  for (unsigned lane = 0; lane < lanes; ++lane) {
    const unsigned g = lane / 4, t = lane % 4;
    for (unsigned matrix = 0; matrix < count; ++matrix) {
      std::uint32_t* word = meeting.of<MatrixLoad>(lane).words + matrix;
      if (transposed) {
        auto* halves = reinterpret_cast<std::uint16_t*>(word);
        read(lane, matrix, 2 * t, 2 * g, halves, 2);
        read(lane, matrix, 2 * t + 1, 2 * g, halves + 1, 2);
      } else {
        read(lane, matrix, g, 4 * t, word, 4);
      }
    }
  }
}

/// The elements of a word that the tensor cores multiply, as what they are multiplied in.
template <class T, class Sum>
void unpack(std::uint32_t word, Sum* to) {
  if constexpr (std::is_same_v<T, float>) {
    *to = std::bit_cast<float>(word & 0xffffe000);  // tf32
  } else {
    for (const T element : std::bit_cast<std::array<T, 4 / sizeof(T)>>(word)) {
      *to++ = static_cast<Sum>(element);
    }
  }
}

template <class Sum>
struct Multiplication {
  Sum* sums;
  const std::uint32_t *a, *b;
};

template <class T, class Sum>
void perform_mma(const Meeting& meeting) {
  constexpr unsigned M = 16, N = 8, per_word = 4 / sizeof(T), K = 8 * per_word;
  Sum a[M][K], b[N][K], b_by_row[K][N], c[M][N];
  for (unsigned lane = 0; lane < lanes; ++lane) {
    const auto& mine = meeting.of<Multiplication<Sum>>(lane);
    const unsigned g = lane / 4, t = lane % 4;
    for (unsigned i = 0; i < 4; ++i) {
      unpack<T>(mine.a[i], &a[g + 8 * (i % 2)][(t + 4 * (i / 2)) * per_word]);
      c[g + 8 * (i / 2)][2 * t + i % 2] = mine.sums[i];
    }
    for (unsigned i = 0; i < 2; ++i) unpack<T>(mine.b[i], &b[g][(t + 4 * i) * per_word]);
  }
  for (unsigned n = 0; n < N; ++n) {
    for (unsigned k = 0; k < K; ++k) b_by_row[k][n] = b[n][k];
  }
  // Products are exact in Sum, so that it makes no difference whether they are fused with the sum.
  for (unsigned m = 0; m < M; ++m) {
    for (unsigned k = 0; k < K; ++k) {
      for (unsigned n = 0; n < N; ++n) c[m][n] += a[m][k] * b_by_row[k][n];
    }
  }
  for (unsigned lane = 0; lane < lanes; ++lane) {
    const auto& mine = meeting.of<Multiplication<Sum>>(lane);
    for (unsigned i = 0; i < 4; ++i)
      mine.sums[i] = c[lane / 4 + 8 * (i / 2)][2 * (lane % 4) + i % 2];
  }
}

}  // namespace

void load_matrices(std::uint32_t* words, int count, bool transposed, const void* row,
                   SourcePlace place) {
  MatrixLoad mine{words, static_cast<unsigned>(count), transposed,
                  static_cast<const std::byte*>(row)};
  Block::executing()->meet({.name = "ldmatrix", .place = place, .aligned = true}, &mine,
                           perform_load);
}

template <class T>
void mma(void* sums, const std::uint32_t* a, const std::uint32_t* b, SourcePlace place) {
  using Sum = std::conditional_t<std::is_same_v<T, std::int8_t>, std::int32_t, float>;
  Multiplication<Sum> mine{static_cast<Sum*>(sums), a, b};
  Block::executing()->meet({.name = "mma", .place = place, .aligned = true}, &mine,
                           perform_mma<T, Sum>);
}

template void mma<Bf16>(void*, const std::uint32_t*, const std::uint32_t*, SourcePlace);
template void mma<F16>(void*, const std::uint32_t*, const std::uint32_t*, SourcePlace);
template void mma<float>(void*, const std::uint32_t*, const std::uint32_t*, SourcePlace);
template void mma<std::int8_t>(void*, const std::uint32_t*, const std::uint32_t*, SourcePlace);

}  // namespace breakeven::host
