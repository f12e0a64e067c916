"""Numbers as people read them."""

from __future__ import annotations

import math

import pytest

from breakeven.quantities import (
    binary_bytes,
    percent,
    significant,
    times_with_interval,
    with_prefix,
)


@pytest.mark.parametrize(("value", "text"), [
    (214.4, "214"), (21.44, "21.4"), (0.02144, "0.0214"), (9.999, "10.0"), (99.96, "100"),
    (41200.4, "41200"), (0, "0"), (math.nan, "–"), (math.inf, "–"), (-3.14159, "-3.14"),
])  # fmt: skip
def test_significant_digits(value: float, text: str) -> None:
    assert significant(value) == text


@pytest.mark.parametrize(("value", "text"), [
    (1.2345e-3, "1.23 ms"), (9.37e-7, "937 ns"), (0, "0 s"), (12.0, "12.0 s"),
    (0.9999e-3, "1.00 ms"), (2.5e-6, "2.50 µs"), (math.nan, "–"),
])  # fmt: skip
def test_prefixes(value: float, text: str) -> None:
    assert with_prefix(value, "s") == text


def test_rates_memory_and_shares() -> None:
    assert with_prefix(228e9, "FLOP/s") == "228 GFLOP/s"
    assert [binary_bytes(size) for size in (32768, 2**20, 700)] == ["32 KiB", "1 MiB", "700 B"]
    assert [percent(share) for share in (0.923, 0.0862, 0.00021)] == ["92 %", "8.6 %", "0.021 %"]


def test_intervals() -> None:
    assert times_with_interval(12.34, 11.9, 12.7) == "12.3x [11.9, 12.7]"
    assert times_with_interval(2, math.nan, math.nan) == "2.00x [no interval]"
    assert times_with_interval(math.nan, 1, 2) == "–"
