"""One repetition: the rules of benchmarks/harness/sampling_loop.cpp and single_calls.cpp."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from pytorch.order_statistics import median_interval

TimeCalls = Callable[[int], float]
"""Seconds that so many calls in a row take."""
Clock = Callable[[], float]

LEAST_SAMPLES = 10
LEAST_WARMUP_CAP_S = 0.02  # may be spent on windows that do not agree yet, whatever the wall cap


@dataclass(frozen=True)
class Limits:
    """When sampling one repetition ends."""

    wall_cap_s: float = 1.0  # for the samples; warming up comes before
    warmup_cap_s: float = 1.0  # at most; nor more than a third of the wall cap, but 20 ms
    max_samples: int = 100
    min_sample_s: float = 50e-6  # shorter calls are batched: an event ticks at about 0.5 µs
    relative_interval: float = 0.01  # stop once the median's interval is within ± this
    min_warmup_s: float = 0.0  # even if windows agree: an idle GPU's clock rises slowly
    max_batch: int = 1 << 20
    interrupted: Callable[[], bool] = lambda: False


@dataclass
class Samples:
    """Every sample taken, nothing deleted."""

    seconds: list[float] = field(default_factory=list)  # per call, in order
    batch: int = 1  # calls per sample
    warmup_s: float = 0.0
    stop: str = ""  # interval, samples, wall or interrupted


def sample(seconds_of: TimeCalls, limits: Limits, clock: Clock = time.perf_counter) -> Samples:
    """Warms up until two windows agree within 1 % or the cap is spent, batches calls so that a
    sample lasts long enough for the clock, and after ten samples stops once the median's interval
    is narrow, or at a cap."""
    samples = Samples()
    start = clock()
    call_s = _warm_up(seconds_of, limits, clock)
    samples.warmup_s = clock() - start
    samples.batch = _calls_in(limits.min_sample_s, call_s, limits)
    sampling_start = clock()
    while not samples.stop:
        samples.seconds.append(seconds_of(samples.batch) / samples.batch)
        if limits.interrupted():
            samples.stop = "interrupted"
        elif len(samples.seconds) >= LEAST_SAMPLES and _narrow(samples.seconds, limits):
            samples.stop = "interval"
        elif len(samples.seconds) >= limits.max_samples:
            samples.stop = "samples"
        elif clock() - sampling_start >= limits.wall_cap_s:
            samples.stop = "wall"
    return samples


def single_calls(
    seconds_of: TimeCalls, wall_s: float, limits: Limits, clock: Clock = time.perf_counter
) -> list[float]:
    """Wall time of single calls [s]: as many as fit into `wall_s`, ten at least and a thousand at
    most, after three that are not counted."""
    uncounted, least, most = 3, 10, 1000
    start = clock()
    seconds: list[float] = []
    for call in range(-uncounted, most):
        if limits.interrupted() or (call >= least and clock() - start >= wall_s):
            break
        taken_s = seconds_of(1)
        if call >= 0:
            seconds.append(taken_s)
    return seconds


def _warm_up(seconds_of: TimeCalls, limits: Limits, clock: Clock) -> float:
    """Seconds of one call at the end of warming up."""
    window_s = 10 * limits.min_sample_s
    cap_s = min(limits.warmup_cap_s, max(LEAST_WARMUP_CAP_S, limits.wall_cap_s / 3))
    start = clock()
    call_s = seconds_of(1)
    while not limits.interrupted():
        calls = _calls_in(window_s, call_s, limits)
        next_s = seconds_of(calls) / calls
        agrees = abs(next_s - call_s) <= 0.01 * call_s
        call_s = next_s
        spent_s = clock() - start
        if (agrees and spent_s >= limits.min_warmup_s) or spent_s >= cap_s:
            break
    return call_s


def _calls_in(window_s: float, call_s: float, limits: Limits) -> int:
    """Calls of `call_s` that fill `window_s`."""
    if not call_s > 0:
        return limits.max_batch
    return int(min(max(math.ceil(window_s / call_s), 1), limits.max_batch))


def _narrow(seconds: list[float], limits: Limits) -> bool:
    interval = median_interval(seconds)
    if interval is None:
        return False
    reach = limits.relative_interval * median(seconds)
    return interval[1] <= median(seconds) + reach and interval[0] >= median(seconds) - reach
