#include "kernels/host/matrix.h"

#include <array>
#include <bit>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

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

/// Each lane reads what it gets, wherever its own row is. Transposed, two lanes get half of each
/// word, and one of them, in turn, is noted as its reader.
void perform_load(const Meeting& meeting) {
  const unsigned count = meeting.of<MatrixLoad>(0).count;
  const bool transposed = meeting.of<MatrixLoad>(0).transposed;
  check_rows(meeting, count);
  constexpr unsigned words = row_bytes / 4;  // of a row
  for (unsigned matrix = 0; matrix < count; ++matrix) {
    std::uint16_t element[rows][row_bytes / 2];
    for (unsigned r = 0; r < rows; ++r) {
      const std::byte* from = meeting.of<MatrixLoad>(rows * matrix + r).row;
      std::memcpy(element[r], from, row_bytes);
      for (unsigned w = 0; w < words; ++w, from += 4) {
        const unsigned reader = transposed ? 4 * (2 * w + r % 2) + r / 2 : words * r + w;
        meeting.block.note_in_warp(meeting.first_thread + reader, from, 4, Access::Kind::read,
                                   meeting.operation.place);
      }
    }
    for (unsigned lane = 0; lane < lanes; ++lane) {
      const unsigned g = lane / 4, t = lane % 4;
      const std::size_t first = 2 * std::size_t{t}, second = first + 1;
      const std::uint16_t low = transposed ? element[first][g] : element[g][first];
      const std::uint16_t high = transposed ? element[second][g] : element[g][second];
      meeting.of<MatrixLoad>(lane).words[matrix] = low | std::uint32_t{high} << 16;
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
      *to++ = static_cast<Sum>(element);  // NOLINT(bugprone-signed-char-misuse): a number
    }
  }
}

template <class T, class Sum>
void perform_mma(const Meeting& meeting) {
  constexpr unsigned M = 16, N = 8, per_word = 4 / sizeof(T), K = 8 * per_word;
  const int patches_m = meeting.of<Products>(0).m, patches_n = meeting.of<Products>(0).n;
  const auto words = [&](unsigned lane, const void* Products::* operand) {
    return static_cast<const std::uint32_t*>(meeting.of<Products>(lane).*operand);
  };
  std::vector<std::array<std::array<Sum, N>, K>> b(patches_n);
  for (int patch = 0; patch < patches_n; ++patch) {
    for (unsigned lane = 0; lane < lanes; ++lane) {
      for (unsigned i = 0; i < 2; ++i) {
        Sum elements[per_word] = {};
        unpack<T>(words(lane, &Products::b)[2 * patch + i], elements);
        for (unsigned e = 0; e < per_word; ++e) {
          b[patch][(lane % 4 + 4 * i) * per_word + e][lane / 4] = elements[e];
        }
      }
    }
  }
  for (int row = 0; row < patches_m; ++row) {
    Sum a[M][K];
    for (unsigned lane = 0; lane < lanes; ++lane) {
      for (unsigned i = 0; i < 4; ++i) {
        unpack<T>(words(lane, &Products::a)[4 * row + i],
                  &a[lane / 4 + 8 * (i % 2)][(lane % 4 + 4 * (i / 2)) * per_word]);
      }
    }
    for (int column = 0; column < patches_n; ++column) {
      Sum c[M][N];
      // Between the lanes and c, one way and back.
      const auto for_each_sum = [&](auto visit) {
        for (unsigned lane = 0; lane < lanes; ++lane) {
          auto* sums =
              static_cast<Sum*>(meeting.of<Products>(lane).sums) + 4 * (row * patches_n + column);
          for (unsigned i = 0; i < 4; ++i) {
            visit(sums[i], c[lane / 4 + 8 * (i / 2)][2 * (lane % 4) + i % 2]);
          }
        }
      };
      for_each_sum([](const Sum& in_lane, Sum& sum) { sum = in_lane; });
      // Products are exact in Sum: it makes no difference whether they are fused with the sum.
      for (unsigned m = 0; m < M; ++m) {
        for (unsigned k = 0; k < K; ++k) {
          for (unsigned n = 0; n < N; ++n) c[m][n] += a[m][k] * b[column][k][n];
        }
      }
      for_each_sum([](Sum& in_lane, const Sum& sum) { in_lane = sum; });
    }
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
void mma(const Products& products, SourcePlace place) {
  using Sum = std::conditional_t<std::is_same_v<T, std::int8_t>, std::int32_t, float>;
  Products mine = products;
  Block::executing()->meet({.name = "mma", .place = place, .aligned = true}, &mine,
                           perform_mma<T, Sum>);
}

template void mma<Bf16>(const Products&, SourcePlace);
template void mma<F16>(const Products&, SourcePlace);
template void mma<float>(const Products&, SourcePlace);
template void mma<std::int8_t>(const Products&, SourcePlace);

}  // namespace breakeven::host
