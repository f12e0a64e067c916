"""A CPU here beside a GPU elsewhere: labelled, no pair, no headline."""

from __future__ import annotations

from pathlib import Path

import pytest

from breakeven import cli
from breakeven.hardware import comparable, hardware_report
from breakeven.run import read_run
from breakeven.view import view_of
from synthetic_run import Synthetic

HERE = Synthetic(gpu=False, cpu_model="Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz", host="here")


def test_comparison_is_labelled_with_both_machines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    HERE.write(tmp_path / "here")
    Synthetic(host="there").write(tmp_path / "there")
    runs = [str(tmp_path / "there"), str(tmp_path / "here")]  # in any order
    assert cli.main(["report", *runs, "--out", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr().out.rstrip().splitlines()
    directory = tmp_path / "out" / "hardware-here-there"
    assert shown[-1] == (
        f"Hardware comparison of two machines (no pair, no headline): {directory}/report.md"
    )
    text = (directory / "report.md").read_text()
    assert "comparison: Intel Xeon Platinum 8481C (2 threads) and NVIDIA H200" in text
    assert "host here" in text
    assert "host there" in text
    assert "no pair, no interval, no break-even size" in text
    assert "wins" not in text
    assert "Speedup" not in text
    assert (directory / "hardware-gemm-f32-nn-squares.png").stat().st_size > 10_000


def test_figure_names_both_machines(tmp_path: Path) -> None:
    cpu = view_of(read_run(HERE.write(tmp_path / "here")))
    gpu = view_of(read_run(Synthetic().write(tmp_path / "there")))
    _, figures = hardware_report(cpu, gpu)
    caption = figures[0].canvas.axes[0].get_title(loc="left")
    assert "Two machines" in caption
    assert "Xeon Platinum 8481C" in caption
    assert "NVIDIA H200" in caption


def test_only_unlike_machines_and_a_cpu_without_gpu_are_compared(tmp_path: Path) -> None:
    cpu = view_of(read_run(HERE.write(tmp_path / "here")))
    gpu = view_of(read_run(Synthetic(squares=[64]).write(tmp_path / "there")))
    other_cpu = view_of(read_run(Synthetic(gpu=False, squares=[64]).write(tmp_path / "other")))
    assert comparable(cpu, gpu)
    assert not comparable(gpu, cpu)
    assert not comparable(cpu, other_cpu)
    assert not comparable(gpu, gpu)


def test_runs_without_a_common_problem_say_so(tmp_path: Path) -> None:
    cpu = view_of(read_run(HERE.write(tmp_path / "here")))
    gpu = view_of(read_run(Synthetic(squares=[40]).write(tmp_path / "there")))
    text, figures = hardware_report(cpu, gpu)
    assert "no measured problem in common" in text
    assert figures == []
