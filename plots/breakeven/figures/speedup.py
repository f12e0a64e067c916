"""Speedup against size with intervals, the line at 1 and the break-even sizes."""

from __future__ import annotations

from matplotlib.axes import Axes

from breakeven.families import Sweep
from breakeven.figures.base import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    VERMILION,
    Figure,
    head,
    legend_below,
    log_axis,
    new_canvas,
    size_axis,
    style,
)
from breakeven.machine import caption
from breakeven.pairs import WINDOWS, SizedPairs, break_even_of, points_of
from breakeven.rows import flagged
from breakeven.view import View

_LOOK = {
    "speedup_kernel": (BLUE, "o", ":"),
    "speedup_call": (GREEN, "s", "--"),
    "speedup_end_to_end": (VERMILION, "D", "-"),
}


def speedup_figure(view: View, sweep: Sweep) -> Figure | None:
    """The figure of one sweep's pair rows; None without any."""
    pairs = view.pairs(sweep)
    if pairs is None:
        return None
    title = f"{sweep.family.title}: GPU over the fastest CPU implementation"
    about = f"{caption(view.run)}. {pairs.setting.brief.capitalize()}. Bars: 95 % interval."
    with style():
        canvas = new_canvas(4.9)
        axes = canvas.add_subplot()
        for window, words in WINDOWS.items():
            _draw(axes, pairs, window, words)
        marked = pairs.rows[flagged(pairs.rows)]
        if not marked.empty:
            axes.plot(marked["size"], marked["speedup_end_to_end"], ls="", marker="x", ms=9,
                      color=BLACK, label="flagged: not in headlines")  # fmt: skip
        axes.axhline(1, color=BLACK, lw=1.2)
        size_axis(axes, sweep)
        log_axis(axes, "speedup (CPU time ÷ GPU time)", "x")
        _name_the_halves(axes)
        head(canvas, axes, title, about)
        legend_below(canvas, axes, 1)
    return Figure(f"speedup-{sweep.family.slug}", title, sweep.family, canvas)


def _draw(axes: Axes, pairs: SizedPairs, window: str, words: str) -> None:
    color, marker, dashes = _LOOK[window]
    points = points_of(pairs.rows, window)
    if not points:
        return
    headline = pairs.unflagged() if len(pairs.unflagged()) else pairs.sound()
    answer = break_even_of(headline, window)
    if answer.size is None:
        label = f"{words}: no size from which on the GPU wins"
    else:
        label = f"{words}: GPU wins from {pairs.sweep.at(answer.size)} on"
        axes.axvline(answer.size, color=color, ls=dashes, lw=1)
    spread = [
        [p.estimate - p.low if p.low == p.low and p.low is not None else 0 for p in points],
        [p.high - p.estimate if p.high == p.high and p.high is not None else 0 for p in points],
    ]
    axes.errorbar(
        [p.size for p in points], [p.estimate for p in points], yerr=spread, color=color,
        marker=marker, ls=dashes if pairs.sweep.square else "", elinewidth=1, capsize=2,
        label=label,
    )  # fmt: skip


def _name_the_halves(axes: Axes) -> None:
    """Says on which side of 1 who wins, at the right edge where no label of an axis stands."""
    low, high = axes.get_ylim()
    for above, words in ((True, "GPU faster"), (False, "CPU faster")):
        if (above and high > 1.3) or (not above and low < 0.75):
            axes.annotate(
                words, xy=(1, 1), xycoords=("axes fraction", "data"), ha="right",
                xytext=(0, 4 if above else -4), textcoords="offset points",
                va="bottom" if above else "top", fontsize=8.5, color=GREY,
            )  # fmt: skip
