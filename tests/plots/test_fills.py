"""Runs that differ in their inputs."""

from __future__ import annotations

from pathlib import Path

import pytest

from breakeven import cli
from breakeven.fills import fill_groups, fill_table
from breakeven.run import read_run
from breakeven.view import view_of
from synthetic_run import Synthetic


def views(tmp_path: Path, **options: str):
    return [
        view_of(read_run(Synthetic(squares=[64, 256], fill=fill, noise=0.0, **options)
                         .write(tmp_path / fill)))
        for fill in ("zeros", "normal")
    ]  # fmt: skip


def test_the_usual_inputs_come_first_and_the_others_are_relative(tmp_path: Path) -> None:
    (group,) = fill_groups(views(tmp_path))
    table = fill_table(group)
    assert [row[0] for row in table.rows] == ["normal", "normal", "zeros", "zeros"]
    assert table.rows[0][1:] == ["0", "1.0", "0 %", "CPU", "18", "–", "–", "–"]
    assert table.rows[3][1:] == ["0", "0", "100 %", "GPU", "6", "0.800x", "0.800x", "0.800x"]


def test_alike_runs_and_other_machines_make_no_table(tmp_path: Path) -> None:
    zeros, normal = views(tmp_path)
    assert fill_groups([normal, normal]) == []
    other = view_of(read_run(Synthetic(squares=[64], cpu_model="another").write(tmp_path / "x")))
    assert fill_groups([zeros, other]) == []


def test_report_of_two_fills_writes_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [str(Synthetic(squares=[64], gpu=False, fill=fill).write(tmp_path / fill))
            for fill in ("normal", "zeros")]  # fmt: skip
    assert cli.main(["report", *runs, "--out", str(tmp_path / "out")]) == 0
    assert "How the data change the time:" in capsys.readouterr().out
    assert "no pair, no interval" in (tmp_path / "out/fills.md").read_text()
