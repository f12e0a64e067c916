"""What benchmarks/harness/statistics.cpp makes of samples, line for line the same rules."""

from __future__ import annotations

import math
from collections.abc import Sequence


def median_interval(values: Sequence[float]) -> tuple[float, float] | None:
    """Distribution-free 95 % interval of the median from order statistics (binomial ranks); None
    with fewer than six values, where no pair of ranks reaches 95 %."""
    n = len(values)
    rank = 0  # the largest, from each end, with 2·P(Binomial(n, 1/2) < rank) <= 5 %
    log_probability = -n * math.log(2)  # of exactly `rank` successes
    tail = math.exp(log_probability)  # of `rank` successes at most
    while 2 * tail <= 0.05:
        rank += 1
        log_probability += math.log((n - rank + 1) / rank)
        tail += math.exp(log_probability)
    if rank == 0:
        return None
    ascending = sorted(values)
    return ascending[rank - 1], ascending[n - rank]


def percentile_99(values: Sequence[float]) -> float | None:
    """What at least 99 % of the values do not exceed (nearest rank); None with fewer than a
    hundred, where that would be the largest whatever it is."""
    if len(values) < 100:
        return None
    return sorted(values)[(len(values) * 99 + 99) // 100 - 1]


def count_outliers(values: Sequence[float]) -> int:
    """Values beyond 1.5 interquartile ranges from the quartiles (Tukey's fences)."""
    if len(values) < 4:
        return 0
    ascending = sorted(values)
    low, high = _quantile(ascending, 0.25), _quantile(ascending, 0.75)
    reach = 1.5 * (high - low)
    return sum(value < low - reach or value > high + reach for value in values)


def _quantile(ascending: Sequence[float], fraction: float) -> float:
    position = fraction * (len(ascending) - 1)
    below = int(position)
    above = min(below + 1, len(ascending) - 1)
    weight = position - below
    return ascending[below] * (1 - weight) + ascending[above] * weight
