"""Floors: speedups that must not be lost, whatever the run before had."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from breakeven.errors import InputError
from breakeven.pairs import WINDOWS
from breakeven.quantities import times, times_with_interval
from breakeven.rows import records
from breakeven.run import Run


@dataclass(frozen=True)
class Floor:
    """`pattern` is searched in `<case>/<pairing>/<cache>/<host memory>/<window>` of the pair rows,
    the window being kernel, call or end_to_end; every speedup found must be at least `speedup`."""

    pattern: re.Pattern[str]
    speedup: float


@dataclass(frozen=True)
class FloorResult:
    """One speedup held against a floor."""

    name: str
    floor: float
    estimate: float
    low: float
    high: float
    flags: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the interval's lower end is not below the floor; without an interval it is not
        shown."""
        return not self.flags and self.low >= self.floor

    @property
    def words(self) -> str:
        """12.3x [11.9, 12.7], floor 10x."""
        value = times_with_interval(self.estimate, self.low, self.high)
        marks = f", flagged {', '.join(self.flags)}" if self.flags else ""
        return f"{value}{marks}, floor {times(self.floor)}"


def parse_floor(text: str) -> Floor:
    """'RE=SPEEDUP'; the last '=' divides."""
    pattern, equals, number = text.rpartition("=")
    try:
        speedup = float(number)
    except ValueError:
        speedup = math.nan
    if not equals or not pattern or not 0 < speedup < math.inf:
        raise InputError(f"--floor '{text}' must be 'RE=SPEEDUP', such as 'm1024.*end_to_end=5'")
    return Floor(regular_expression("--floor", pattern), speedup)


def regular_expression(option: str, text: str) -> re.Pattern[str]:
    """Compiles a user's pattern."""
    try:
        return re.compile(text)
    except re.error as error:
        raise InputError(f"{option} '{text}' is no regular expression: {error}") from error


def check_floors(run: Run | None, floors: Sequence[Floor]) -> list[FloorResult]:
    """Every pair of the run that a floor speaks of. A floor that speaks of none is bad input: it
    would hold whatever happened."""
    results: list[FloorResult] = []
    speedups = _speedups(run.pairs) if run is not None else []
    for floor in floors:
        found = [one for one in speedups if floor.pattern.search(one.name)]
        if not found:
            raise InputError(
                f"--floor '{floor.pattern.pattern}' matches none of NEW's {len(speedups)} speedups"
                + ("" if speedups else ": no GPU was measured beside the CPU")
            )
        results += [
            FloorResult(one.name, floor.speedup, one.estimate, one.low, one.high, one.flags)
            for one in found
        ]
    return results


def _speedups(pairs: pd.DataFrame) -> list[FloorResult]:
    found = []
    for row in records(pairs):
        for window in WINDOWS:
            if math.isfinite(row[window]):
                parts = (row["case"], row["pairing"], row["cache"], row["host_memory"],
                         window.removeprefix("speedup_"))  # fmt: skip
                name = "/".join(parts)
                if row["math_mode"] != "default":
                    name += f"/{row['math_mode']}"
                found.append(
                    FloorResult(name, 0.0, row[window], row[f"{window}_low"],
                                row[f"{window}_high"], row["flags"])
                )  # fmt: skip
    return found
