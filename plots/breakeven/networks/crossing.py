"""From which batch on the GPU wins, and where the curves cross.

The batch from which on it wins is the break-even size of `breakeven.break_even`: a measured batch.
Between two measured batches the estimates cross somewhere: that place is interpolated, speedup and
batch both by their logarithms, marks the picture, and decides nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from breakeven.break_even import BreakEven, Outcome, Point, break_even


@dataclass(frozen=True)
class Crossing:
    """The answer of one sweep by batch."""

    answer: BreakEven
    at: float | None = None  # where the estimates cross 1 for the last time, upwards
    between: tuple[float, float] | None = None  # the measured batches around it
    intervals: bool = True  # whether any point has one

    @property
    def words(self) -> str:
        """For legends and tables."""
        outcome = self.answer.outcome
        if outcome is Outcome.UNMEASURED:
            return "not measured"
        if not self.intervals:
            return f"undecided, no intervals{self._place(', estimates cross')}"
        if outcome is Outcome.ALWAYS:
            return f"wins from the smallest on (batch {self.answer.size:.0f})"
        if outcome is Outcome.FROM:
            return f"wins from batch {self.answer.size:.0f} on{self._place('; crossing')}"
        if outcome is Outcome.NOT_LASTING:
            return "wins at some batches, but not up to the largest"
        return f"never wins in this range{self._place(', though estimates cross')}"

    def _place(self, start: str) -> str:
        if self.at is None or self.between is None:
            return ""
        low, high = self.between
        return f"{start} at about {self.at:.0f}, between {low:.0f} and {high:.0f}"


def crossing_of(points: Sequence[Point]) -> Crossing:
    """The crossing of speedups by batch; they may come in any order, one of each batch."""
    ordered = sorted(points, key=lambda point: point.size)
    answer = break_even(ordered)
    intervals = any(p.low is not None and math.isfinite(p.low) for p in ordered)
    if not ordered or ordered[-1].estimate <= 1:
        return Crossing(answer, intervals=intervals)
    for low, high in reversed(list(pairwise(ordered))):
        if low.estimate <= 1:
            return Crossing(answer, _where(low, high), (low.size, high.size), intervals)
    return Crossing(answer, intervals=intervals)


def _where(low: Point, high: Point) -> float:
    """The batch at which a line through both, in logarithms, is at 1."""
    rise = math.log(high.estimate / low.estimate)
    share = -math.log(low.estimate) / rise
    return low.size * (high.size / low.size) ** share
