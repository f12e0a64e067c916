"""What each engine does with a network at each batch, and which is the best.

An engine of this project is one of its own or one made of vendors' libraries. PyTorch is neither:
its rows stand under its name and are never the best of this project.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from breakeven.networks.subjects import BatchSweep
from breakeven.quantities import counted
from breakeven.rates import KEY, half_width
from breakeven.view import View

_PYTORCH = "pytorch"
_MEASURED = ("latency_s", "latency_p99_s", "latency_calls", "read_back_s", "launches")


def engines_of(view: View, sweep: BatchSweep) -> pd.DataFrame:
    """The rates (see rates_of) of a network in the headlines' cache state, with `batch`;
    `step_s`, what the host waits for per call with the data in place; `images`, images a second by
    it; `images_low` and `images_high`, the 95 % interval over repetitions; `pytorch`, whether
    it is PyTorch's; and medians over repetitions of what only networks' rows have."""
    rows = view.rates
    rows = rows[(rows["cache"] == view.cache) & rows["case"].isin(list(sweep.sizes))]
    if rows.empty:
        return rows
    rows = rows.merge(_details(view), on=KEY)
    batch = rows["case"].map(sweep.sizes)
    step = rows["call_s"].fillna(rows["seconds"])
    scatter = rows["scatter"].fillna((rows["high"] / rows["low"]) ** 0.5)
    return rows.assign(
        batch=batch,
        step_s=step,
        images=batch / step,
        images_low=batch / step / scatter,
        images_high=batch / step * scatter,
        pytorch=rows["implementation"].map(is_pytorch).astype(bool),
    ).sort_values(["side", "batch"], kind="stable")


def is_pytorch(implementation: str) -> bool:
    """Whether a row is PyTorch's, by its name."""
    return implementation.partition("_")[0] == _PYTORCH


def all_threads(rows: pd.DataFrame) -> int:
    """How many threads "all" are: the most that this project's engines ran on; 0 without any."""
    return max(rows[(rows["side"] == "cpu") & ~rows["pytorch"]]["threads"], default=0)


def best_of(rows: pd.DataFrame, side: str, threads: int, by: str = "step_s") -> pd.DataFrame:
    """At each batch this project's best engine of a side on so many threads (0 for the GPU), in the
    dtype's own arithmetic."""
    chosen = rows[
        (rows["side"] == side)
        & (rows["threads"] == threads)
        & (rows["math_mode"] == "default")
        & ~rows["pytorch"]
        & rows[by].notna()
    ]
    best = chosen.sort_values(by, kind="stable").drop_duplicates("batch")
    return best.sort_values("batch")


def who(side: str, label: str, threads: int) -> str:
    """An engine in words: CPU library, 2 threads."""
    return f"CPU {label}, {counted(threads, 'thread')}" if side == "cpu" else f"GPU {label}"


def in_turn(rows: pd.DataFrame) -> str:
    """The engines of a line by batch: library; picked from 64 on."""
    words: list[str] = []
    last = None
    for name, batch in zip(rows["label"], rows["batch"], strict=True):
        if name != last:
            words.append(name if last is None else f"{name} from {batch:.0f} on")
        last = name
    return "; ".join(words) if len(words) <= 3 else "the fastest at each batch"


def _details(view: View) -> pd.DataFrame:
    """Medians over repetitions, and `scatter`, the factor of the interval of `call_s`."""
    cases = view.run.cases[view.run.cases["status"] == "ok"]
    numbers = {name: pd.to_numeric(cases[name], errors="coerce") for name in _MEASURED}
    numbers["log"] = np.log(cases["call_s"])
    grouped = cases.assign(**numbers).groupby(KEY, sort=False)
    details = grouped.agg(
        **{name: (name, "median") for name in _MEASURED},
        memory=("memory", "first"),
        std=("log", "std"),
        calls=("log", "count"),
    ).reset_index()
    half = half_width(details["std"].to_numpy(float), details["calls"].to_numpy(float))
    return details.assign(scatter=np.exp(half)).drop(columns=["std", "calls"])
