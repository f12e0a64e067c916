#pragma once

#include <cstddef>
#include <cstdint>

#include "operations/dtype.h"
#include "operations/implementation.h"

namespace breakeven {

/// Small kernels that the harness measures a device with. All functions enqueue on the stream of
/// the current device, never synchronise, and throw CudaError where the launch fails. Pointers are
/// device pointers unless they say otherwise.

/// Mapped page-locked host memory (make_pinned_buffer) through which a blocked stream is let go.
struct BlockFlags {
  int released = 0;   // written by the host: the highest ticket that may pass
  int timed_out = 0;  // written by the device: the last ticket that gave up waiting
};

/// Holds the stream until `flags->released` reaches `ticket` or `timeout_ns` have passed, whichever
/// comes first; in the second case it writes the ticket to `flags->timed_out`. Tickets ascend from
/// 1, so that flags are never reset while a kernel may still look at them.
void enqueue_block(Stream stream, BlockFlags* flags, int ticket, std::uint64_t timeout_ns);

/// A kernel of one thread that does nothing.
void enqueue_empty(Stream stream);

/// Fused multiply-adds in registers, as many threads as the device holds at once. Returns the FLOPs
/// of the launch (one multiply-add counts two), in proportion to `rounds` (at least 1).
/// `sink` is one element of the dtype, written only if the arithmetic goes wrong.
double enqueue_fma(Stream stream, Dtype dtype, void* sink, int rounds);

/// Products of tiles on tensor cores by mma.sync, operands in registers. Returns the operations of
/// the launch (a multiply-add counts two), in proportion to `rounds` (at least 1). The dtype is
/// bf16, f16, s8, or f32, which is multiplied as tf32; `sink` is one element of what it is summed
/// in, seldom written. Architecture 80 and up.
double enqueue_matrix(Stream stream, Dtype dtype, void* sink, int rounds);

/// Copies `bytes` (a multiple of 16, both pointers 16-byte aligned) in 16-byte accesses. Returns
/// the bytes moved: read and written, 2·bytes.
double enqueue_copy(Stream stream, void* to, const void* from, std::size_t bytes);

/// Reads `buffer` (a multiple of 16 bytes, 16-byte aligned, smaller than the L2) `rounds` times
/// past the L1 and adds the sum of its 32-bit words, once per round and modulo 2^32, to `*sum`.
/// Returns the bytes read: rounds·bytes.
double enqueue_l2_read(Stream stream, const void* buffer, std::size_t bytes, int rounds,
                       std::uint32_t* sum);

}  // namespace breakeven
