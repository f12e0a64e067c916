"""Sweeps: problems of one operation, dtype, layout and list, ordered by size.

A list may be one pass through a network, which its file says: its problems belong together whatever
their layout, and have a total.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from breakeven.names import place_of, problem_dtype
from breakeven.quantities import with_prefix
from breakeven.run import Run

T = TypeVar("T")


@dataclass(frozen=True)
class Family:
    """What the problems of a sweep have in common."""

    operation: str
    dtype: str
    layout: str
    list: str

    @property
    def title(self) -> str:
        """For headings: gemm f32 nn, squares."""
        kind = " ".join(word for word in (self.operation, self.dtype, self.layout) if word)
        return f"{kind}, {self.list}" if self.list else kind

    @property
    def slug(self) -> str:
        """For file names: gemm-f32-nn-squares."""
        words = (self.operation, self.dtype, self.layout, self.list)
        return re.sub(r"[^A-Za-z0-9_.]+", "-", "-".join(word for word in words if word))


@dataclass(frozen=True)
class Sweep:
    """The problems of a family by size. The size is n where all problems are square (m = n = k and
    one batch); else the work of one call, floating-point operations or bytes."""

    family: Family
    square: bool
    batch: int
    sizes: dict[str, float]  # case id: size, in ascending order
    calls: dict[str, int] = field(default_factory=dict)  # of a pass: how often each is in it
    rows: dict[str, str] = field(default_factory=dict)  # of a pass: each problem's name in the list
    words: str = ""  # of a pass: what it is
    unit: str = "FLOP"  # of work: FLOP, or B where memory bounds the operation

    @property
    def is_pass(self) -> bool:
        """Whether the problems are those of one pass through a network."""
        return bool(self.words)

    @property
    def axis(self) -> str:
        """Label of the size axis, with its unit."""
        if not self.square:
            return f"work per call [{self.unit}]"
        return "n (m = n = k)" + (f", batch {self.batch}" if self.batch > 1 else "")

    @property
    def rate(self) -> str:
        """What rates are written in: GFLOP/s, or GB/s."""
        return f"G{self.unit}/s"

    @property
    def column(self) -> str:
        """Head of the size column."""
        return "n" if self.square else "problem"

    def at(self, size: float) -> str:
        """A size in words: n = 512, 1.2 GFLOP per call."""
        return f"n = {size:.0f}" if self.square else f"{with_prefix(size, self.unit)} per call"

    def is_power_of_two(self, case: str) -> bool:
        """Whether a problem is a square of a power of two."""
        return self.square and math.log2(self.sizes[case]).is_integer()

    def name(self, case: str) -> str:
        """A problem's name in this sweep: its n, its row's name, or the sizes of its id."""
        if self.is_pass:
            return self.rows[case]
        return f"{self.sizes[case]:.0f}" if self.square else _sizes(case)


def sweeps_of(run: Run) -> list[Sweep]:
    """The sweeps of a run, square ones first, then by size of the list, passes through networks
    last. A problem in several lists is in several sweeps."""
    members: dict[Family, dict[str, float]] = {}
    columns = zip(
        *(run.cases[name] for name in ("case", "operation", "dtype", "tags")), strict=True
    )
    seen: set[str] = set()
    for case, operation, dtype, tags in columns:
        if case in seen:
            continue
        seen.add(case)
        for name in {tag.partition(":")[0] for tag in tags} or {""}:
            layout = "" if name in run.passes else _layout(case)
            family = Family(operation, problem_dtype(case, dtype), layout, name)
            members.setdefault(family, {})[case] = run.work[case][0]
    sweeps = [
        _pass(family, work, run) if family.list in run.passes else _sweep(family, work, run)
        for family, work in members.items()
    ]
    return sorted(sweeps, key=_place)


def spread(sweep: Sweep, cases: Sequence[str], limit: int) -> list[str]:
    """At most `limit` of `cases`, for a table or figure that cannot show all: the powers of two of
    a square sweep if it has enough, else evenly spread with the smallest and the largest."""
    ordered = sorted(cases, key=lambda case: sweep.sizes[case])
    if sweep.square and len(ordered) > limit // 2:
        powers = [case for case in ordered if sweep.is_power_of_two(case)]
        if len(powers) >= 4:
            ordered = powers
    return evenly(ordered, limit)


def evenly(items: Sequence[T], limit: int) -> list[T]:
    """At most `limit` of the items, evenly spread, the first and the last included."""
    if len(items) <= limit:
        return list(items)
    return [items[round(i * (len(items) - 1) / (limit - 1))] for i in range(limit)]


def _layout(case: str) -> str:
    """The third part of operation/dtype/layout/sizes."""
    parts = case.split("/")
    return parts[2] if len(parts) > 3 else ""


def _sizes(case: str) -> str:
    """What follows operation/dtype/layout: for a convolution its direction and all of its sizes."""
    parts = case.split("/")
    return "/".join(parts[3:] or parts[-1:])


def _place(sweep: Sweep) -> tuple[Any, ...]:
    family = sweep.family
    kind = (sweep.is_pass, not sweep.square, sweep.batch > 1)
    return (*kind, family.operation, place_of(family.dtype), family.dtype, -len(sweep.sizes))


def _pass(family: Family, work: dict[str, float], run: Run) -> Sweep:
    calls: dict[str, int] = {}
    rows: dict[str, str] = {}
    for case in work:
        for tag, count in run.multiplicities[case].items():
            name, _, row = tag.partition(":")
            if name == family.list:
                calls[case] = calls.get(case, 0) + count
                rows.setdefault(case, row.removesuffix(f"_{family.dtype}"))
    ordered = dict(sorted(work.items(), key=lambda item: (item[1], item[0])))
    return Sweep(family, False, 1, ordered, calls, rows, run.passes[family.list])


def _sweep(family: Family, work: dict[str, float], run: Run) -> Sweep:
    shapes = {case: _square(run.problems.get(case, {})) for case in work}
    batches = {shape[1] for shape in shapes.values() if shape}
    square = len(batches) == 1 and all(shapes.values())
    sizes = {case: float(shape[0]) if square and shape else work[case]
             for case, shape in shapes.items()}  # fmt: skip
    ordered = dict(sorted(sizes.items(), key=lambda item: (item[1], item[0])))
    unit = run.work[next(iter(work))][1]
    return Sweep(family, square, batches.pop() if square else 1, ordered, unit=unit)


def _square(problem: dict[str, Any]) -> tuple[int, int] | None:
    """(n, batch) of a problem with m = n = k."""
    try:
        m, n, k = (int(problem[name]) for name in ("m", "n", "k"))
        batch = int(problem.get("batch", 1))
    except (KeyError, TypeError, ValueError):
        return None
    return (n, batch) if m == n == k else None
