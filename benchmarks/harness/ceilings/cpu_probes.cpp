#include "benchmarks/harness/ceilings/cpu_probes.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "benchmarks/harness/ceilings/fma_kernels.h"
#include "benchmarks/harness/ceilings/host_array.h"
#include "benchmarks/harness/ceilings/matrix_kernels.h"
#include "benchmarks/harness/ceilings/memory_kernels.h"
#include "benchmarks/harness/machine/host.h"

namespace breakeven {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

/// Work of one thread in one call: long against starting the threads, short against a repetition.
constexpr double kFlopsPerCall = 3e8;
constexpr std::size_t kCacheBytesPerCall = 64 * kMiB;

/// Runs body(thread) on that many threads at once.
template <class Body>
void on_threads(int threads, const Body& body) {
  if (threads == 1) return body(0);
  int team = 0;
#pragma omp parallel num_threads(threads)
  {
    if (omp_get_thread_num() == 0) team = omp_get_num_threads();
    body(omp_get_thread_num());
  }
  if (team != threads) {
    throw std::runtime_error(fmt::format(
        "OpenMP gave {} threads of {} (OMP_THREAD_LIMIT, OMP_DYNAMIC?)", team, threads));
  }
}

/// One way to do a probe's work.
struct Variant {
  std::string detail;
  double work;  // of one call, in FLOP or bytes
  std::function<void()> call;
};

/// Rate of the fastest sample of the fastest variant: a ceiling is what the machine can do, by any
/// way and undisturbed (STREAM's convention).
Reading fastest(const std::vector<Variant>& variants, SamplingLimits limits) {
  limits.wall_cap_s /= static_cast<double>(variants.size());
  Reading best{0, ""};
  for (const Variant& variant : variants) {
    const Samples samples = sample_cpu([&](int) { variant.call(); }, /*sets=*/1, limits);
    const double rate =
        variant.work / *std::min_element(samples.seconds.begin(), samples.seconds.end());
    if (rate > best.value) best = {rate, variant.detail};
  }
  return best;
}

template <class T>
Reading measure_fma(int threads, const SamplingLimits& limits) {
  std::vector<Variant> variants;
  for (const FmaKernel<T>& kernel : fma_kernels<T>()) {
    const long iterations = static_cast<long>(kFlopsPerCall / kernel.flops(1));
    variants.push_back({fmt::format("{}, {} chains", kernel.instructions, kernel.chains),
                        kernel.flops(iterations) * threads, [=] {
                          on_threads(threads, [&](int) {
                            // x <- b - x: no value settles, so that bits keep switching.
                            double sum = kernel.run(iterations, T(-1), T(0.7531));
                            benchmark::DoNotOptimize(sum);
                          });
                        }});
  }
  return fastest(variants, limits);
}

Reading measure_matrix(Dtype dtype, int threads, const SamplingLimits& limits) {
  std::vector<Variant> variants;
  for (const MatrixKernel& kernel : matrix_kernels(dtype)) {
    const long iterations = static_cast<long>(kFlopsPerCall / kernel.operations);
    variants.push_back({std::string(kernel.instructions),
                        kernel.operations * static_cast<double>(iterations) * threads, [=] {
                          on_threads(threads, [&](int) {
                            double sum = kernel.run(iterations, matrix_operand(), matrix_operand());
                            benchmark::DoNotOptimize(sum);
                          });
                        }});
  }
  return fastest(variants, limits);
}

/// The three arrays of triad and copy, each thread's part first touched by that thread.
class MemoryArrays {
 public:
  explicit MemoryArrays(int all_threads)
      : elements_(memory_probe_bytes(topology(), all_threads, memory_bytes()) / sizeof(double)),
        a_(elements_),
        b_(elements_),
        c_(elements_) {
    on_threads(all_threads, [&](int thread) {
      const auto [first, count] = part(thread, all_threads);
      std::fill_n(a_.data() + first, count, 0.0);
      std::fill_n(b_.data() + first, count, 1.0);
      std::fill_n(c_.data() + first, count, 2.0);
    });
  }

  std::size_t elements() const { return elements_; }

  void triad(int threads, Store store) const {
    on_threads(threads, [&](int thread) {
      const auto [first, count] = part(thread, threads);
      breakeven::triad(a_.data() + first, b_.data() + first, c_.data() + first, 3.0, count, store);
    });
  }
  void copy(int threads, Store store) const {
    on_threads(threads, [&](int thread) {
      const auto [first, count] = part(thread, threads);
      breakeven::copy(a_.data() + first, b_.data() + first, count, store);
    });
  }

 private:
  /// A thread's first element and count, in whole cache lines.
  std::pair<std::size_t, std::size_t> part(int thread, int threads) const {
    const std::size_t lines = elements_ / 8;
    const std::size_t first = lines * thread / threads * 8;
    const std::size_t last = lines * (thread + 1) / threads * 8;
    return {first, last - first};
  }

