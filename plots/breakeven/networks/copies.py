"""Copies of batches: their share of the whole trip, and how much of them a step hides."""

from __future__ import annotations

import pandas as pd

from breakeven.networks.subjects import BatchSweep
from breakeven.quantities import percent, with_prefix
from breakeven.rows import records
from breakeven.run import Run
from breakeven.table import Table

COPIES_NOTE = """\
*share*: both copies over the whole trip of one call. *in turn*: a call after the copy of its own
inputs, in a sequence. *overlapped*: the same while the next inputs are copied. *hidden*: the part
of the copy to the GPU that this saves, (in turn - overlapped) ÷ copy, none below 0 % or above
100 %."""


def trips_of(run: Run, sweep: BatchSweep) -> pd.DataFrame:
    """Of each batch and kind of host memory medians over repetitions, `share` of the copies and
    `hidden` among them, of the engine with the shortest whole trip; none without transfers."""
    rows = run.transfers
    rows = rows[(rows["status"] == "ok") & rows["case"].isin(list(sweep.sizes))]
    if rows.empty:
        return rows
    rows = rows.assign(
        batch=rows["case"].map(sweep.sizes),
        share=(rows["h2d_s"] + rows["d2h_s"]) / rows["end_to_end_s"],
        hidden=(rows["sequence_s"] - rows["overlapped_s"]) / rows["h2d_s"],
    )
    key = ["case", "batch", "host_memory", "implementation"]
    medians = rows.groupby(key, as_index=False).median(numeric_only=True)
    medians["hidden"] = medians["hidden"].clip(0, 1)
    medians = medians.sort_values("end_to_end_s").drop_duplicates(["case", "host_memory"])
    return medians.sort_values(["batch", "host_memory"])


def copies_table(run: Run, sweeps: list[BatchSweep]) -> Table:
    """The copies of every network and batch."""
    table = Table(
        ["<network", "batch", "<memory", "<engine", "to GPU", "copy", "whole trip", "share",
         "in turn", "overlapped", "hidden"]
    )  # fmt: skip
    for sweep in sweeps:
        for row in records(trips_of(run, sweep)):
            times = ("h2d_s", "end_to_end_s", "sequence_s", "overlapped_s")
            copy, whole, sequence, overlapped = (with_prefix(row[name], "s") for name in times)
            table.add(
                sweep.title,
                sweep.name(row["case"]),
                row["host_memory"],
                row["implementation"],
                with_prefix(row["h2d_bytes"], "B"),
                copy,
                whole,
                percent(row["share"]),
                sequence,
                overlapped,
                percent(row["hidden"]),
            )
    return table
