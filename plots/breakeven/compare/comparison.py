"""Two runs of one machine: every key's change and verdict, and what only one of them has."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from breakeven.compare.effects import effects
from breakeven.compare.noise import Noise
from breakeven.compare.subject import KEY, Subject, changes, interleaved
from breakeven.compare.verdicts import VERDICTS, judged, with_margins
from breakeven.quantities import counted
from breakeven.rows import doubtful

DEFAULT_MARGIN = 0.02

# The worse of a key's repetitions counts.
_STATUS_RANK = {"failed": 0, "error": 1, "ok": 2, "skipped": 3}


@dataclass
class Comparison:
    """`table`: the keys that both have verified times of, indexed by KEY, worst first, with the
    columns of `effects`, `with_margins` and `judged`. The other tables are indexed by KEY as well
    and have `reason`: `missing` in NEW, `added` in it, `failing` in it (with its `status`, and
    `before`, that in BASE)."""

    base: Subject
    new: Subject
    paired: bool
    margin: float  # ln ratio, as asked for
    noise: Noise | None
    table: pd.DataFrame
    missing: pd.DataFrame
    added: pd.DataFrame
    failing: pd.DataFrame
    changes: list[tuple[str, str, str]] = field(default_factory=list)

    def of(self, verdict: str) -> pd.DataFrame:
        """The keys with that verdict."""
        return self.table[self.table["verdict"] == verdict]

    @property
    def counts(self) -> dict[str, int]:
        """Keys by verdict, those that there are."""
        numbers = {verdict: len(self.of(verdict)) for verdict in VERDICTS}
        return {verdict: number for verdict, number in numbers.items() if number}

    @property
    def ratio(self) -> float:
        """Geometric mean of NEW ÷ BASE over the valid keys, each counted once."""
        valid = self.table["effect"][self.table["reason"] == ""]
        return float(np.exp(valid.mean())) if len(valid) else float("nan")

    def overall(self) -> str:
        """The whole comparison in a line, which says what it is over."""
        problems = self.table.index.get_level_values("case").nunique()
        words = [f"{number} {verdict}" for verdict, number in self.counts.items()]
        words += [
            f"{len(rows)} {name}"
            for name, rows in (
                ("missing", self.missing), ("failing", self.failing), ("added", self.added)
            )
            if len(rows)
        ]  # fmt: skip
        mean = "" if np.isnan(self.ratio) else (
            f"; geometric mean of NEW ÷ BASE over its keys, each once: {self.ratio:.3f}"
        )  # fmt: skip
        over = f"{counted(len(self.table), 'key')} of {counted(problems, 'problem')}"
        return f"Over {over} that both measured: {', '.join(words) or 'nothing'}{mean}."


def compare(
    base: Subject, new: Subject, margin: float = DEFAULT_MARGIN, noise: Noise | None = None
) -> Comparison:
    """Compares two runs of one machine. `margin`: a share, 0.02 for 2 %: no smaller change counts.
    A noise file of another machine is not used."""
    if noise is not None and noise.fingerprint != base.fingerprint:
        noise = None
    least = float(np.log1p(margin))
    paired = interleaved(base, new)
    before, after = _states(base.rows), _states(new.rows)
    both = before.join(after, how="outer", lsuffix="_base", rsuffix="_new")
    base_ok, new_ok = both["status_base"] == "ok", both["status_new"] == "ok"
    # In alternation a key near the end of its time is measured in some rounds and not in others:
    # where BASE had no time for it either in some, that is lack of evidence.
    short = base_ok & ~new_ok & paired
    for side in ("base", "new"):
        short &= both[f"reason_{side}"].fillna("").str.contains("time budget")
    table = _judged(both[(base_ok & new_ok) | short], base, new, paired, least, noise)
    wrong = both["status_new"].isin(["failed", "error"])
    failing = both[wrong].rename(columns={"status_new": "status", "reason_new": "reason"})
    failing = failing.assign(before=failing["status_base"].fillna("absent"))
    missing = both[base_ok & ~new_ok & ~wrong & ~short]
    added = both[new_ok & ~base_ok]
    return Comparison(
        base, new, paired, least, noise, table,
        missing=_with_reason(missing["reason_new"], "not in NEW"),
        added=_with_reason(added["reason_base"], "not in BASE"),
        failing=failing[["status", "before", "reason"]].fillna({"reason": "no reason given"}),
        changes=changes(base, new),
    )  # fmt: skip


def _with_reason(reasons: pd.Series, otherwise: str) -> pd.DataFrame:
    return pd.DataFrame({"reason": reasons.fillna(otherwise)})


def _states(rows: pd.DataFrame) -> pd.DataFrame:
    """Per key its status, the reason of the first row that has one, and the flags that make it
    doubtful where more than half of its repetitions carry one."""
    rank = rows["status"].map(_STATUS_RANK).fillna(_STATUS_RANK["error"]).astype(int)
    words = rows["reason"].where(rows["status"] != "ok")
    flags = pd.Series("", rows.index)
    marked = doubtful(rows)
    flags[marked] = rows["flags"][marked].map(", ".join)
    columns = {"rank": rank, "reason": words, "flags": flags.replace("", None), "marked": marked}
    states = (
        rows.assign(**columns)
        .groupby(KEY, sort=False)
        .agg(rank=("rank", "min"), reason=("reason", "first"), flags=("flags", "first"),
             marked=("marked", "mean"))
    )  # fmt: skip
    names = {number: name for name, number in _STATUS_RANK.items()}
    return states.assign(
        status=states["rank"].map(names), flags=states["flags"].where(states["marked"] > 0.5)
    ).drop(columns=["rank", "marked"])


def _judged(
    both: pd.DataFrame, base: Subject, new: Subject, paired: bool, margin: float,
    noise: Noise | None,
) -> pd.DataFrame:  # fmt: skip
    sound = (one.rows[~doubtful(one.rows)] for one in (base, new))
    table = both[[]].join(effects(*sound, paired), how="left")
    reason = pd.Series("", table.index)
    reason[table["effect"].isna()] = "no round in common"
    for side, name in (("new", "NEW"), ("base", "BASE")):
        flags = both[f"flags_{side}"]
        reason[flags.notna()] = flags.dropna().map(lambda words, name=name: f"{words} in {name}")
    return in_order(judged(with_margins(table.assign(reason=reason), margin, noise, paired)))


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Judged keys, the worst first: by verdict, then by the size of the change."""
    place = table["verdict"].map({verdict: place for place, verdict in enumerate(VERDICTS)})
    size = table["effect"].abs().fillna(0.0)
    return table.iloc[np.lexsort((-size, place))]
