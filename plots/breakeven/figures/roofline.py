"""Roofline of one side: rate against operations per byte, below what the machine was measured to
allow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullLocator

from breakeven.figures.base import (
    GREY,
    MARKERS,
    PALETTE,
    Figure,
    head,
    log_axis,
    new_canvas,
    style,
)
from breakeven.machine import cpu_caption, gpu_name
from breakeven.names import label, place_of
from breakeven.quantities import with_prefix
from breakeven.run import Run
from breakeven.view import View

_SIDES = {"cpu": "CPU", "cuda": "GPU"}
_UNITS = {"fma": ("vectors", "--"), "matrix": ("matrix units", "-")}
_MEMORY = ("triad", "copy")


@dataclass(frozen=True)
class Arithmetic:
    """What operations are done in."""

    dtype: str
    math_mode: str

    @property
    def words(self) -> str:
        """f32, or f32 tf32."""
        return label(self.dtype, self.math_mode, "", "")


@dataclass(frozen=True)
class Roof:
    """A measured limit: FLOP/s, or B/s of a memory."""

    name: str
    value: float


def roofline_figures(view: View) -> Iterator[Figure]:
    """The figure of each side with measurements and ceilings."""
    for side in _SIDES:
        figure = roofline_figure(view, side)
        if figure is not None:
            yield figure


def roofline_figure(view: View, side: str) -> Figure | None:
    """Points are the fastest implementation of each problem; None without a point or a roof."""
    points = fastest_points(view, side)
    roofs = compute_roofs(view.run, side)
    memory = memory_roofs(view.run, side)
    if points.empty or not roofs or not memory:
        return None
    machine = view.run.machine
    name = cpu_caption(machine) if side == "cpu" else gpu_name(machine)
    title = f"Roofline of the {_SIDES[side]}"
    about = (
        f"{name}. Lines: measured in this run. Points: the fastest implementation of each problem, "
        f"{view.cache} caches; bytes count each operand once, so what stays in a cache may lie "
        "above the line of the memory."
    )
    with style():
        canvas = new_canvas(6.0)
        axes = canvas.add_subplot()
        kinds = sorted(set(points["arithmetic"]) | set(roofs),
                       key=lambda a: (place_of(a.dtype), a.math_mode))  # fmt: skip
        looks = {kind: (PALETTE[i % len(PALETTE)], MARKERS[i]) for i, kind in enumerate(kinds)}
        span = _span(points, roofs, memory)
        highest = max(roof.value for found in roofs.values() for roof in found)
        for index, roof in enumerate(memory):
            _draw_memory(axes, roof, span, highest, first=index == 0)
        for kind in kinds:
            _draw_kind(axes, kind, looks[kind], points, roofs.get(kind, []), memory[0], span)
        axes.set_xscale("log")
        axes.set_xlim(*span)
        axes.set_xlabel("arithmetic intensity [FLOP per byte]")
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.xaxis.set_minor_locator(NullLocator())
        log_axis(axes, "rate [GFLOP/s]")
        head(canvas, axes, title, about)
        handles, labels = axes.get_legend_handles_labels()
        canvas.legend(handles, labels, loc="outside lower left", ncols=3, columnspacing=1.2)
    return Figure(f"roofline-{side}", title, None, canvas)


def fastest_points(view: View, side: str) -> pd.DataFrame:
    """The fastest row of each problem in each math mode, with its intensity.

    What only moves data has no place on logarithmic axes.
    """
    rows = view.rates[(view.rates["side"] == side) & (view.rates["cache"] == view.cache)]
    rows = rows[rows["flops"] > 0]
    pairs = zip(rows["dtype"], rows["math_mode"], strict=True)
    rows = rows.assign(arithmetic=[Arithmetic(*pair) for pair in pairs])
    rows = rows.assign(intensity=rows["flops"] / rows["bytes"])
    return rows.sort_values("seconds").drop_duplicates(["case", "math_mode"])


def compute_roofs(run: Run, side: str) -> dict[Arithmetic, list[Roof]]:
    """FLOP/s of vectors and matrix units by arithmetic, on the most threads measured."""
    found: dict[Arithmetic, list[Roof]] = {}
    rows = _widest(run, side)
    for name in _UNITS:
        for _, row in rows[(rows["name"] == name) & (rows["unit"] == "flop/s")].iterrows():
            kind = Arithmetic(row["dtype"], row["math_mode"])
            found.setdefault(kind, []).append(Roof(name, row["value"]))
    return found


def memory_roofs(run: Run, side: str) -> list[Roof]:
    """B/s of the main memory (the better of triad and copy) first, then of the caches."""
    rows = _widest(run, side)
    rows = rows[rows["unit"] == "B/s"]
    main = rows[rows["name"].isin(_MEMORY)]
    if main.empty:
        return []
    caches = rows[rows["name"].str.startswith("cache_read_")].sort_values("value")
    roofs = [Roof("memory", float(main["value"].max()))]
    names = caches["name"].str.removeprefix("cache_read_").str.upper()
    return roofs + [Roof(*row) for row in zip(names, caches["value"], strict=True)]


def _widest(run: Run, side: str) -> pd.DataFrame:
    rows = run.ceilings
    rows = rows[(rows["side"] == side) & (rows["status"] == "ok")]
    return rows[rows["threads"] == rows["threads"].max()]


def _span(
    points: pd.DataFrame, roofs: dict[Arithmetic, list[Roof]], memory: list[Roof]
) -> tuple[float, float]:
    """Intensities from a little left of the points to right of every ridge."""
    ridge = max(roof.value for found in roofs.values() for roof in found) / memory[0].value
    low, high = points["intensity"].min(), points["intensity"].max()
    return float(min(low, ridge / 10) / 1.5), float(max(high, ridge) * 2)


def _draw_memory(
    axes: Axes, roof: Roof, span: tuple[float, float], highest: float, first: bool
) -> None:
    end = min(highest / roof.value, span[1])
    if end <= span[0]:
        return
    ends = np.array([span[0], end])
    words = f"{roof.name}: {with_prefix(roof.value, 'B/s')}"
    width = 2.6 if first else 0.9
    axes.plot(ends, ends * roof.value / 1e9, color=GREY, lw=width, ls="-" if first else ":",
              label=words if first else None)  # fmt: skip
    if not first:
        axes.annotate(
            roof.name, (end, highest / 1e9), (0, 3), textcoords="offset points", ha="center",
            va="bottom", fontsize=8.5, color=GREY,
        )  # fmt: skip


def _draw_kind(
    axes: Axes,
    kind: Arithmetic,
    look: tuple[str, str],
    points: pd.DataFrame,
    roofs: list[Roof],
    memory: Roof,
    span: tuple[float, float],
) -> None:
    color, marker = look
    for roof in roofs:
        unit, dashes = _UNITS[roof.name]
        axes.plot([roof.value / memory.value, span[1]], [roof.value / 1e9] * 2, color=color,
                  ls=dashes, label=f"{kind.words}, {unit}: {with_prefix(roof.value, 'FLOP/s')}"
                  )  # fmt: skip
    mine = points[points["arithmetic"] == kind]
    if not mine.empty:
        axes.plot(mine["intensity"], mine["rate"] / 1e9, ls="", marker=marker, color=color, ms=5,
                  mfc="white", mew=1.3, label=f"{kind.words}, measured")  # fmt: skip
