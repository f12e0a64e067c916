"""The break-even size of a sweep: one definition, used by every sentence, table and figure.

The GPU *wins* at a size when the whole 95 % interval of its speedup lies above 1, and the CPU wins
when the whole interval lies below 1; otherwise the size is undecided (also where there is no
interval, with fewer than two repetitions). Where several problems have the same size, a side wins
there only if it wins all of them.

**The break-even size is the smallest measured size from which on the GPU wins at every larger
measured size, up to the largest.** A dip below 1 in the middle of a sweep therefore moves it behind
the dip, one lucky size before it does not count, and if the GPU does not win at the largest size
there is none. Nothing is interpolated: the truth lies between the size before and this one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True)
class Point:
    """Speedup (CPU time over GPU time) at one size; NaN or None where there is no interval."""

    size: float
    estimate: float
    low: float | None
    high: float | None

    @property
    def gpu_wins(self) -> bool:
        """The interval lies above 1."""
        return self.low is not None and self.low > 1

    @property
    def cpu_wins(self) -> bool:
        """The interval lies below 1."""
        return self.high is not None and self.high < 1


class Outcome(Enum):
    """What a sweep says."""

    ALWAYS = "the GPU wins at every measured size"
    FROM = "the GPU wins from a size on"
    NOT_LASTING = "the GPU wins at some sizes, but not up to the largest"
    NEVER = "the GPU wins at no measured size"
    UNMEASURED = "no size was measured"


@dataclass(frozen=True)
class BreakEven:
    """The answer of one sweep."""

    outcome: Outcome
    size: float | None = None  # the break-even size
    below: float | None = None  # the largest measured size below it
    cpu_up_to: float | None = None  # the CPU wins at every size up to this one
    earlier_wins: tuple[float, ...] = ()  # sizes below `size` at which the GPU wins too
    largest: Point | None = None  # at the largest size, the worst where there are several


def break_even(points: Iterable[Point]) -> BreakEven:
    """The break-even size of a sweep, by the rule above; the points may come in any order."""
    by_size: dict[float, list[Point]] = {}
    for point in points:
        by_size.setdefault(point.size, []).append(point)
    sizes = sorted(by_size)
    if not sizes:
        return BreakEven(Outcome.UNMEASURED)
    gpu = [all(point.gpu_wins for point in by_size[size]) for size in sizes]
    cpu = [all(point.cpu_wins for point in by_size[size]) for size in sizes]

    start = len(sizes)
    while start > 0 and gpu[start - 1]:
        start -= 1
    cpu_until = 0
    while cpu_until < len(sizes) and cpu[cpu_until]:
        cpu_until += 1

    if start == 0:
        outcome = Outcome.ALWAYS
    elif start < len(sizes):
        outcome = Outcome.FROM
    else:
        outcome = Outcome.NOT_LASTING if any(gpu) else Outcome.NEVER
    return BreakEven(
        outcome,
        size=sizes[start] if start < len(sizes) else None,
        below=sizes[start - 1] if 0 < start < len(sizes) else None,
        cpu_up_to=sizes[cpu_until - 1] if cpu_until else None,
        earlier_wins=tuple(sizes[i] for i in range(start) if gpu[i]),
        largest=min(by_size[sizes[-1]], key=lambda point: point.estimate),
    )
