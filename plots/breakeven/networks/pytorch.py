"""Against PyTorch: this project's best engine beside PyTorch's on the same side, of the same file.

CPU against CPU and GPU against GPU, so no pair of the file's. The two were measured one after the
other, not in alternation, and the best engine is chosen by the same repetitions that it is shown
with: the interval (Welch's, over repetitions) knows of neither.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from breakeven.compare.effects import effects
from breakeven.compare.subject import KEY
from breakeven.networks.engines import is_pytorch
from breakeven.networks.subjects import BatchSweep
from breakeven.quantities import NOTHING, times_with_interval, with_prefix
from breakeven.rows import records
from breakeven.table import Table
from breakeven.tables import FLAG_MARK
from breakeven.view import View

PYTORCH_NOTE = """\
Above 1x this project's engine is the faster one. Both are from this run file, measured one after
the other and not in alternation: what drifted on the machine in between is in the ratio and not in
its interval (Welch's, 95 %, over repetitions). The engine is the fastest here by its median, on as
many threads as PyTorch had, in the same arithmetic."""

# What is compared, by field, with its words.
_WHAT = {
    "median_s": "",
    "read_back_s": "results read back each time",
    "latency_s": "one call by itself",
}
_RATIO = ("effect", "low", "high")
_CASE = ["case", "side", "threads", "cache", "math_mode"]


def against_pytorch(view: View, field: str) -> pd.DataFrame:
    """One row per problem, side, threads and implementation of PyTorch: `ours` (its label),
    `base_s` and `new_s` (ours and PyTorch's), `effect` = ln(PyTorch's over ours), `low`, `high`;
    `our_flags` and `flags` of all repetitions of either."""
    cases = view.run.cases
    columns = [*KEY, "status", "median_s"]
    measured = view.rates[[*KEY, "flags"]]  # verified, none of its repetitions void
    rows = cases.drop(columns="flags").assign(median_s=cases[field]).merge(measured, on=KEY)
    rows = rows[(rows["status"] == "ok") & (rows["median_s"] > 0)]
    theirs = rows[rows["implementation"].map(is_pytorch).astype(bool)][columns]
    if theirs.empty:
        return theirs
    medians = rows.groupby(KEY, as_index=False)["median_s"].median()
    medians = medians[~medians["implementation"].map(is_pytorch).astype(bool)]
    best = medians.sort_values("median_s", kind="stable").drop_duplicates(_CASE)
    ours = rows.merge(best[KEY], on=KEY).rename(
        columns={"implementation": "ours", "flags": "our_flags"}
    )
    names = theirs[[*_CASE, "implementation"]].drop_duplicates()
    ours = ours.drop(columns="rung").merge(names, on=_CASE)  # once under each of PyTorch's names
    if ours.empty:
        return ours
    table = effects(ours[columns], theirs, paired=False).reset_index()
    # Flags are sets, by which pandas finds no duplicates.
    table = table.merge(ours.drop_duplicates(KEY)[[*KEY, "ours", "our_flags"]], on=KEY)
    return table.merge(measured, on=KEY)


def pytorch_table(view: View, sweeps: list[BatchSweep]) -> Table:
    """The ratios of every network, batch and side."""
    table = Table(
        ["<network", "batch", "<side", "threads", "<what", "<this project's", "time", "<PyTorch's",
         "time", "<PyTorch ÷ this project"]
    )  # fmt: skip
    found = {field: against_pytorch(view, field) for field in _WHAT}
    for sweep in sweeps:
        for field, words in _WHAT.items():
            rows = found[field]
            rows = rows[rows["case"].isin(list(sweep.sizes)) & (rows["cache"] == view.cache)]
            if rows.empty:
                continue
            rows = rows.assign(batch=rows["case"].map(sweep.sizes))
            for row in records(rows.sort_values(["side", "batch", "threads", "implementation"])):
                table.add(
                    sweep.title,
                    sweep.name(row["case"]),
                    "CPU" if row["side"] == "cpu" else "GPU",
                    str(row["threads"]) if row["threads"] else NOTHING,
                    words or sweep.kind,
                    row["ours"] + (FLAG_MARK if row["our_flags"] else ""),
                    with_prefix(row["base_s"], "s"),
                    row["implementation"] + (FLAG_MARK if row["flags"] else ""),
                    with_prefix(row["new_s"], "s"),
                    times_with_interval(*(np.exp(row[name]) for name in ("effect", "low", "high"))),
                )
    return table
