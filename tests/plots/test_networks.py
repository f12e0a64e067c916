"""Whole networks by batch: what belongs together, who is best, where the GPU begins to win."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from breakeven import cli
from breakeven.break_even import Outcome, Point
from breakeven.figures.throughput import lines_of, throughput_figure
from breakeven.networks.copies import trips_of
from breakeven.networks.crossing import crossing_of
from breakeven.networks.engines import best_of, engines_of, in_turn
from breakeven.networks.section import networks_section
from breakeven.networks.subjects import networks_of
from breakeven.networks.tables import (
    launch_table,
    memory_table,
    speedup_table,
    throughput_table,
)
from breakeven.pairs import pairs_of
from breakeven.run import read_run
from breakeven.view import View, view_of
from synthetic_training import Engine, SyntheticTraining


def view(path: Path, **settings: Any) -> View:
    return view_of(read_run(SyntheticTraining(**settings).write(path)))


def points(*speedups: float, sizes: tuple[int, ...] = (4, 8, 16, 32)) -> list[Point]:
    return [Point(size, one, one / 1.02, one * 1.02)
            for size, one in zip(sizes, speedups, strict=False)]  # fmt: skip


def cuda(overhead_s: float, image_s: float) -> list[Engine]:
    return [Engine("cuda", "tuned", "tuned", overhead_s, image_s, (0,))]


def test_networks_are_not_mixed_and_lists_are_joined(tmp_path: Path) -> None:
    path = SyntheticTraining(networks=("cnn", "mlp"), batches=(8, 2, 4)).write(tmp_path)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        if row.get("case") == "train/f32/cnn/b8/step":
            row["tags"] = ["mine:other"]  # measured for another list
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = networks_of(read_run(path))
    assert [one.title for one in found] == [
        "cnn, training step", "mlp, training step", "cnn, inference", "mlp, inference"
    ]  # fmt: skip
    assert list(found[0].sizes.values()) == [2, 4, 8]
    assert (found[0].at(8), found[0].name("train/f32/cnn/b8/step")) == ("batch 8", "8")


def test_a_run_without_networks_has_no_such_part(gpu_view: View) -> None:
    assert networks_of(gpu_view.run) == []
    assert networks_section(gpu_view, []) == []


def test_problem_of_another_shape_is_no_network(tmp_path: Path) -> None:
    path = SyntheticTraining(batches=(4,), kinds=("train",)).write(tmp_path)
    text = path.read_text()
    for odd in ('"batch": "many"', '"batch": 0', '"batch": null', '"batch": true'):
        path.write_text(text.replace('"network": "cnn", "batch": 4', f'"network": "cnn", {odd}'))
        assert networks_of(read_run(path)) == []


def test_crossing_in_the_middle_is_between_two_batches() -> None:
    found = crossing_of(points(0.25, 0.5, 2.0, 4.0))
    assert found.answer.outcome is Outcome.FROM
    assert (found.answer.size, found.between) == (16, (8, 16))
    assert found.at == pytest.approx(math.sqrt(8 * 16))
    assert found.words == "wins from batch 16 on; crossing at about 11, between 8 and 16"


def test_crossing_over_missing_batches_names_those_measured() -> None:
    found = crossing_of(points(0.5, 2.0, sizes=(4, 64)))
    assert (found.answer.size, found.between) == (64, (4, 64))
    assert found.at == pytest.approx(16)


def test_no_crossing_from_the_start_never_and_unmeasured() -> None:
    always = crossing_of(points(1.5, 2.0, 4.0))
    assert (always.at, always.words) == (None, "wins from the smallest on (batch 4)")
    never = crossing_of(points(0.2, 0.5, 0.9))
    assert (never.at, never.words) == (None, "never wins in this range")
    assert crossing_of([]).words == "not measured"
    assert crossing_of(points(0.5, 2.0, 0.9)).words == (
        "wins at some batches, but not up to the largest"
    )


def test_crossing_behind_a_dip_is_the_last() -> None:
    found = crossing_of(points(2.0, 0.5, 0.5, 2.0))
    assert (found.answer.size, found.between) == (32, (16, 32))


def test_crossing_without_intervals_is_undecided() -> None:
    bare = [Point(size, one, None, None) for size, one in ((4, 0.5), (8, 2.0))]
    assert crossing_of(bare).words == (
        "undecided, no intervals, estimates cross at about 6, between 4 and 8"
    )


@pytest.mark.parametrize(("engines", "words"), [
    (cuda(4e-4, 1e-6), "wins from batch 64 on; crossing at about"),
    (cuda(1e-6, 1e-7), "wins from the smallest on (batch 4)"),
    (cuda(1e-1, 1e-4), "never wins in this range"),
])  # fmt: skip
def test_picture_marks_the_crossing(tmp_path: Path, engines: list[Engine], words: str) -> None:
    one = view(tmp_path, cuda=engines)
    sweep = networks_of(one.run)[0]
    lines = lines_of(one, sweep, engines_of(one, sweep))
    (gpu,) = (line for line in lines if line.words == "GPU tuned, data on the GPU")
    assert gpu.crossing is not None
    assert gpu.crossing.words.startswith(words)
    figure = throughput_figure(one, sweep)
    assert figure is not None
    assert figure.name == "throughput-train-f32-cnn-by-batch"
    (legend,) = figure.canvas.legends
    texts = " ".join(text.get_text() for text in legend.get_texts()).replace("\n", " ")
    assert words in texts
    assert "GPU end to end, copies from and to pageable memory" in texts


def test_without_a_gpu_there_are_the_cpus_lines(tmp_path: Path) -> None:
    one = view(tmp_path, gpu=False)
    sweep = networks_of(one.run)[0]
    lines = lines_of(one, sweep, engines_of(one, sweep))
    assert [line.words for line in lines] == [
        "CPU tuned; library from 8 on, 2 threads", "CPU library, 1 thread"
    ]  # fmt: skip
    assert throughput_figure(one, sweep) is not None
    text = "\n".join(networks_section(one, []))
    assert "Copies of batches" not in text
    assert "Launches" not in text
    assert "speedup" not in text


def test_one_batch_alone_has_no_curve_but_its_tables(tmp_path: Path) -> None:
    one = view(tmp_path, batches=(8,))
    assert throughput_figure(one, networks_of(one.run)[0]) is None
    assert "| GPU | tuned | – |" in "\n".join(networks_section(one, []))


def test_failed_engine_is_left_out_everywhere(tmp_path: Path) -> None:
    case = "train/f32/cnn/b16/step"
    one = view(tmp_path, faults={(case, "library"): ("failed", "loss is 1, expected 2")})
    sweep = networks_of(one.run)[0]
    rows = engines_of(one, sweep)
    best = best_of(rows, "cpu", 2)
    assert in_turn(best) == "the fastest at each batch"  # it changes too often to be told
    assert best.set_index("batch")["label"][16] == "tuned"
    (row,) = (r for r in throughput_table(rows).rows if r[:3] == ["CPU", "library", "2"])
    assert row[3 + sorted(sweep.sizes.values()).index(16)] == "–"


def test_best_is_marked_and_flags_are_shown(tmp_path: Path) -> None:
    path = SyntheticTraining(gpu=False, batches=(4, 8), noise=0.0).write(tmp_path)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        if row.get("implementation") == "tuned" and row["case"] == "train/f32/cnn/b4/step":
            row["flags"] = ["capped"]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    one = view_of(read_run(path))
    table = throughput_table(engines_of(one, networks_of(one.run)[0]))
    assert table.columns == ["<side", "<engine", "threads", "batch 4", "batch 8"]
    assert ["CPU", "tuned", "2", r"**50 532**\*", "56 213"] in table.rows
    assert sum(row[4].startswith("**") for row in table.rows) == 1


def test_hidden_share_is_of_pinned_copies_and_clipped(tmp_path: Path) -> None:
    path = SyntheticTraining(noise=0.0, kinds=("train",), batches=(4, 8, 16)).write(tmp_path)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        if row["kind"] == "transfer" and row["overlapped_s"] is not None:
            if row["case"].endswith("b4/step"):
                row["overlapped_s"] = row["sequence_s"] * 1.5  # slower beside the copy
            if row["case"].endswith("b8/step"):
                row["overlapped_s"] = row["sequence_s"] / 100
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    run = read_run(path)
    trips = trips_of(run, networks_of(run)[0])
    pinned = trips[trips["host_memory"] == "pinned"]
    assert list(pinned["hidden"]) == pytest.approx([0, 1, 0.75])
    assert trips[trips["host_memory"] == "pageable"]["hidden"].isna().all()


def test_launches_and_memory_are_of_those_that_tell(tmp_path: Path) -> None:
    one = view(tmp_path, noise=0.0, batches=(4, 8), kinds=("train",), pytorch=True)
    engines = [(sweep, engines_of(one, sweep)) for sweep in networks_of(one.run)]
    launches = launch_table(engines).rows
    assert ["cnn, training step", "4", "library_graph", "1", "162 µs", "164 µs", "187 µs",
            "1.14x"] in launches  # fmt: skip
    assert all(row[3] == "–" for row in launches if row[2].startswith("pytorch"))
    memory = memory_table(engines)
    assert memory.columns[4:] == [
        "parameters", "gradients", "momentum", "batch", "activations", "workspace", "all"
    ]  # fmt: skip
    assert [row[:4] for row in memory.rows] == [
        ["cnn, training step", "4", "CPU", "tuned"], ["cnn, training step", "8", "CPU", "library"],
        ["cnn, training step", "4", "GPU", "naive"], ["cnn, training step", "8", "GPU", "tuned"],
    ]  # fmt: skip


def test_report_has_the_part(tmp_path: Path) -> None:
    SyntheticTraining(pytorch=True).write(tmp_path)
    assert cli.main(["report", str(tmp_path)]) == 0
    text = (tmp_path / "report.md").read_text()
    for heading in ("cnn, training step", "cnn, inference", "Memory plan", "Copies of batches",
                    "Launches, and reading the loss back", "Against PyTorch"):  # fmt: skip
        assert f"\n### {heading}\n" in text
    assert "(throughput-train-f32-cnn-by-batch.png)" in text
    assert (tmp_path / "throughput-infer-f32-cnn-by-batch.svg").stat().st_size > 10_000
    assert "nan" not in text.lower()


def test_memory_that_is_no_number_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = SyntheticTraining(batches=(4,)).write(tmp_path)
    path.write_text(path.read_text().replace('"parameters": 1000', '"parameters": "much"'))
    assert cli.main(["report", str(tmp_path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "has 'memory' with a value that is no number" in line


def test_epochs_have_a_speedup_of_their_own(tmp_path: Path) -> None:
    for kind, there in (("train", True), ("infer", False)):
        shown = view(tmp_path / kind, batches=(64,), kinds=(kind,))
        (sweep,) = networks_of(shown.run)
        table = speedup_table(shown.run, sweep, pairs_of(shown.run, sweep, shown.settings[0]))
        (row,) = table.rows
        cells = dict(zip([name.lstrip("<") for name in table.columns], row, strict=True))
        assert (cells["epoch"] != "–") == there, cells
        if there:
            half = float(cells["end to end"].split("x")[0]) / 2
            assert float(cells["epoch"].split("x")[0]) == pytest.approx(half, rel=0.02)
