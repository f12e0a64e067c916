"""What all figures share: size, colours, captions, files.

Colours are Okabe and Ito's, which people with any common colour blindness can tell apart; markers
and line styles say the same once more. The background is white and opaque, so that a figure can be
read on a dark page too.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import EngFormatter, FuncFormatter, LogLocator, NullFormatter, NullLocator

from breakeven.families import Family, Sweep
from breakeven.output import write_whole

BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, BLACK, GREY = "#CC79A7", "#56B4E9", "#000000", "#767676"
PALETTE = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, BLACK)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")

_LONG_LABEL = 33  # characters: three columns of them are wider than the figure
WIDTH = 8.0  # inch; a README shows it at about 800 pixels
_STYLE: Any = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same everywhere
    "font.size": 10,
    "axes.grid": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": "#E2E2E2",
    "legend.frameon": False,
    "legend.fontsize": 9,
    "lines.linewidth": 1.6,
    "lines.markersize": 5.5,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.hashsalt": "breakeven",  # the same data give the same file
}


@dataclass
class Figure:
    """A figure drawn and not yet saved."""

    name: str  # of its files, without ending
    title: str
    sweep: Family | None
    canvas: Canvas


@contextmanager
def style() -> Iterator[None]:
    """Our settings of matplotlib, while drawing and saving."""
    with mpl.rc_context():
        mpl.rcdefaults()  # whatever a user's matplotlibrc says
        mpl.rcParams.update(_STYLE)
        yield


def new_canvas(height: float) -> Canvas:
    """An empty figure of README width."""
    return Canvas(figsize=(WIDTH, height), dpi=160, layout="constrained")


def head(canvas: Canvas, axes: Axes, title: str, caption: str, width: int = 108) -> None:
    """Title and, below it, the caption that names the machine, in lines of `width` characters."""
    wrapped = "\n".join(textwrap.wrap(title, 72, break_on_hyphens=False))
    canvas.suptitle(wrapped, x=0.012, ha="left", fontsize=12, fontweight="bold")
    axes.set_title(
        "\n".join(textwrap.wrap(caption, width, break_on_hyphens=False)),
        loc="left", fontsize=8.5, color="#444444", x=0, pad=8,
    )  # fmt: skip


def legend_below(canvas: Canvas, axes: Axes, columns: int) -> None:
    """The legend under the plot, where no curve can run into it."""
    handles, labels = axes.get_legend_handles_labels()
    if columns > 2 and max((len(text) for text in labels), default=0) > _LONG_LABEL:
        columns -= 1
    canvas.legend(handles, labels, loc="outside lower left", ncols=columns, columnspacing=1.5)


def size_axis(axes: Axes, sweep: Sweep) -> None:
    """The logarithmic size axis: powers of two for n, prefixes for work."""
    axes.set_xlabel(sweep.axis)
    if sweep.square:
        axes.set_xscale("log", base=2)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))
    else:
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(EngFormatter())
    axes.xaxis.set_minor_locator(NullLocator())


def log_axis(axes: Axes, label: str, suffix: str = "") -> None:
    """The logarithmic value axis with plain numbers."""
    axes.set_yscale("log")
    axes.set_ylabel(label)
    low, high = axes.get_ylim()
    steps = (1.0, 2.0, 5.0) if high / low < 300 else (1.0,)
    axes.yaxis.set_major_locator(LogLocator(10, subs=steps, numticks=20))
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:,.12g}".replace(",", " ") + suffix)
    )
    axes.yaxis.set_minor_formatter(NullFormatter())


def save(figure: Figure, directory: Path, about: str = "") -> list[Path]:
    """Writes `<name>.png` and `<name>.svg`; `about` goes into their metadata. No date goes in: the
    same data give the same files."""
    paths = [directory / f"{figure.name}.{ending}" for ending in ("png", "svg")]
    with style():
        for path in paths:
            metadata: dict[str, Any] = {"Title": figure.title, "Description": about}
            metadata |= {"Date": None} if path.suffix == ".svg" else {"Software": "Breakeven"}
            write_whole(path, partial(figure.canvas.savefig, metadata=metadata))
    return paths
