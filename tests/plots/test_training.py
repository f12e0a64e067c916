"""Trainings side by side: loss curves, the table, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from breakeven import cli
from breakeven.figures.losses import loss_figure
from breakeven.training.history import is_training, read_history
from breakeven.training.page import training_table
from synthetic_training import SyntheticTraining, history


def test_several_trainings_are_one_picture_and_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history(tmp_path / "cpu")
    history(tmp_path / "gpu", side="cuda", engine="tuned_graph", epochs=6)
    folders = [str(tmp_path / name) for name in ("cpu", "gpu")]
    assert cli.main(["report", *folders, "--out", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out/training.md").read_text()
    assert "![cnn_8x8 on digits: loss and accuracy of 2 trainings](loss-cnn_8x8-digits.png)" in page
    assert "| CPU tuned | 32 | lr 0.05, momentum 0.9 | 0 | 4 |" in page
    assert "| GPU tuned_graph | 32 |" in page
    assert "73.8 % (epoch 6) | 32 000 | 0 % |" in page
    assert (tmp_path / "out/loss-cnn_8x8-digits.png").stat().st_size > 10_000
    assert not (tmp_path / "cpu/training.md").exists()
    shown = capsys.readouterr().out
    assert "GPU tuned_graph" in shown
    assert shown.rstrip().endswith("Report: " + str(tmp_path / "out/training.md"))


def test_runs_and_trainings_may_come_together(tmp_path: Path) -> None:
    SyntheticTraining(batches=(4, 8), gpu=False).write(tmp_path / "run")
    history(tmp_path / "training", weight_decay=1e-4)
    assert cli.main(["report", str(tmp_path / "run"), str(tmp_path / "training")]) == 0
    assert (tmp_path / "run/report.md").is_file()
    assert "weight decay 0.0001" in (tmp_path / "training/training.md").read_text()


def test_other_networks_and_data_are_other_pictures(tmp_path: Path) -> None:
    sources = [history(tmp_path / "a"), history(tmp_path / "b", network="mlp_8x8"),
               history(tmp_path / "c", data="cifar10:/some/where")]  # fmt: skip
    assert cli.main(["report", *map(str, sources), "--out", str(tmp_path)]) == 0
    page = (tmp_path / "training.md").read_text()
    assert page.count("\n## ") == 3
    assert sorted(path.name for path in tmp_path.glob("*.png")) == [
        "loss-cnn_8x8-cifar10-some-where.png", "loss-cnn_8x8-digits.png", "loss-mlp_8x8-digits.png"
    ]  # fmt: skip


def test_losses_are_compared_only_where_they_must_agree(tmp_path: Path) -> None:
    changes = ({}, {"seed": 1}, {"dtype": "bf16"}, {"engine": "naive"})
    sources = [history(tmp_path / str(i), **change) for i, change in enumerate(changes)]
    table = training_table([read_history(one) for one in sources])
    assert [row[-1] for row in table.rows] == ["–", "–", "–", "0 %"]
    assert [row[0] for row in table.rows] == [
        "CPU tuned",
        "CPU tuned",
        "CPU tuned bf16",
        "CPU naive",
    ]


def test_many_steps_are_averaged(tmp_path: Path) -> None:
    figure = loss_figure([read_history(history(tmp_path, epochs=100))])
    line = figure.canvas.axes[0].lines[0]
    assert 250 <= len(line.get_xdata()) <= 300
    assert "means of 7 steps" in figure.canvas.axes[0].get_title(loc="left")


def test_an_epoch_that_was_done_again_counts_once(tmp_path: Path) -> None:
    file = history(tmp_path)
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines, lines[-1].replace('"loss": ', '"loss": 1')]) + "\n")
    found = read_history(tmp_path)
    assert [epoch.number for epoch in found.epochs] == [1, 2, 3, 4]
    assert found.epochs[-1].loss > 1


def test_a_cut_line_is_left_out_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = history(tmp_path)
    file.write_bytes(file.read_bytes()[:-30])
    assert cli.main(["report", str(tmp_path)]) == 0
    assert "WARNING: the last line of" in capsys.readouterr().out
    assert "> **Incomplete:**" in (tmp_path / "training.md").read_text()
    assert len(read_history(tmp_path).epochs) == 3


def test_a_folder_with_a_run_is_a_run(tmp_path: Path) -> None:
    history(tmp_path)
    assert is_training(tmp_path)
    SyntheticTraining(batches=(4,)).write(tmp_path)
    assert not is_training(tmp_path)
    assert is_training(tmp_path / "history.jsonl")


@pytest.mark.parametrize(("edit", "words"), [
    (lambda text: "", "is empty"),
    (lambda text: text.split("\n", 1)[1], "does not begin with the training's settings"),
    (lambda text: text.split("\n")[0] + "\n", "holds no epoch"),
    (lambda text: text.replace('"engine": "tuned", ', ""), "lacks the field 'engine'"),
    (lambda text: text.replace('"batch": 32', '"batch": 0'), "batch must be at least 1"),
    (lambda text: text.replace('"images": 640', '"images": null'), "'images' of the wrong type"),
    (lambda text: text.replace('"losses": [', '"losses": [null, '), "no 'losses'"),
    (lambda text: text.replace('"losses": [', '"losses": [NaN, '), "no 'losses'"),
    (lambda text: text.replace('{"epoch": 2', '"epoch": 2'), ":3 is not a JSON object"),
    (lambda text: "\x00\x01\n" + text, ":1 is not a JSON object"),
])  # fmt: skip
def test_what_is_no_history_is_one_line(
    tmp_path: Path, edit, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = history(tmp_path)
    file.write_text(edit(file.read_text()))
    assert cli.main(["report", str(tmp_path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert words in line


def test_the_same_training_twice_and_a_missing_one_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history(tmp_path)
    assert cli.main(["report", str(tmp_path), str(tmp_path / "history.jsonl")]) == 2
    assert "is given twice" in capsys.readouterr().err
    assert cli.main(["report", str(tmp_path / "no/history.jsonl")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "cannot be read: No such file" in line
