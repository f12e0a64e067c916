"""What a gate decides, and on which rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from breakeven.compare.comparison import Comparison
from breakeven.compare.verdicts import INVALID, SLOWER, UNSURE
from breakeven.compare.words import key_name
from breakeven.errors import InputError
from breakeven.gate.floors import FloorResult
from breakeven.quantities import counted

OK: Final = 0
REGRESSION: Final = 1
WRONG: Final = 3
NO_EVIDENCE: Final = 4

_WORDS = {
    OK: "passed",
    REGRESSION: "regression",
    WRONG: "a result is wrong",
    NO_EVIDENCE: "not enough evidence",
}


@dataclass
class Gate:
    """A comparison with what the gate was asked for."""

    comparison: Comparison
    floors: list[FloorResult]
    missing: pd.DataFrame  # that nothing allowed
    allowed: pd.DataFrame  # missing, and allowed
    strict: bool

    @property
    def wrong(self) -> pd.DataFrame:
        """Keys of NEW whose result was wrong."""
        failing = self.comparison.failing
        return failing[failing["status"] == "failed"]

    @property
    def broken(self) -> pd.DataFrame:
        """Keys that BASE measured and that ended in an error in NEW."""
        failing = self.comparison.failing
        return failing[(failing["status"] == "error") & (failing["before"] == "ok")]

    @property
    def floors_lost(self) -> list[FloorResult]:
        """Speedups that are not shown to keep their floor."""
        return [one for one in self.floors if not one.holds]

    @property
    def undecided(self) -> int:
        """Keys without a verdict either way."""
        counts = self.comparison.counts
        return counts.get(UNSURE, 0) + counts.get(INVALID, 0)

    @property
    def drifted(self) -> bool:
        """Whether in separate runs the keys became slower together by more than the margin, and
        none alone: that may be the machine as well as the code."""
        one = self.comparison
        slower = one.ratio > np.exp(one.margin)
        return slower and not one.paired and not one.counts.get(SLOWER)

    @property
    def status(self) -> int:
        """Exit status: a wrong result weighs more than a regression, and that more than lack of
        evidence."""
        if len(self.wrong):
            return WRONG
        slower = self.comparison.counts.get(SLOWER, 0)
        if slower or len(self.missing) or len(self.broken) or self.floors_lost:
            return REGRESSION
        return NO_EVIDENCE if self.strict and (self.undecided or self.drifted) else OK

    def sentence(self) -> str:
        """The decision and its reasons in a line."""
        reasons = [
            f"{counted(number, noun)} {what}"
            for number, noun, what in (
                (len(self.wrong), "key", "with a wrong result"),
                (self.comparison.counts.get(SLOWER, 0), "key", "slower"),
                (len(self.broken), "key", "newly in error"),
                (len(self.missing), "key", "missing"),
                (len(self.floors_lost), "speedup", "not shown to keep the floor"),
            )
            if number
        ]
        if self.strict and self.undecided and not reasons:
            reasons.append(f"{counted(self.undecided, 'key')} without evidence")
        if self.drifted:
            reasons.append(
                f"all keys together are {self.comparison.ratio:.3f} times as slow, none of them by "
                "more than its noise: 'ab' tells the machine from the code"
            )
        words = _WORDS[self.status]
        return f"Gate: {words}" + (f" ({', '.join(reasons)})." if reasons else ".")


def decide(
    comparison: Comparison, floors: list[FloorResult], allow_missing: re.Pattern[str] | None,
    strict: bool,
) -> Gate:  # fmt: skip
    """The gate of a comparison. Runs with no key in common decide nothing: bad input."""
    if comparison.table.empty and comparison.failing.empty:
        raise InputError(
            f"{comparison.base.name} and {comparison.new.name} have no measured key in common: "
            "there is nothing to gate (the same preset and filter?)"
        )
    missing = comparison.missing
    names = [key_name(key) for key in missing.index]
    allowed = pd.Series(
        [allow_missing is not None and bool(allow_missing.search(name)) for name in names],
        missing.index, dtype=bool,
    )  # fmt: skip
    return Gate(comparison, floors, missing[~allowed], missing[allowed], strict)