  std::size_t elements_;
  HostArray<double> a_, b_, c_;
};

/// Made at the first use, shared by the probes.
using SharedArrays = std::shared_ptr<std::unique_ptr<MemoryArrays>>;

Reading measure_memory(const SharedArrays& shared, int all_threads, int threads, bool copies,
                       const SamplingLimits& limits) {
  if (!*shared) *shared = std::make_unique<MemoryArrays>(all_threads);
  const MemoryArrays& arrays = **shared;
  std::vector<Variant> variants;
  for (Store store : {Store::streaming, Store::plain}) {
    const double bytes = copies ? copy_bytes(arrays.elements()) : triad_bytes(arrays.elements());
    variants.push_back(
        {fmt::format("{} stores, arrays of {} MiB", store == Store::plain ? "plain" : "streaming",
                     arrays.elements() * sizeof(double) / kMiB),
         bytes, [&arrays, threads, store, copies] {
           copies ? arrays.copy(threads, store) : arrays.triad(threads, store);
         }});
  }
  return fastest(variants, limits);
}

Reading measure_cache(std::size_t bytes, int threads, const SamplingLimits& limits) {
  const std::size_t words = bytes / sizeof(std::uint64_t);
  const HostArray<std::uint64_t> all(words * static_cast<std::size_t>(threads));
  const auto own = [&](int thread) {
    return all.data() + words * static_cast<std::size_t>(thread);
  };
  on_threads(threads, [&](int thread) { std::fill_n(own(thread), words, std::uint64_t{1}); });
  const int passes = static_cast<int>(std::max<std::size_t>(1, kCacheBytesPerCall / bytes));
  const Variant read{fmt::format("{} KiB a thread", bytes / 1024),
                     read_bytes(words, passes) * threads, [&] {
                       on_threads(threads, [&](int thread) {
                         auto sum = read_words(own(thread), words, passes);
                         benchmark::DoNotOptimize(sum);
                       });
                     }};
  return fastest({read}, limits);
}

}  // namespace

std::size_t memory_probe_bytes(const Topology& topology, int all_threads, std::size_t memory) {
  const std::size_t wanted = std::max(2 * last_level_cache_bytes(topology, all_threads), 64 * kMiB);
  return std::max(kMiB, std::min(wanted, memory / 16) / kMiB * kMiB);
}

std::optional<std::size_t> cache_probe_bytes(const Topology& topology, std::size_t level,
                                             int threads) {
  constexpr std::size_t granule = 4096;  // a multiple of what a read kernel takes at a time
  const Cache& cache = topology.caches[level];
  const int instances = std::max(1, topology.hardware_threads() / std::max(1, cache.shared_by));
  const int sharers = (threads + instances - 1) / instances;
  std::size_t bytes = cache.bytes / static_cast<std::size_t>(sharers) / 2;
  if (level > 0) {
    const std::size_t before = topology.caches[level - 1].bytes;
    bytes = std::min(bytes, 8 * before);
    if (bytes < 2 * before) return std::nullopt;
  }
  bytes = bytes / granule * granule;
  return bytes > 0 ? std::optional(bytes) : std::nullopt;
}

std::vector<Probe> cpu_probes(int all_threads) {
  std::vector<int> counts = {1};
  if (all_threads > 1) counts.push_back(all_threads);
  const auto arrays = std::make_shared<std::unique_ptr<MemoryArrays>>();
  std::vector<Probe> probes;
  for (int threads : counts) {
    const auto add = [&](std::string name, std::optional<Dtype> dtype, Unit unit,
                         std::function<Reading(const SamplingLimits&)> measure) {
      probes.push_back({std::move(name), Side::cpu, dtype, threads, unit, "", std::move(measure)});
    };
    add("fma", Dtype::f32, Unit::flops_per_second,
        [=](const SamplingLimits& limits) { return measure_fma<float>(threads, limits); });
    add("fma", Dtype::f64, Unit::flops_per_second,
        [=](const SamplingLimits& limits) { return measure_fma<double>(threads, limits); });
    for (Dtype dtype : {Dtype::bf16, Dtype::s8}) {
      add("matrix", dtype, Unit::flops_per_second,
          [=](const SamplingLimits& limits) { return measure_matrix(dtype, threads, limits); });
      if (matrix_kernels(dtype).empty()) {
        probes.back().absence = "this CPU has no instructions of its own for products of " +
                                std::string(name_of(dtype));
      }
    }
    for (bool copies : {false, true}) {
      add(copies ? "copy" : "triad", {}, Unit::bytes_per_second, [=](const SamplingLimits& limits) {
        return measure_memory(arrays, all_threads, threads, copies, limits);
      });
    }
    for (std::size_t index = 0; index < topology().caches.size(); ++index) {
      const auto bytes = cache_probe_bytes(topology(), index, threads);
      add(fmt::format("cache_read_l{}", topology().caches[index].level), {}, Unit::bytes_per_second,
          [=](const SamplingLimits& limits) { return measure_cache(*bytes, threads, limits); });
      if (!bytes) probes.back().absence = "a thread's share is hardly larger than the level before";
    }
  }
  return probes;
}

}  // namespace breakeven
