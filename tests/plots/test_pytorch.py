"""Beside PyTorch: ratios from repetitions, names that stay visible, no part in headlines."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from breakeven.figures.throughput import lines_of
from breakeven.networks.brief import brief_table
from breakeven.networks.engines import engines_of
from breakeven.networks.pytorch import against_pytorch, pytorch_table
from breakeven.networks.subjects import networks_of
from breakeven.run import read_run
from breakeven.terminal import terminal_answer
from breakeven.view import View, view_of
from synthetic_training import SyntheticTraining

CASE = "train/f32/cnn/b8/step"


def view(path: Path, **settings: Any) -> View:
    synthetic = SyntheticTraining(pytorch=True, batches=(4, 8), **settings)
    return view_of(read_run(synthetic.write(path)))


def test_ratio_is_of_the_fastest_of_this_project_on_the_same_side(tmp_path: Path) -> None:
    rows = against_pytorch(view(tmp_path, noise=0.001), "median_s")
    rows = rows[rows["case"] == CASE].set_index(["side", "implementation"])
    assert len(rows) == 4
    cpu = rows.loc["cpu", "pytorch_eager"]
    assert (cpu["ours"], cpu["threads"]) == ("library", 2)
    expected = (3e-4 + 8 * 2.4e-5 / 1.9) / (4e-5 + 8 * 2e-5 / 1.9)
    assert math.exp(cpu["effect"]) == pytest.approx(expected, rel=0.01)
    assert cpu["low"] < cpu["effect"] < cpu["high"]
    assert rows.loc["cuda", "pytorch_compiled"]["ours"] == "tuned"


def test_table_has_steps_read_back_and_single_calls(tmp_path: Path) -> None:
    one = view(tmp_path)
    rows = pytorch_table(one, networks_of(one.run)).rows
    kinds = {(row[0], row[2], row[4]) for row in rows}
    assert kinds == {
        ("cnn, training step", "CPU", "training step"),
        ("cnn, training step", "GPU", "training step"),
        ("cnn, training step", "GPU", "results read back each time"),
        ("cnn, inference", "CPU", "inference"),
        ("cnn, inference", "GPU", "inference"),
        ("cnn, inference", "CPU", "one call by itself"),
        ("cnn, inference", "GPU", "one call by itself"),
    }
    assert all("[" in row[-1] for row in rows)


def test_brief_table_has_training_steps_on_all_threads(tmp_path: Path) -> None:
    rows = brief_table(view(tmp_path, noise=0.001)).rows
    assert [row[:4] for row in rows] == [
        ["cnn", "4", "CPU", "tuned"], ["cnn", "4", "GPU", "naive"],
        ["cnn", "8", "CPU", "library"], ["cnn", "8", "GPU", "tuned"],
    ]  # fmt: skip
    ours, theirs = 4e-5 + 8 * 2e-5 / 1.9, 3e-4 + 8 * 2.4e-5 / 1.9
    images, eager, ratio, compiled = rows[2][4:]
    assert float(images.replace(" ", "")) == pytest.approx(8 / ours, rel=0.01)
    assert float(eager.replace(" ", "")) == pytest.approx(8 / theirs, rel=0.01)
    assert float(ratio.split("x")[0]) == pytest.approx(theirs / ours, rel=0.01)
    assert float(compiled.removesuffix("x")) < float(ratio.split("x")[0])


def test_what_carries_a_flag_is_marked(tmp_path: Path) -> None:
    one = view(tmp_path, noise=0.001)
    rates = one.rates
    for name, side in (("library", "cpu"), ("pytorch_eager", "cuda")):
        chosen = (rates["case"] == CASE) & (rates["implementation"] == name)
        for place in rates.index[chosen & (rates["side"] == side)]:
            rates.at[place, "flags"] = frozenset({"capped"})
    rows = {(row[1], row[2]): row[3:6] for row in brief_table(one).rows}
    assert [cell.endswith("*") for cell in rows["8", "CPU"]] == [False, True, False]
    assert [cell.endswith("*") for cell in rows["8", "GPU"]] == [False, False, True]
    assert not any("*" in cell for side in ("CPU", "GPU") for cell in rows["4", side])
    rows = pytorch_table(one, networks_of(one.run)).rows
    marked = {(row[2], row[5], row[7]) for row in rows if "*" in row[5] + row[7]}
    assert ("CPU", "library*", "pytorch_eager") in marked
    assert ("GPU", "tuned", "pytorch_eager*") in marked


def test_one_repetition_has_no_interval(tmp_path: Path) -> None:
    one = view(tmp_path, repetitions=1)
    assert all(row[-1].endswith("[no interval]")
               for row in pytorch_table(one, networks_of(one.run)).rows)  # fmt: skip


def test_failed_rows_of_either_are_left_out(tmp_path: Path) -> None:
    faults = {(CASE, name): ("failed", "off") for name in ("library", "pytorch_eager")}
    rows = against_pytorch(view(tmp_path, gpu=False, faults=faults), "median_s")
    rows = rows[rows["case"] == CASE]
    assert list(rows["implementation"]) == ["pytorch_compiled"]
    assert list(rows["ours"]) == ["tuned"]


def test_without_pytorch_there_is_no_table(tmp_path: Path) -> None:
    one = view_of(read_run(SyntheticTraining(batches=(4,)).write(tmp_path)))
    assert pytorch_table(one, networks_of(one.run)).rows == []


def test_pytorch_alone_has_nothing_beside_it(tmp_path: Path) -> None:
    names = ("naive", "tuned", "library")
    cases = [f"{kind}/f32/cnn/b{n}{end}"
             for kind, end in (("train", "/step"), ("infer", "")) for n in (4, 8)]  # fmt: skip
    faults = {(case, name): ("error", "it threw") for case in cases for name in names}
    one = view(tmp_path, gpu=False, faults=faults)
    assert pytorch_table(one, networks_of(one.run)).rows == []
    sweep = networks_of(one.run)[0]
    lines = lines_of(one, sweep, engines_of(one, sweep))
    assert [line.words for line in lines] == [
        "CPU pytorch_compiled, 2 threads", "CPU pytorch_eager, 2 threads"
    ]  # fmt: skip


def test_a_faster_pytorch_is_named_and_is_not_this_projects_best(tmp_path: Path) -> None:
    rows = SyntheticTraining(pytorch=True, batches=(4, 8), gpu=False).rows()
    for row in rows:
        if (row.get("case"), row.get("implementation")) == (CASE, "pytorch_eager"):
            row["median_s"] *= 0.01
    (tmp_path / "run.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    one = view_of(read_run(tmp_path))
    assert "pytorch_eager on 2 threads" in " ".join(terminal_answer(one).split())
    sweep = networks_of(one.run)[0]
    best, *_ = lines_of(one, sweep, engines_of(one, sweep))
    assert best.words == "CPU tuned; library from 8 on, 2 threads"
