#pragma once

#include <atomic>
#include <type_traits>

#include "kernels/host/builtins.h"

/// Atomic functions and memory fences: host meanings of the CUDA builtins of these names. Blocks
/// run on several host threads, so they are atomic there too.

namespace breakeven::host {

/// Loads, and replaces if unchanged (else `before` gets what is there): atomically, and without
/// instrumentation, which would take them for plain accesses that race with their like.
template <class T>
__attribute__((no_sanitize("address"), noinline)) T load_bits(T* target) {
  T value;
  __atomic_load(target, &value, __ATOMIC_SEQ_CST);
  return value;
}
template <class T>
__attribute__((no_sanitize("address"), noinline)) bool replace_bits(T* target, T& before, T after) {
  return __atomic_compare_exchange(target, &before, &after, /*weak=*/false, __ATOMIC_SEQ_CST,
                                   __ATOMIC_SEQ_CST);
}

/// Whether floating-point numbers were added atomically since this was last set to false: the order
/// of such sums is the device's choice, and results then agree only within the rounding bound.
inline std::atomic<bool> added_floats_atomically{false};

/// Replaces *target by change(*target) and returns what it was.
template <class T, class Change>
T update(T* target, Change change, SourcePlace place) {
  Block::executing()->check_atomic(target, sizeof(T), place);
  T before = load_bits(target);
  while (!replace_bits(target, before, change(before))) {
  }
  return before;
}

}  // namespace breakeven::host

template <class T>
T atomicAdd(T* target, std::type_identity_t<T> value,
            breakeven::SourcePlace place = breakeven::SourcePlace::here()) {
  if (std::is_floating_point_v<T>) breakeven::host::added_floats_atomically = true;
  return breakeven::host::update(
      target, [value](T before) { return static_cast<T>(before + value); }, place);
}

template <class T>
T atomicMin(T* target, std::type_identity_t<T> value,
            breakeven::SourcePlace place = breakeven::SourcePlace::here()) {
  return breakeven::host::update(
      target, [value](T before) { return value < before ? value : before; }, place);
}

template <class T>
T atomicMax(T* target, std::type_identity_t<T> value,
            breakeven::SourcePlace place = breakeven::SourcePlace::here()) {
  return breakeven::host::update(
      target, [value](T before) { return before < value ? value : before; }, place);
}

template <class T>
T atomicExch(T* target, std::type_identity_t<T> value,
             breakeven::SourcePlace place = breakeven::SourcePlace::here()) {
  return breakeven::host::update(target, [value](T) { return value; }, place);
}

template <class T>
T atomicCAS(T* target, std::type_identity_t<T> expected, std::type_identity_t<T> value,
            breakeven::SourcePlace place = breakeven::SourcePlace::here()) {
  return breakeven::host::update(
      target, [=](T before) { return before == expected ? value : before; }, place);
}

inline void __threadfence_block() { std::atomic_thread_fence(std::memory_order_seq_cst); }
inline void __threadfence() { std::atomic_thread_fence(std::memory_order_seq_cst); }
inline void __threadfence_system() { std::atomic_thread_fence(std::memory_order_seq_cst); }
