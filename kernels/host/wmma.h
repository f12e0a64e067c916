#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "kernels/common/source_place.h"
#include "operations/small_float.h"

/// nvcuda::wmma as the host means it: kernels/common/wmma.h. A fragment's elements are dealt out
/// to the lanes in an order of the host's own, a run of each to every lane.

namespace breakeven::wmma {

struct matrix_a {};
struct matrix_b {};
struct accumulator {};
struct row_major {};
struct col_major {};
enum layout_t { mem_row_major };  // the other is not used
namespace precision {
struct tf32 {};
}  // namespace precision

/// Matrices A (m, k), B (k, n) and accumulator (m, n), each lane's part of them.
template <class Use, int m, int n, int k, class T, class Layout = void>
struct fragment {
  using element_type = std::conditional_t<std::is_same_v<T, precision::tf32>, float, T>;
  static constexpr int rows = std::is_same_v<Use, matrix_b> ? k : m;
  static constexpr int columns = std::is_same_v<Use, matrix_a> ? k : n;
  static constexpr int num_elements = rows * columns / 32;
  element_type x[num_elements];
};

}  // namespace breakeven::wmma

namespace breakeven::host {

/// A fragment's way from or to memory, as one lane asks for it.
struct FragmentMove {
  std::byte* elements;  // of the lane, `count` of them
  int count;
  std::byte* memory;  // of the whole matrix
  unsigned stride;    // elements from a run of `run` to the next
  int run;
  int element_bytes;
};
void load_fragment(const FragmentMove& move, SourcePlace place);
void store_fragment(const FragmentMove& move, SourcePlace place);

/// What one lane has of the matrices of a multiplication.
template <class T, class Sum>
struct FragmentProduct {
  const T *a, *b;
  const Sum* c;
  Sum* d;
  bool a_by_rows, b_by_rows;
};
/// (m, n, k) is (16, 16, 16), for tf32, where T is float, (16, 16, 8).
template <class T, class Sum>
void multiply_fragments(const FragmentProduct<T, Sum>& product, SourcePlace place);

}  // namespace breakeven::host

namespace breakeven::wmma {

template <class Use, int m, int n, int k, class T, class Layout>
void load_matrix_sync(fragment<Use, m, n, k, T, Layout>& to,
                      const typename fragment<Use, m, n, k, T, Layout>::element_type* from,
                      unsigned stride, SourcePlace place = SourcePlace::here()) {
  using Fragment = fragment<Use, m, n, k, T, Layout>;
  constexpr int run = std::is_same_v<Layout, row_major> ? Fragment::columns : Fragment::rows;
  host::load_fragment(
      {reinterpret_cast<std::byte*>(to.x), Fragment::num_elements,
       reinterpret_cast<std::byte*>(const_cast<typename Fragment::element_type*>(from)), stride,
       run, sizeof(to.x[0])},
      place);
}

template <int m, int n, int k, class T>
void store_matrix_sync(T* to, const fragment<accumulator, m, n, k, T>& from, unsigned stride,
                       layout_t, SourcePlace place = SourcePlace::here()) {
  using Fragment = fragment<accumulator, m, n, k, T>;
  host::store_fragment(
      {reinterpret_cast<std::byte*>(const_cast<T*>(from.x)), Fragment::num_elements,
       reinterpret_cast<std::byte*>(to), stride, n, sizeof(T)},
      place);
}

template <class Use, int m, int n, int k, class T, class Layout, class Value>
void fill_fragment(fragment<Use, m, n, k, T, Layout>& to, Value value) {
  for (auto& element : to.x) element = value;
}

template <int m, int n, int k, class T, class Sum, class LayoutA, class LayoutB>
void mma_sync(fragment<accumulator, m, n, k, Sum>& d,
              const fragment<matrix_a, m, n, k, T, LayoutA>& a,
              const fragment<matrix_b, m, n, k, T, LayoutB>& b,
              const fragment<accumulator, m, n, k, Sum>& c,
              SourcePlace place = SourcePlace::here()) {
  using Element = typename fragment<matrix_a, m, n, k, T, LayoutA>::element_type;
  host::multiply_fragments<Element, Sum>(
      {a.x, b.x, c.x, d.x, std::is_same_v<LayoutA, row_major>, std::is_same_v<LayoutB, row_major>},
      place);
}

}  // namespace breakeven::wmma
