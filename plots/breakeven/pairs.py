"""The pair rows of a sweep, as they stand in the run file: no speedup is computed here."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass

import pandas as pd

from breakeven.break_even import BreakEven, Point, break_even
from breakeven.families import Sweep
from breakeven.rows import doubtful, flagged
from breakeven.run import Run

# What a speedup includes, from the least to the most, with the words for it.
WINDOWS = {
    "speedup_kernel": "kernel alone",
    "speedup_call": "call, data on the GPU",
    "speedup_end_to_end": "end to end, with copies",
}


@dataclass(frozen=True)
class Setting:
    """Under which conditions pairs were measured."""

    cache: str
    host_memory: str
    math_mode: str = "default"  # of the CUDA side

    @property
    def words(self) -> str:
        """For headings."""
        return f"{self.cache} caches, copies from and to {self.host_memory} memory{self._mode}"

    @property
    def brief(self) -> str:
        """For captions."""
        return f"{self.cache} caches, {self.host_memory} memory{self._mode}"

    def distance(self, other: Setting) -> int:
        """In how many ways two settings differ."""
        return sum(
            ours != theirs for ours, theirs in zip(astuple(self), astuple(other), strict=True)
        )

    @property
    def _mode(self) -> str:
        return "" if self.math_mode == "default" else f", GPU in {self.math_mode}"


@dataclass(frozen=True)
class SizedPairs:
    """The pairs of one sweep under one setting, one row per problem, ascending in `size`."""

    sweep: Sweep
    setting: Setting
    rows: pd.DataFrame

    def unflagged(self) -> pd.DataFrame:
        """The rows a headline may rest on."""
        return self.rows[~flagged(self.rows)]

    def sound(self) -> pd.DataFrame:
        """Those, and the rows whose only flag is `capped`: sampled for less long than wished."""
        return self.rows[~doubtful(self.rows)]


def settings_of(run: Run) -> list[Setting]:
    """The settings among the run's pairs; the first is the one of the headlines (the dtype's own
    arithmetic, warm, and the memory that an unchanged program has: pageable)."""
    names = ("math_mode", "cache", "host_memory")
    found = set(zip(*(run.pairs[name] for name in names), strict=True))
    usual = ("default", "warm", "pageable")
    ordered = sorted(found, key=lambda s: [(a != b, a) for a, b in zip(s, usual, strict=True)])
    return [Setting(cache, memory, mode) for mode, cache, memory in ordered]


def pairs_of(run: Run, sweep: Sweep, setting: Setting, pairing: str = "fastest") -> SizedPairs:
    """The pairs of that kind."""
    pairs = run.pairs
    rows = pairs[
        (pairs["pairing"] == pairing)
        & (pairs["cache"] == setting.cache)
        & (pairs["host_memory"] == setting.host_memory)
        & (pairs["math_mode"] == setting.math_mode)
        & pairs["case"].isin(list(sweep.sizes))
    ]
    rows = rows.assign(size=rows["case"].map(sweep.sizes)).sort_values(["size", "case"])
    return SizedPairs(sweep, setting, rows.reset_index(drop=True))


def points_of(rows: pd.DataFrame, window: str) -> list[Point]:
    """Speedups by size, of the rows that have one."""
    columns = ("size", window, f"{window}_low", f"{window}_high")
    return [
        Point(size, estimate, low, high)
        for size, estimate, low, high in zip(*(rows[name] for name in columns), strict=True)
        if math.isfinite(estimate)
    ]


def break_even_of(rows: pd.DataFrame, window: str) -> BreakEven:
    """The break-even size of those rows."""
    return break_even(points_of(rows, window))
