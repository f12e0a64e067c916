"""Every figure of a run."""

from __future__ import annotations

from collections.abc import Iterator

from breakeven.figures.base import Figure
from breakeven.figures.ladder import ladder_figure
from breakeven.figures.parts import parts_figure
from breakeven.figures.rate import rate_figure
from breakeven.figures.roofline import roofline_figures
from breakeven.figures.speedup import speedup_figure
from breakeven.figures.throughput import throughput_figure
from breakeven.figures.time_split import time_split_figure
from breakeven.networks.subjects import networks_of
from breakeven.view import View


def figures_of(view: View) -> Iterator[Figure]:
    """The figures, sweep by sweep, those that have data, then those of networks by batch, then a
    roofline of each side. One size alone makes no curve; a pass through a network is a total, not a
    sweep over sizes."""
    for sweep in view.sweeps:
        if sweep.is_pass or not view.measured_cases(sweep):
            continue
        curves = (speedup_figure, rate_figure, time_split_figure)
        several = len(view.measured_cases(sweep)) > 1
        for draw in (*(curves if several else ()), ladder_figure, parts_figure):
            figure = draw(view, sweep)
            if figure is not None:
                yield figure
    for network in networks_of(view.run):
        figure = throughput_figure(view, network)
        if figure is not None:
            yield figure
    yield from roofline_figures(view)
