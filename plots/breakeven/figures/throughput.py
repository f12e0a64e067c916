"""Images a second against the size of a batch, both sides, and where the GPU begins to win."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullLocator

from breakeven.figures.base import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    Figure,
    head,
    legend_below,
    log_axis,
    new_canvas,
    style,
)
from breakeven.machine import caption
from breakeven.networks.copies import trips_of
from breakeven.networks.crossing import Crossing, crossing_of
from breakeven.networks.engines import all_threads, best_of, engines_of, in_turn, who
from breakeven.networks.subjects import BatchSweep
from breakeven.pairs import pairs_of, points_of
from breakeven.quantities import counted
from breakeven.rows import flagged
from breakeven.view import View

_THICK, _THIN = 2.0, 1.0
_LEGEND = 92  # characters: wider lines leave the picture


@dataclass(frozen=True)
class Line:
    """A curve; `rows` with `batch`, `images` and, where there are intervals, their ends."""

    words: str
    rows: pd.DataFrame
    color: str
    marker: str
    dashes: Any = "-"
    width: float = _THICK
    crossing: Crossing | None = None  # of this line and the CPU's


def throughput_figure(view: View, sweep: BatchSweep) -> Figure | None:
    """The figure of one network, trained or used; None where nothing was measured or one batch
    alone, which makes no curve."""
    rows = engines_of(view, sweep)
    if rows.empty or rows["batch"].nunique() < 2:
        return None
    lines = lines_of(view, sweep, rows)
    if not lines:
        return None
    title = f"{sweep.title}: images a second against batch size"
    about = f"{caption(view.run)}. {view.cache.capitalize()} caches, median of "
    about += f"{counted(int(rows['repetitions'].max()), 'repetition')}; bars: 95 % interval."
    if any(line.crossing and line.crossing.at for line in lines):
        about += " Upright: where the speedup crosses 1, between two batches."
    with style():
        canvas = new_canvas(4.7 + 0.18 * len(lines))
        axes = canvas.add_subplot()
        for line in lines:
            _draw(axes, line)
        marked = [rows[flagged(rows)] for rows in (one.rows for one in lines) if "flags" in rows]
        if any(len(rows) for rows in marked):
            every = pd.concat(marked)
            axes.plot(every["batch"], every["images"], ls="", marker="x", ms=9, color=BLACK,
                      zorder=5, label="flagged: not in headlines")  # fmt: skip
        axes.set_xscale("log", base=2)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xlabel(sweep.axis)
        log_axis(axes, "images/s")
        head(canvas, axes, title, about)
        legend_below(canvas, axes, 1)
    return Figure(f"throughput-{sweep.family.slug}", title, sweep.family, canvas)


def lines_of(view: View, sweep: BatchSweep, rows: pd.DataFrame) -> list[Line]:
    """The curves: each side's best, the CPU's on one thread, the GPU's with copies, PyTorch's."""
    lines = []
    threads = all_threads(rows)
    looks = ((threads, BLUE, "o", "-", _THICK), (1, SKY, "s", "--", _THIN))
    for count, color, marker, dashes, width in looks[: 2 if threads > 1 else 1]:
        best = best_of(rows, "cpu", count)
        if not best.empty:
            words = who("cpu", in_turn(best), count)
            lines.append(Line(words, best, color, marker, dashes, width))
    crossings = _crossings(view, sweep)
    best = best_of(rows, "cuda", 0)
    if not best.empty:
        words = f"GPU {in_turn(best)}, data on the GPU"
        lines.append(Line(words, best, VERMILION, "D", crossing=crossings.get("speedup_call")))
    trips = trips_of(view.run, sweep)
    memory = view.settings[0].host_memory if view.settings else "pageable"
    trips = trips[trips["host_memory"] == memory] if len(trips) else trips
    if not trips.empty:
        trips = trips.assign(images=trips["batch"] / trips["end_to_end_s"])
        words = f"GPU end to end, copies from and to {memory} memory"
        crossing = crossings.get("speedup_end_to_end")
        lines.append(Line(words, trips, ORANGE, "^", "-.", crossing=crossing))
    return lines + _pytorch_lines(rows)


def _pytorch_lines(rows: pd.DataFrame) -> list[Line]:
    theirs = rows[rows["pytorch"]]
    markers = {"cpu": "v<1", "cuda": "P>2"}
    lines = []
    for side, color in (("cpu", GREEN), ("cuda", PURPLE)):
        own = theirs[theirs["side"] == side]
        own = own[own["threads"] == own["threads"].max()]
        for place, (label, group) in enumerate(own.groupby("label")):
            words = who(side, str(label), int(group["threads"].max()))
            dashes = (":", (0, (5, 1, 1, 1)))[place % 2]
            marker = markers[side][place % 3]
            lines.append(Line(words, group, color, marker, dashes, _THIN))
    return lines


def _crossings(view: View, sweep: BatchSweep) -> dict[str, Crossing]:
    """Of the headlines' pairs with the data on the GPU, and end to end."""
    if not view.settings:
        return {}
    pairs = pairs_of(view.run, sweep, view.settings[0])
    rows = pairs.unflagged() if len(pairs.unflagged()) else pairs.sound()
    windows = ("speedup_call", "speedup_end_to_end")
    return {window: crossing_of(points_of(rows, window)) for window in windows}


def _draw(axes: Axes, line: Line) -> None:
    rows = line.rows
    rate = rows["images"].to_numpy()
    spread = None
    if "images_low" in rows:
        ends = (rate - rows["images_low"].to_numpy(), rows["images_high"].to_numpy() - rate)
        spread = np.nan_to_num(np.clip(np.array(ends), 0, None))
    words = line.words
    if line.crossing is not None:
        words = textwrap.fill(f"{words}: {line.crossing.words}", _LEGEND)
        if line.crossing.at is not None:
            axes.axvline(line.crossing.at, color=line.color, ls=line.dashes, lw=1, zorder=1)
    thick = line.width == _THICK
    axes.errorbar(
        rows["batch"].to_numpy(), rate, yerr=spread, color=line.color, marker=line.marker,
        ls=line.dashes, lw=line.width, elinewidth=1, capsize=2, label=words,
        mfc=None if thick else "white", ecolor=line.color if thick else GREY,
    )  # fmt: skip
