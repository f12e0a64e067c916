"""Formats of services that keep a history of benchmarks. Only what is verified and carries no flag
in doubt goes out: a missing benchmark is noticed there, a zero would be a new record.

- Bencher Metric Format: https://bencher.dev/docs/reference/bencher-metric-format/ (`latency` is in
  nanoseconds there).
- github-action-benchmark's customSmallerIsBetter and customBiggerIsBetter:
  https://github.com/benchmark-action/github-action-benchmark#examples
"""

from __future__ import annotations

import math
from typing import Any

from breakeven.compare.subject import KEY
from breakeven.compare.words import key_name
from breakeven.pairs import WINDOWS
from breakeven.quantities import significant
from breakeven.rates import rates_of
from breakeven.rows import doubtful, records
from breakeven.run import Run

_NANOSECONDS = 1e9


def bencher(run: Run) -> dict[str, dict[str, dict[str, float]]]:
    """Latency of every key with its interval over repetitions; speedups of the headline's pairs."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for row in _times(run):
        ends = {"lower_value": row["low"], "upper_value": row["high"]}
        values = {"value": row["seconds"], **ends}
        found[_name(row)] = {
            "latency": {
                key: value * _NANOSECONDS for key, value in values.items() if math.isfinite(value)
            }
        }
    for name, estimate, low, high in _speedups(run):
        values = {"value": estimate, "lower_value": low, "upper_value": high}
        found[name] = {"speedup": {k: v for k, v in values.items() if math.isfinite(v)}}
    return found


def smaller_is_better(run: Run) -> list[dict[str, Any]]:
    """Seconds of every key."""
    return [
        _entry(_name(row), "s", row["seconds"], row["low"], row["high"],
               f"{row['repetitions']:.0f} repetitions")
        for row in _times(run)
    ]  # fmt: skip


def bigger_is_better(run: Run) -> list[dict[str, Any]]:
    """Speedups of the GPU over the fastest CPU implementation."""
    return [
        _entry(name, "x", estimate, low, high, "speedup")
        for name, estimate, low, high in _speedups(run)
    ]


def _times(run: Run) -> list[dict[str, Any]]:
    rates = rates_of(run)
    return records(rates[~doubtful(rates)])


def _name(row: dict[str, Any]) -> str:
    return key_name(row[name] for name in KEY)


def _speedups(run: Run) -> list[tuple[str, float, float, float]]:
    pairs = run.pairs
    pairs = pairs[(pairs["pairing"] == "fastest") & ~doubtful(pairs)]
    found = []
    for row in records(pairs):
        for window, words in WINDOWS.items():
            if math.isfinite(row[window]):
                conditions = f"{row['cache']}, {row['host_memory']} memory"
                if row["math_mode"] != "default":
                    conditions += f", {row['math_mode']}"
                name = f"{row['case']} speedup, {words}, {conditions}"
                found.append((name, row[window], row[f"{window}_low"], row[f"{window}_high"]))
    return found


def _entry(
    name: str, unit: str, value: float, low: float, high: float, extra: str
) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": name, "unit": unit, "value": value, "extra": extra}
    if math.isfinite(low) and math.isfinite(high):
        entry["range"] = f"± {significant((high - low) / 2)}"
    return entry
