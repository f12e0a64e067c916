"""How the data change the time: runs of one machine that differ in what their inputs hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from breakeven.machine import caption
from breakeven.quantities import NOTHING, percent, significant, times
from breakeven.rates import KEY
from breakeven.table import Table
from breakeven.view import View

_SIDES = {"cpu": "CPU", "cuda": "GPU"}
_USUAL = "normal"


def fill_groups(views: Sequence[View]) -> list[list[View]]:
    """The runs of one machine with different inputs, the usual ones first."""
    groups: dict[str, dict[str, View]] = {}
    for view in views:
        header = view.run.header
        groups.setdefault(header["fingerprint"], {}).setdefault(_fill(view), view)
    found = [sorted(group.values(), key=lambda view: (_fill(view) != _USUAL, _fill(view)))
             for group in groups.values()]  # fmt: skip
    return [group for group in found if len(group) > 1]


def fill_table(views: Sequence[View]) -> Table:
    """Time with each kind of input over the time with the first, over all configurations that both
    runs measured: a ratio of medians of separate runs."""
    table = Table(
        ["<inputs", "mean", "std. dev.", "zeros", "<side", "rows", "least", "median", "greatest"]
    )
    first = views[0]
    for view in views:
        for side, words in _SIDES.items():
            ratios = _seconds(view, side) / _seconds(first, side)
            ratios = ratios.dropna()
            if ratios.empty:
                continue
            cells = [times(value) for value in (ratios.min(), ratios.median(), ratios.max())]
            if view is first:
                cells = [NOTHING] * 3
            table.add(_fill(view), *_statistics(view), words, str(len(ratios)), *cells)
    return table


def fill_page(views: Sequence[View]) -> str:
    """fills.md: the table with its words."""
    hosts = ", ".join(f"{_fill(v)}: {v.run.header['started']}" for v in views)
    return "\n".join([
        f"# How the data change the time: {caption(views[0].run)}", "",
        f"Time with each kind of input over the time with {_fill(views[0])} inputs, configuration "
        "by configuration. A GPU draws less power on zeros and may clock higher. The runs are "
        f"separate: no pair, no interval ({hosts}).", "",
        fill_table(views).markdown(), "",
    ])  # fmt: skip


def _fill(view: View) -> str:
    return str(view.run.header["fill"])


def _seconds(view: View, side: str) -> pd.Series:
    rates = view.rates
    return rates[rates["side"] == side].set_index(KEY)["seconds"]


def _statistics(view: View) -> tuple[str, str, str]:
    """Of the timed inputs: medians over problems."""
    found: list[dict[str, Any]] = [one for one in view.run.cases["inputs"] if isinstance(one, dict)]
    if not found:
        return NOTHING, NOTHING, NOTHING
    mean, deviation, zeros = (
        float(np.median([one[name] for one in found]))
        for name in ("mean", "standard_deviation", "zero_fraction")
    )
    return significant(mean, 2), significant(deviation, 2), percent(zeros)
