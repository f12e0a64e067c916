"""Where the end-to-end time goes: copies and compute, stacked."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from breakeven.families import Sweep, spread
from breakeven.figures.base import BLUE, GREY, ORANGE, SKY, Figure, head, new_canvas, style
from breakeven.machine import caption
from breakeven.quantities import counted, with_prefix
from breakeven.view import View

_PARTS = {
    "part_h2d_s": ("copy to the GPU", BLUE, "///"),
    "part_compute_s": ("compute", ORANGE, ""),
    "part_d2h_s": ("copy back", SKY, "\\\\\\"),
    "part_host_s": ("launch and synchronise", GREY, "..."),
}
_BARS = 10


def time_split_figure(view: View, sweep: Sweep) -> Figure | None:
    """The figure of one sweep's end-to-end regions; None without any."""
    shares = _shares(view, sweep)
    if shares.empty:
        return None
    cases = [case for case in sweep.sizes if case in set(shares["case"])]
    shown = spread(sweep, cases, _BARS)
    memories = sorted(set(shares["host_memory"]))
    title = f"{sweep.family.title}: where the end-to-end time goes"
    about = f"{caption(view.run)}. Above the bars: the whole, median over repetitions."
    if len(shown) < len(cases):
        about += f" {len(shown)} of {counted(len(cases), 'problem')}."
    with style():
        canvas = new_canvas(1.9 + 1.9 * len(memories) + (0 if sweep.square else 0.6))
        rows = canvas.subplots(len(memories), 1, sharex=True, squeeze=False)
        for axes, memory in zip(rows[:, 0], memories, strict=True):
            there = shares[shares["host_memory"] == memory].set_index("case").reindex(shown)
            _draw(axes, there)
            axes.set_ylabel(f"{memory} memory\nshare of time [%]")
        last = rows[-1, 0]
        last.set_xticks(range(len(shown)), [sweep.name(case) for case in shown])
        last.set_xlabel(sweep.axis if sweep.square else "problem, by work per call")
        if not sweep.square:
            last.tick_params(axis="x", labelrotation=25, labelsize=8.5)
            for label in last.get_xticklabels():
                label.set(ha="right", rotation_mode="anchor")
        head(canvas, rows[0, 0], title, about)
        handles, labels = rows[0, 0].get_legend_handles_labels()
        canvas.legend(handles, labels, loc="outside lower left", ncols=4)
    return Figure(f"time-{sweep.family.slug}", title, sweep.family, canvas)


def _shares(view: View, sweep: Sweep) -> pd.DataFrame:
    """Per problem and kind of memory the parts' share of the whole and the whole: medians over the
    repetitions whose parts add up, of the GPU implementation with the shortest whole."""
    rows = view.run.transfers
    unclosed = rows["flags"].map(lambda flags: "open" in flags).astype(bool)
    rows = rows[(rows["status"] == "ok") & ~unclosed & rows["case"].isin(list(sweep.sizes))]
    rows = rows.dropna(subset=["end_to_end_s", *_PARTS])
    if rows.empty:
        return rows
    shares = rows[list(_PARTS)].div(rows["end_to_end_s"], axis=0)
    rows = rows[["case", "host_memory", "implementation", "end_to_end_s"]].join(shares)
    medians = rows.groupby(["case", "host_memory", "implementation"], as_index=False).median()
    return medians.sort_values("end_to_end_s").drop_duplicates(["case", "host_memory"])


def _draw(axes: Axes, shares: pd.DataFrame) -> None:
    places = np.arange(len(shares))
    bottom = np.zeros(len(shares))
    for part, (label, color, hatch) in _PARTS.items():
        height = 100 * np.nan_to_num(shares[part].to_numpy())
        axes.bar(places, height, bottom=bottom, width=0.72, color=color, hatch=hatch,
                 edgecolor="white", linewidth=0.5, label=label)  # fmt: skip
        bottom = bottom + height
    for place, top, whole in zip(places, bottom, shares["end_to_end_s"], strict=True):
        if whole == whole:
            axes.annotate(with_prefix(whole, "s"), (place, max(top, 100)), (0, 2),
                          textcoords="offset points", ha="center", fontsize=8.5)  # fmt: skip
    axes.set_ylim(0, 118)
    axes.set_yticks([0, 25, 50, 75, 100])
    axes.grid(axis="x", visible=False)
