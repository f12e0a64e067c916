"""Changes with their intervals, key by key."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter

from breakeven.compare.comparison import Comparison
from breakeven.compare.verdicts import FASTER, INVALID, SAME, SLOWER, UNSURE
from breakeven.compare.words import key_name
from breakeven.figures.base import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    VERMILION,
    Figure,
    head,
    legend_below,
    new_canvas,
    style,
)

_LOOK = {
    SLOWER: (VERMILION, "D"),
    FASTER: (BLUE, "o"),
    UNSURE: (ORANGE, "s"),
    SAME: (GREEN, "^"),
    INVALID: (GREY, "X"),
}
_ROWS = 36


def effects_figure(one: Comparison) -> Figure | None:
    """The first keys of the table with their intervals and margins; None where no key has a
    change."""
    rows = one.table[np.isfinite(one.table["effect"])]
    if rows.empty:
        return None
    shown = _in_percent(rows.head(_ROWS).iloc[::-1])
    title = f"{one.new.name} against {one.base.name}: change of time"
    about = f"{one.base.fingerprint}. Bars: 95 % interval over repetitions. Grey: margin."
    if len(rows) > len(shown):
        about += f" The {len(shown)} that matter most of {len(rows)} keys."
    with style():
        canvas = new_canvas(1.9 + 0.2 * len(shown))
        axes = canvas.add_subplot()
        places = np.arange(len(shown))
        width = shown["margin"] - shown["below"]
        axes.barh(places, width, left=shown["below"], height=0.9, color="#EAEAEA")
        for verdict, (color, marker) in _LOOK.items():
            chosen = (shown["verdict"] == verdict).to_numpy()
            if not chosen.any():
                continue
            part = shown[chosen]
            ends = (part["change"] - part["low"], part["high"] - part["change"])
            axes.errorbar(
                part["change"].to_numpy(), places[chosen], ls="",
                xerr=np.array([end.fillna(0).to_numpy() for end in ends]),
                color=color, marker=marker, elinewidth=1.2, capsize=2,
                label=f"{verdict} ({one.counts[verdict]})",
            )  # fmt: skip
        axes.axvline(0, color=BLACK, lw=1.2)
        axes.set_yticks(places, [_short(key) for key in shown.index], fontsize=6.5)
        axes.set_ylim(-0.8, len(shown) - 0.2)
        axes.set_xlim(*_limits(shown))
        axes.xaxis.set_major_formatter(
            FuncFormatter(lambda value, _: f"{value:+g} %" if value else "0")
        )
        axes.set_xlabel("change of time (NEW ÷ BASE); slower to the right")
        axes.grid(False, axis="y")
        head(canvas, axes, title, about, 70)
        legend_below(canvas, axes, 5)
    return Figure("effects", title, None, canvas)


def _short(key: tuple[object, ...]) -> str:
    words = key_name(key)
    return words if len(words) <= 72 else words[:34] + "…" + words[-37:]


def _in_percent(rows: pd.DataFrame) -> pd.DataFrame:
    """Effects, their ends and the margin above and below as changes in percent."""
    logs = {"change": rows["effect"], "low": rows["low"], "high": rows["high"],
            "margin": rows["margin"], "below": -rows["margin"]}  # fmt: skip
    return rows.assign(**{name: 100 * np.expm1(values) for name, values in logs.items()})


def _limits(rows: pd.DataFrame) -> tuple[float, float]:
    """Room for the estimates and margins; an interval far beyond leaves the picture."""
    largest = float(rows[["change", "margin"]].abs().max(axis=None))
    wide = rows[["low", "high"]].abs().max(axis=None)
    half = 1.15 * max(largest, min(float(np.nan_to_num(wide)), 2 * largest))
    return -half, half
