"""The ladder as bars: every implementation of one problem beside the measured ceiling."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from breakeven.families import Sweep
from breakeven.figures.base import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    Figure,
    head,
    new_canvas,
    style,
)
from breakeven.machine import caption
from breakeven.quantities import counted, percent, prefix_of, with_prefix
from breakeven.rates import widest
from breakeven.rows import records
from breakeven.tables import FLAG_MARK
from breakeven.view import View

_RUNGS = {"naive": (GREY, ""), "tuned": (BLUE, ""), "library": (ORANGE, "///")}
_SIDES = {"cpu": "CPU", "cuda": "GPU"}
_BAR = 0.27  # inch
_COLUMNS = {"rate": 0.40, "of fastest": 0.70, "of ceiling": 1.0}  # right ends


def ladder_figure(view: View, sweep: Sweep) -> Figure | None:
    """The figure of one sweep at a representative size of each side; None where neither side has
    two implementations."""
    sides = {side: ladder_rows(view, sweep, side) for side in _SIDES}
    sides = {side: rows for side, rows in sides.items() if rows}
    if not any(len(rows) > 1 for rows in sides.values()):
        return None
    title = f"{sweep.family.title}: every implementation"
    about = f"{caption(view.run)}. {view.cache.capitalize()} caches, median over repetitions"
    about += "; kernel time on the GPU. Of fastest: of its side." if "cuda" in sides else "."
    if any(row["flags"] for rows in sides.values() for row in rows):
        about += f" {FLAG_MARK} flagged."
    counts = [len(rows) for rows in sides.values()]
    with style():
        canvas = new_canvas(1.5 + sum(0.75 + _BAR * count for count in counts))
        panels = canvas.subplots(
            len(sides), 2, squeeze=False, height_ratios=counts, width_ratios=(1, 0.66)
        )
        for (bars, cells), (side, rows) in zip(panels, sides.items(), strict=True):
            _draw_bars(bars, rows)
            _write_cells(cells, rows)
            _name_problem(bars, sweep, side, rows)
        head(canvas, panels[0, 0], title, about, 78)
        there = {row["rung"] for rows in sides.values() for row in rows}
        handles: list[Any] = [
            Patch(fc=color, hatch=hatch, ec="white", label=rung)
            for rung, (color, hatch) in _RUNGS.items()
            if rung in there
        ]
        handles += panels[0, 0].get_legend_handles_labels()[0][:1]
        canvas.legend(handles=handles, loc="outside lower left", ncols=4)
    return Figure(f"ladder-{sweep.family.slug}", title, sweep.family, canvas)


def ladder_rows(view: View, sweep: Sweep, side: str) -> list[dict[str, Any]]:
    """The side's implementations on the largest of the problems that most of them were measured on
    (of squares the powers of two first), each with the most threads: naive, tuned, libraries, and
    each group by rate."""
    rates = view.rates
    rates = rates[(rates["cache"] == view.cache) & (rates["side"] == side)]
    rates = widest(rates[rates["case"].isin(list(sweep.sizes))])
    if rates.empty:
        return []
    counts = rates.groupby("case").size()
    case = max(
        counts.index,
        key=lambda case: (counts[case], sweep.is_power_of_two(case), sweep.sizes[case]),
    )
    rows = rates[rates["case"] == case]
    order = pd.Series({rung: place for place, rung in enumerate(_RUNGS)})
    rows = rows.assign(place=rows["rung"].map(order).fillna(len(order)))
    return records(rows.sort_values(["place", "rate"]))


def _draw_bars(axes: Axes, rows: list[dict[str, Any]]) -> None:
    factor, prefix = prefix_of(max(row["rate"] for row in rows))
    for place, row in enumerate(rows):
        ceiling = row["rate"] / row["share_of_ceiling"]
        color, hatch = _RUNGS.get(row["rung"], (GREY, "..."))
        axes.barh(place, row["rate"] / factor, 0.72, color=color, hatch=hatch, ec="white", lw=0.5)
        if ceiling > 0:
            axes.plot([ceiling / factor] * 2, [place - 0.42, place + 0.42], color=BLACK, lw=2,
                      solid_capstyle="butt",
                      label="measured ceiling (its dtype, threads, math mode)")  # fmt: skip
    axes.set_yticks(range(len(rows)), [_name(row) for row in rows], fontsize=9)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, None)
    axes.set_xlabel(f"rate [{prefix}{rows[0]['unit']}]")
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)


def _write_cells(axes: Axes, rows: list[dict[str, Any]]) -> None:
    """Rate and shares beside the bars."""
    best = max(row["rate"] for row in rows)
    for place, row in enumerate(rows):
        cells = (with_prefix(row["rate"], row["unit"]), percent(row["rate"] / best),
                 percent(row["share_of_ceiling"]))  # fmt: skip
        for text, x in zip(cells, _COLUMNS.values(), strict=True):
            axes.text(x, place, text, ha="right", va="center", fontsize=9)
    for name, x in _COLUMNS.items():
        axes.text(x, len(rows) - 0.1, name, ha="right", va="center", fontsize=8.5, color="#444444")
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_axis_off()


def _name(row: dict[str, Any]) -> str:
    threads = f", {counted(row['threads'], 'thread')}" if row["side"] == "cpu" else ""
    return f"{row['label']}{threads}{FLAG_MARK if row['flags'] else ''}"


def _name_problem(axes: Axes, sweep: Sweep, side: str, rows: list[dict[str, Any]]) -> None:
    """Beside the bars; what is too long for that, below them."""
    name = sweep.name(rows[0]["case"])
    axes.set_ylabel(f"{_SIDES[side]}, n = {name}" if sweep.square else _SIDES[side])
    if not sweep.square:
        axes.set_xlabel(f"{name}: {axes.get_xlabel()}")
