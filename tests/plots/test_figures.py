"""Figures: drawn, labelled with units, captioned with the machine, nothing on top of anything."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from PIL import Image

from breakeven.figures import Figure, save
from breakeven.figures.all import figures_of
from breakeven.figures.base import style
from breakeven.figures.roofline import fastest_points, roofline_figure
from breakeven.figures.speedup import speedup_figure
from breakeven.run import read_run
from breakeven.view import View, view_of
from synthetic_run import CPU_MODEL, GPU_MODEL, OTHERS, SQUARES, Synthetic


@pytest.fixture(scope="module")
def figures(gpu_view: View) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures_of(gpu_view)}


def texts(figure: Figure) -> list[Text]:
    with style():
        FigureCanvasAgg(figure.canvas).draw()
    beyond = set()  # labels of ticks outside the view are there, but not drawn
    for axes in figure.canvas.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            beyond |= {tick.label1 for tick in axis.get_major_ticks()
                       if not low <= tick.get_loc() <= high}  # fmt: skip
    found = [text for text in figure.canvas.findobj(Text) if text.get_visible()]
    return [text for text in found if text.get_text().strip() and text not in beyond]


def test_every_sweep_has_its_figures_and_each_side_a_roofline(figures: dict[str, Figure]) -> None:
    of_sweeps = [
        f"{kind}-gemm-f32-nn-{name}"
        for kind in ("ladder", "rate", "speedup", "time")
        for name in ("deepbench", "squares")
    ]
    assert sorted(figures) == sorted([*of_sweeps, "roofline-cpu", "roofline-cuda"])


def test_cpu_only_run_has_what_needs_no_gpu(cpu_view: View) -> None:
    names = {figure.name.partition("-gemm")[0] for figure in figures_of(cpu_view)}
    assert names == {"rate", "ladder", "roofline-cpu"}


def test_a_roofline_has_no_point_of_what_only_moves_data(cpu_view: View) -> None:
    first = cpu_view.rates["case"].iloc[0]
    moving = cpu_view.rates["flops"].where(cpu_view.rates["case"] != first, 0)
    without = replace(cpu_view, rates=cpu_view.rates.assign(flops=moving))
    assert first in set(fastest_points(cpu_view, "cpu")["case"])
    assert first not in set(fastest_points(without, "cpu")["case"])
    figure = roofline_figure(without, "cpu")
    assert figure is not None
    check_layout(figure)


@pytest.mark.parametrize("kind", ["rate", "speedup", "time"])
@pytest.mark.parametrize("name", ["squares", "deepbench"])
def test_axes_are_labelled_and_the_caption_names_the_machine(
    figures: dict[str, Figure], kind: str, name: str
) -> None:
    figure = figures[f"{kind}-gemm-f32-nn-{name}"]
    axes = figure.canvas.axes
    y_label = " ".join(one.get_ylabel() for one in axes)
    assert {"rate": "[GFLOP/s]", "speedup": "CPU time ÷ GPU time", "time": "[%]"}[kind] in y_label
    x_label = axes[-1].get_xlabel()
    assert x_label in ("n (m = n = k)", "work per call [FLOP]", "problem, by work per call")
    caption = axes[0].get_title(loc="left")
    assert CPU_MODEL.split(" 96-Core", maxsplit=1)[0] in caption
    assert GPU_MODEL in caption
    for one in axes:
        assert one.has_data()


@pytest.mark.parametrize("kind", ["rate", "speedup", "time", "ladder"])
@pytest.mark.parametrize("name", ["squares", "deepbench"])
def test_no_text_overlaps_another_or_leaves_the_figure(
    figures: dict[str, Figure], kind: str, name: str
) -> None:
    check_layout(figures[f"{kind}-gemm-f32-nn-{name}"])


def test_ladders_and_rooflines_of_every_dtype_are_laid_out(dtypes_view: View) -> None:
    drawn = [figure for figure in figures_of(dtypes_view) if figure.name[:2] in ("la", "ro")]
    assert len(drawn) == 8
    for figure in drawn:
        check_layout(figure)
        caption = figure.canvas.axes[0].get_title(loc="left")
        assert "AMD EPYC 9R14" in caption or GPU_MODEL in caption


def check_layout(figure: Figure) -> None:
    shown = texts(figure)
    page = figure.canvas.bbox
    boxes = [
        (text.get_text(), text.get_window_extent())
        for text in shown
        if not text.get_rotation() % 90  # the box of slanted text is larger than the text
    ]
    assert len(boxes) > 10
    for text, box in boxes:
        assert page.x0 <= box.x0 < box.x1 <= page.x1 + 1, f"{text!r} is cut"
        assert page.y0 <= box.y0 < box.y1 <= page.y1 + 1, f"{text!r} is cut"
    for (text, box), (other, second) in combinations(boxes, 2):
        width = min(box.x1, second.x1) - max(box.x0, second.x0)
        height = min(box.y1, second.y1) - max(box.y0, second.y0)
        assert min(width, height) < 2, f"{text!r} overlaps {other!r}"


def test_text_is_legible_at_readme_width(figures: dict[str, Figure]) -> None:
    for figure in figures.values():
        inch_to_pixel = 800 / figure.canvas.get_figwidth()
        for text in texts(figure):
            assert text.get_fontsize() / 72 * inch_to_pixel >= 11, text.get_text()


def test_break_even_is_a_line_and_in_words(figures: dict[str, Figure]) -> None:
    axes = figures["speedup-gemm-f32-nn-squares"].canvas.axes[0]
    labels = axes.get_legend_handles_labels()[1]
    assert "end to end, with copies: GPU wins from n = 192 on" in labels
    verticals = {
        line.get_xdata()[0] for line in axes.get_lines() if len(set(line.get_xdata())) == 1
    }
    assert {96, 192} <= verticals


def test_break_even_that_is_not_there_is_said(tmp_path: Path) -> None:
    slow = {f"gemm/f32/nn/m{n}n{n}k{n}": 100.0 for n in SQUARES}
    view = view_of(read_run(Synthetic(slow_gpu=slow).write(tmp_path)))
    figure = speedup_figure(view, view.sweeps[0])
    assert figure is not None
    labels = figure.canvas.axes[0].get_legend_handles_labels()[1]
    assert "end to end, with copies: no size from which on the GPU wins" in labels


def test_flagged_points_are_marked(tmp_path: Path) -> None:
    case = "gemm/f32/nn/m256n256k256"
    flags = {(case, "pair"): ["open"], (case, "openblas"): ["throttled"]}
    view = view_of(read_run(Synthetic(flags=flags).write(tmp_path)))
    marked = [
        figure.name.split("-")[0]
        for figure in figures_of(view)
        if "flagged: not in headlines" in figure.canvas.axes[0].get_legend_handles_labels()[1]
    ]
    assert marked == ["speedup", "rate"]


def test_shares_of_time_add_up(figures: dict[str, Figure]) -> None:
    for axes in figures["time-gemm-f32-nn-squares"].canvas.axes:
        tops = {}
        for bars in axes.containers:
            for bar in bars:
                top = bar.get_y() + bar.get_height()
                tops[bar.get_x()] = max(tops.get(bar.get_x(), 0), top)
        assert all(95 < top < 105 for top in tops.values())


def test_files_are_not_blank_and_the_same_data_give_the_same_svg(
    gpu_view: View, tmp_path: Path
) -> None:
    saved = []
    for directory in (tmp_path / "a", tmp_path / "b"):
        figure = speedup_figure(gpu_view, gpu_view.sweeps[0])
        assert figure is not None
        saved.append(save(figure, directory))
    with Image.open(saved[0][0]) as image:
        pixels = np.asarray(image.convert("RGB"))
    assert pixels.shape[1] == 1280
    assert (pixels[0, 0] == 255).all(), "the background is opaque and white"
    assert 0.01 < (pixels.min(axis=2) < 200).mean() < 0.5
    assert saved[0][1].read_bytes() == saved[1][1].read_bytes()
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [
        path.name for path in saved[0]
    ], "no temporary file is left"


def test_many_problems_still_fit(tmp_path: Path) -> None:
    others = [(m, n, 512) for m in (128, 256, 1000, 5000) for n in (8, 100, 700, 3000, 7000)]
    view = view_of(read_run(Synthetic(squares=[], others=[*others, *OTHERS]).write(tmp_path)))
    for figure in figures_of(view):
        assert figure.canvas.axes
        for text in texts(figure):
            assert text.get_window_extent().x1 <= figure.canvas.bbox.x1 + 1
