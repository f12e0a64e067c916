"""Ladders and rooflines: what is drawn, and against what."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from breakeven.figures.ladder import ladder_figure, ladder_rows
from breakeven.figures.roofline import (
    Arithmetic,
    compute_roofs,
    fastest_points,
    memory_roofs,
    roofline_figure,
)
from breakeven.run import read_run
from breakeven.view import View, view_of
from synthetic_run import Synthetic


def sweep_of(view: View, dtype: str):
    return next(s for s in view.sweeps if s.square and s.family.dtype == dtype)


def test_rows_climb_by_rung_and_rate_with_the_most_threads(dtypes_view: View) -> None:
    rows = ladder_rows(dtypes_view, sweep_of(dtypes_view, "f32"), "cpu")
    assert [(row["label"], row["threads"]) for row in rows] == [
        ("naive", 1), ("reordered", 2), ("onednn", 2), ("openblas", 2), ("onednn_packed", 2)
    ]  # fmt: skip


def test_math_modes_are_rows_of_their_own_under_their_own_ceiling(dtypes_view: View) -> None:
    rows = ladder_rows(dtypes_view, sweep_of(dtypes_view, "f32"), "cuda")
    ceilings = {row["label"]: row["rate"] / row["share_of_ceiling"] for row in rows}
    assert ceilings["cublas"] == pytest.approx(52e12)
    assert ceilings["cublas_tf32"] == pytest.approx(400e12)


def test_a_stand_in_is_labelled_and_measured_by_its_own_dtype(dtypes_view: View) -> None:
    rows = ladder_rows(dtypes_view, sweep_of(dtypes_view, "f16"), "cpu")
    ceilings = {row["label"]: row["rate"] / row["share_of_ceiling"] for row in rows}
    assert ceilings["onednn (f32)"] == pytest.approx(228e9)
    assert ceilings["onednn (bf16)"] == pytest.approx(460e9)
    assert np.isnan(ceilings["naive"]), "no ceiling of f16 was measured, and none is borrowed"


def test_the_largest_size_with_the_most_implementations_is_shown(tmp_path: Path) -> None:
    largest = "gemm/f32/nn/m512n512k512"
    faults = {(largest, "naive"): ("skipped", "more than the cap of 10 s")}
    view = view_of(read_run(Synthetic(squares=[128, 256, 512], faults=faults).write(tmp_path)))
    assert ladder_rows(view, view.sweeps[0], "cpu")[0]["case"] == "gemm/f32/nn/m256n256k256"


def test_bars_start_at_zero_and_every_row_has_its_figures(dtypes_view: View) -> None:
    figure = ladder_figure(dtypes_view, sweep_of(dtypes_view, "f32"))
    assert figure is not None
    bars, cells = figure.canvas.axes[:2]
    assert bars.get_xlim()[0] == 0
    assert len(bars.patches) == 5
    assert {"onednn_packed, 2 threads", "naive, 1 thread"} <= {
        label.get_text() for label in bars.get_yticklabels()
    }
    texts = [text.get_text() for text in cells.texts]
    assert {"rate", "of fastest", "of ceiling", "100 %"} <= set(texts)
    assert bars.get_ylabel() == "CPU, n = 1024"


def test_roofs_of_vectors_matrix_units_and_memories(dtypes_view: View) -> None:
    roofs = compute_roofs(dtypes_view.run, "cuda")
    names = {kind.words: [(r.name, r.value) for r in found] for kind, found in roofs.items()}
    assert names["f32"] == [("fma", 52e12)]
    assert names["f32 tf32"] == [("matrix", 400e12)]
    assert names["bf16"] == [("matrix", 800e12)]
    cpu = memory_roofs(dtypes_view.run, "cpu")
    assert [(roof.name, roof.value) for roof in cpu] == [
        ("memory", 41e9), ("L2", 340e9), ("L1", 586e9)
    ]  # fmt: skip
    threads = compute_roofs(dtypes_view.run, "cpu")[Arithmetic("f32", "default")]
    assert [roof.value for roof in threads] == [228e9], "on all threads only"


def test_points_are_the_fastest_by_problem_and_math_mode(dtypes_view: View) -> None:
    points = fastest_points(dtypes_view, "cuda")
    mine = points[points["case"] == "gemm/f32/nn/m1024n1024k1024"]
    assert sorted(mine["label"]) == ["cublas", "mma_multistage_tf32"] or sorted(mine["label"]) == [
        "cublas",
        "cublas_tf32",
    ]
    assert set(mine["intensity"]) == {2 * 1024**3 / (4 * 3 * 1024**2)}


def test_no_roofline_without_a_memory_roof(tmp_path: Path) -> None:
    run = read_run(Synthetic(squares=[64]).write(tmp_path))
    run.ceilings = run.ceilings[run.ceilings["name"] == "fma"]
    assert roofline_figure(view_of(run), "cpu") is None
