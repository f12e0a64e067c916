"""Every figure of a run."""

from __future__ import annotations

from collections.abc import Iterator

from breakeven.figures.base import Figure
from breakeven.figures.rate import rate_figure
from breakeven.figures.speedup import speedup_figure
from breakeven.figures.time_split import time_split_figure
from breakeven.view import View


def figures_of(view: View) -> Iterator[Figure]:
    """The figures, sweep by sweep, those that have data; one size alone makes no curve."""
    for sweep in view.sweeps:
        if len(view.measured_cases(sweep)) < 2:
            continue
        for draw in (speedup_figure, rate_figure, time_split_figure):
            figure = draw(view, sweep)
            if figure is not None:
                yield figure
