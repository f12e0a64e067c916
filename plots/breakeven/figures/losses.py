"""Loss against step and test accuracy after each epoch, of several trainings in one picture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from breakeven.figures.base import (
    MARKERS,
    PALETTE,
    Figure,
    head,
    legend_below,
    log_axis,
    new_canvas,
    style,
)
from breakeven.training.history import History

_POINTS = 300  # of a curve; more steps are averaged in groups
_DASHES = ("-", "--", "-.", ":")


def loss_figure(histories: Sequence[History]) -> Figure:
    """The figure of trainings of one network on the same data. Curves that lie on each other are
    told apart by their markers, which stand at different steps, and by their dashes."""
    network, data = histories[0].subject
    title = f"{network} on {data}: loss and accuracy of {len(histories)} trainings"
    if len(histories) == 1:
        title = f"{network} on {data}: loss and accuracy"
    group = max(1, -(-max(len(one.loss_by_step) for one in histories) // _POINTS))
    about = "Loss of each step before its update"
    about += f", means of {group} steps in a row." if group > 1 else "."
    about += " Accuracy on test images, each epoch."
    with style():
        canvas = new_canvas(5.6 + 0.18 * len(histories))
        upper, lower = canvas.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        for index, one in enumerate(histories):
            _draw(upper, lower, index, len(histories), one, group)
        log_axis(upper, "loss")
        lower.set_ylabel("test accuracy")
        lower.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))
        lower.set_xlabel("step")
        head(canvas, upper, title, about)
        legend_below(canvas, upper, 1 if len(histories) < 3 else 2)
    return Figure(f"loss-{_slug(f'{network}-{data}')}", title, None, canvas)


def _draw(upper: Axes, lower: Axes, index: int, count: int, one: History, group: int) -> None:
    losses = np.array(one.loss_by_step)
    starts = np.arange(0, len(losses), group)
    sizes = np.diff(np.append(starts, len(losses)))
    means = np.add.reduceat(losses, starts) / sizes
    look = {
        "color": PALETTE[index % len(PALETTE)],
        "marker": MARKERS[index % len(MARKERS)],
        "ls": _DASHES[index % len(_DASHES)],
        "mfc": "white",
    }
    spacing = max(1, len(means) // 12)
    first = spacing * index // count  # so that no marker hides another curve's
    about = one.settings
    words = f"{one.who}, batch {about['batch']}, lr {about['lr']:g}, seed {about['seed']}"
    upper.plot(starts + (sizes + 1) / 2, means, markevery=(first, spacing), label=words, **look)
    ends = list(accumulate(len(epoch.losses) for epoch in one.epochs))
    lower.plot(ends, [epoch.test_accuracy for epoch in one.epochs], **look)


def _slug(words: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.]+", "-", words).strip("-")
