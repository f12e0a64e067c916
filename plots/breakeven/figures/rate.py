"""Rate against size, one line per implementation, with the measured ceilings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from breakeven.families import Sweep
from breakeven.figures.base import (
    BLACK,
    GREY,
    MARKERS,
    PALETTE,
    Figure,
    head,
    legend_below,
    log_axis,
    new_canvas,
    size_axis,
    style,
)
from breakeven.machine import caption
from breakeven.names import label
from breakeven.quantities import counted, with_prefix
from breakeven.rates import ceiling, widest
from breakeven.rows import flagged
from breakeven.view import View

_SIDES = {"cpu": "CPU", "cuda": "GPU"}
_LINES = 8  # of each side: more cannot be told apart
_RUNGS = {"naive": 0, "tuned": 1, "library": 2}


@dataclass(frozen=True)
class Ceiling:
    """A horizontal line."""

    label: str
    rate: float  # in the unit of the sweep
    dashes: Any  # a line style of matplotlib


def rate_figure(view: View, sweep: Sweep) -> Figure | None:
    """The figure of one sweep; None without a measurement."""
    rates = view.rates
    rates = widest(rates[(rates["cache"] == view.cache) & rates["case"].isin(list(sweep.sizes))])
    if rates.empty:
        return None
    repetitions = counted(int(rates["repetitions"].max()), "repetition")
    about = f"{caption(view.run)}. {view.cache.capitalize()} caches, median of {repetitions}."
    rates, left_out = _chosen(rates)
    if left_out:
        about += f" Of each side naive and the fastest; {left_out} more in the tables."
    name = f"rate-{sweep.family.slug}"
    title = f"{sweep.family.title}: rate against size"
    return draw_rates(name, title, sweep, rates, _ceilings(view, sweep, rates), about)


def draw_rates(
    name: str,
    title: str,
    sweep: Sweep,
    rates: pd.DataFrame,
    ceilings: Sequence[Ceiling],
    about: str,
) -> Figure:
    """Draws rows of rates (see rates_of) over their size."""
    lines = _lines(sweep, rates)
    with style():
        in_legend = len(ceilings) + len(lines)
        canvas = new_canvas(5.2 + 0.1 * max(0, in_legend - 12))
        axes = canvas.add_subplot()
        for limit in ceilings:
            words = f"{limit.label}: {with_prefix(limit.rate, f'{sweep.unit}/s')}"
            axes.axhline(limit.rate / 1e9, color=GREY, ls=limit.dashes, lw=1.2, label=words)
        crowded = not sweep.square and len(sweep.sizes) > 60
        for index, (words, rows) in enumerate(lines):
            line = _draw_line(axes, index, words, rows, connected=sweep.square)
            if crowded:
                line.set(markersize=3.5, alpha=0.7)
        marked = rates[flagged(rates)]
        if not marked.empty:
            sizes = marked["case"].map(sweep.sizes)
            axes.plot(sizes, marked["rate"] / 1e9, ls="", marker="x", ms=9, color=BLACK, zorder=5,
                      label="flagged: not in headlines")  # fmt: skip
        size_axis(axes, sweep)
        log_axis(axes, f"rate [{sweep.rate}]")
        head(canvas, axes, title, about)
        legend_below(canvas, axes, 3)
    return Figure(name, title, sweep.family, canvas)


def _chosen(rates: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """At most `_LINES` implementations of each side, shared by its math modes, and how many are
    left out: naive, and those with the highest rates."""
    key = ["side", "math_mode", "rung", "label"]
    best = rates.groupby(key, as_index=False)["rate"].max()
    best["first"] = best["rung"] == "naive"
    best = best.sort_values(["first", "rate"], ascending=False)
    modes = best.groupby("side")["math_mode"].transform("nunique")
    place = best.groupby(["side", "math_mode"]).cumcount()
    kept = best[place < _LINES // modes]
    keys = set(zip(kept["side"], kept["label"], strict=True))
    keep = [key in keys for key in zip(rates["side"], rates["label"], strict=True)]
    return rates[keep], len(best) - len(kept)


def _lines(sweep: Sweep, rates: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Rows by implementation in ladder order, the CPU's first."""
    rates = rates.assign(size=rates["case"].map(sweep.sizes)).sort_values(["size", "case"])
    groups = list(rates.groupby(["side", "label"], sort=False))
    groups.sort(key=lambda g: (g[0][0], _RUNGS.get(g[1]["rung"].iloc[0], 3), g[0][1]))
    return [(_label(rows), rows) for _, rows in groups]


def _label(rows: pd.DataFrame) -> str:
    side, name = rows["side"].iloc[0], rows["label"].iloc[0]
    threads = f", {counted(int(rows['threads'].max()), 'thread')}" if side == "cpu" else ""
    return f"{_SIDES.get(side, side)} {name}{threads}"


def _draw_line(axes: Axes, index: int, words: str, rows: pd.DataFrame, connected: bool) -> Line2D:
    cpu = rows["side"].iloc[0] == "cpu"
    rate, low, high = (rows[name].to_numpy() / 1e9 for name in ("rate", "rate_low", "rate_high"))
    spread = np.nan_to_num(np.clip([rate - low, high - rate], 0, None))
    container = axes.errorbar(
        rows["size"].to_numpy(), rate, yerr=spread,
        color=PALETTE[index % len(PALETTE)], marker=MARKERS[index % len(MARKERS)],
        mfc="white" if cpu else None, ls=("--" if cpu else "-") if connected else "",
        elinewidth=1, label=words,
    )  # fmt: skip
    return container.lines[0]


def _ceilings(view: View, sweep: Sweep, rates: pd.DataFrame) -> list[Ceiling]:
    """Of each side with what it was measured in: a dtype and a math mode."""
    ceilings = []
    dashes = {"cpu": (":", (0, (1, 3))), "cuda": ("-.", (0, (6, 2, 1, 2, 1, 2)))}
    for side, name in _SIDES.items():
        rows = rates[rates["side"] == side]
        threads = int(rows["threads"].max()) if len(rows) else 0
        kinds = rows.drop_duplicates(["dtype", "math_mode"])[["dtype", "math_mode"]]
        if sweep.unit == "B":
            kinds = kinds.head(1)  # memory is the same for all
        for index, (dtype, mode) in enumerate(kinds.itertuples(index=False)):
            rate = ceiling(view.run, f"{sweep.unit}/s", side, dtype, threads, mode)
            if rate > 0:
                what = (
                    f"{name} memory"
                    if sweep.unit == "B"
                    else label(f"{name} ceiling", mode, dtype, sweep.family.dtype)
                )
                words = f", {counted(threads, 'thread')}" if threads else ""
                ceilings.append(Ceiling(what + words, rate, dashes[side][index % 2]))
    return ceilings
