"""The sampler's rules, on a clock that only calls move."""

import pytest

from pytorch.order_statistics import count_outliers, median_interval, percentile_99
from pytorch.sampling import Limits, sample, single_calls


class Calls:
    """Calls that take the times given, the last of them for ever."""

    def __init__(self, *seconds: float):
        self.seconds, self.now, self.count = list(seconds), 0.0, 0

    def clock(self) -> float:
        return self.now

    def __call__(self, calls: int) -> float:
        taken = 0.0
        for _ in range(calls):
            taken += self.seconds[min(self.count, len(self.seconds) - 1)]
            self.count += 1
        self.now += taken
        return taken


def restless(calls: int = 5000) -> Calls:
    """Calls whose median's interval never becomes narrow."""
    return Calls(*(1e-3 * (1 + 0.5 * (i % 7)) for i in range(calls)))


def test_a_steady_call_ends_with_a_narrow_interval():
    calls = Calls(1e-3)
    samples = sample(calls, Limits(), calls.clock)
    assert (samples.stop, len(samples.seconds), samples.batch) == ("interval", 10, 1)


def test_a_restless_call_ends_at_the_samples_cap_with_all_of_them():
    calls = restless()
    samples = sample(calls, Limits(max_samples=30), calls.clock)
    assert (samples.stop, len(samples.seconds)) == ("samples", 30)


def test_a_restless_call_ends_at_the_wall_cap():
    calls = restless()
    samples = sample(calls, Limits(wall_cap_s=0.02, max_samples=1000), calls.clock)
    assert samples.stop == "wall"
    assert 0.02 <= sum(samples.seconds) < 0.03


def test_an_interruption_ends_it_with_what_there_is():
    calls = Calls(1e-3)
    samples = sample(calls, Limits(interrupted=lambda: calls.count > 5), calls.clock)
    assert samples.stop == "interrupted"
    assert len(samples.seconds) == 4


def test_short_calls_are_batched_to_50_microseconds():
    calls = Calls(4e-6)
    assert sample(calls, Limits(), calls.clock).batch == 13
    calls = Calls(4e-6)
    assert sample(calls, Limits(max_batch=1), calls.clock).batch == 1


def test_warming_up_ends_where_windows_agree():
    calls = Calls(8e-3, 4e-3, 2e-3, 1e-3)
    samples = sample(calls, Limits(), calls.clock)
    assert samples.warmup_s == pytest.approx(8e-3 + 4e-3 + 2e-3 + 1e-3 + 1e-3)
    assert max(samples.seconds) == pytest.approx(1e-3)


def test_warming_up_has_a_cap_and_a_least_time():
    calls = restless()
    assert sample(calls, Limits(wall_cap_s=0.3), calls.clock).warmup_s < 0.11
    calls = Calls(1e-3)
    assert sample(calls, Limits(min_warmup_s=0.01), calls.clock).warmup_s >= 0.01


def test_single_calls_fill_the_time_and_are_ten_at_least():
    calls = Calls(1e-3)
    assert 90 <= len(single_calls(calls, 0.1, Limits(), calls.clock)) <= 100
    calls = Calls(1.0)
    assert len(single_calls(calls, 0.1, Limits(), calls.clock)) == 10
    calls = Calls(1e-6)
    assert len(single_calls(calls, 1.0, Limits(), calls.clock)) == 1000


def test_the_interval_has_the_ranks_of_the_binomial_distribution():
    assert median_interval([1.0] * 5) is None
    assert median_interval([5, 3, 1, 2, 4, 6]) == (1, 6)
    assert median_interval(list(range(1, 11))) == (2, 9)
    assert median_interval(list(range(1, 101))) == (40, 61)


def test_the_slowest_calls_are_those_of_the_nearest_rank():
    assert percentile_99(list(range(99))) is None
    assert percentile_99(list(range(1, 101))) == 99
    assert percentile_99(list(range(1, 1001))) == 990


def test_outliers_lie_beyond_tukeys_fences():
    assert count_outliers([1, 1, 50]) == 0
    assert count_outliers([1, 1.1, 1.2, 1.3, 50, -50]) == 2
