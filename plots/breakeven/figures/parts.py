"""Where a call's time goes: the parts of a training step, stacked, for every implementation."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from breakeven.families import Sweep, spread
from breakeven.figures.base import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    Figure,
    head,
    new_canvas,
    style,
)
from breakeven.machine import caption
from breakeven.quantities import counted, with_prefix
from breakeven.rates import widest
from breakeven.view import View

_LOOKS = ((BLUE, ""), (GREEN, "..."), (ORANGE, "///"), (SKY, "\\\\\\"), (GREY, ""), (PURPLE, "xxx"))
_PROBLEMS = 3
_BAR = 0.27  # inch
_KEY = ["case", "side", "implementation", "threads"]


def parts_figure(view: View, sweep: Sweep) -> Figure | None:
    """The figure of a sweep's calls that come in parts; None without any."""
    parts = parts_of(view, sweep)
    if parts.empty:
        return None
    cases = [case for case in sweep.sizes if case in set(parts["case"])]
    shown = spread(sweep, cases, _PROBLEMS)
    names = [name for name in parts.columns if name not in (*_KEY, "seconds")]
    title = f"{sweep.family.title}: where a call's time goes"
    about = f"{caption(view.run)}. Warm caches, median over repetitions; at the right the whole."
    if len(shown) < len(cases):
        about += f" {len(shown)} of {counted(len(cases), 'problem')}."
    counts = [int((parts["case"] == case).sum()) for case in shown]
    with style():
        canvas = new_canvas(1.5 + sum(0.4 + _BAR * count for count in counts))
        panels = canvas.subplots(len(shown), 1, sharex=True, squeeze=False, height_ratios=counts)
        for axes, case in zip(panels[:, 0], shown, strict=True):
            _draw(axes, parts[parts["case"] == case], names)
            axes.set_ylabel(sweep.name(case))
        panels[-1, 0].set_xlabel("share of the call [%]")
        head(canvas, panels[0, 0], title, about)
        handles, labels = panels[0, 0].get_legend_handles_labels()
        canvas.legend(handles, labels, loc="outside lower left", ncols=len(names))
    return Figure(f"parts-{sweep.family.slug}", title, sweep.family, canvas)


def parts_of(view: View, sweep: Sweep) -> pd.DataFrame:
    """Of each implementation with the most threads what its parts take [s], by their names, and
    `seconds`, all of them: medians over repetitions, the slowest first within a problem."""
    rows = view.run.cases
    rows = rows[(rows["status"] == "ok") & (rows["cache"] == "warm") & rows["parts"].notna()]
    rows = widest(rows[rows["case"].isin(list(sweep.sizes))].sort_values("repetition"))[_KEY].merge(
        rows, on=_KEY
    )
    if rows.empty:
        return rows
    parts = pd.DataFrame(list(rows["parts"])).drop(columns="closure")
    parts.columns = [name.removesuffix("_s").replace("_", " ") for name in parts.columns]
    names = list(parts.columns)
    medians = rows[_KEY].join(parts).groupby(_KEY, as_index=False).median()
    medians["seconds"] = medians[names].sum(axis=1)
    return medians.sort_values(["case", "seconds"], ascending=[True, False])


def _draw(axes: Axes, rows: pd.DataFrame, names: list[str]) -> None:
    left = pd.Series(0.0, index=range(len(rows)))
    seconds = rows["seconds"].to_numpy()
    for name, (color, hatch) in zip(names, _LOOKS, strict=False):
        share = 100 * rows[name].fillna(0).to_numpy() / seconds
        axes.barh(range(len(rows)), share, 0.72, left=left, color=color, hatch=hatch,
                  edgecolor="white", linewidth=0.5, label=name)  # fmt: skip
        left = left + share
    for place, whole in enumerate(seconds):
        axes.text(101, place, with_prefix(whole, "s"), va="center", fontsize=9)
    labels = [
        f"{name}, {counted(threads, 'thread')}" if side == "cpu" else f"{name} (GPU)"
        for name, side, threads in zip(
            rows["implementation"], rows["side"], rows["threads"], strict=True
        )
    ]
    axes.set_yticks(range(len(rows)), labels, fontsize=9)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, 112)
    axes.set_xticks([0, 25, 50, 75, 100])
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)
