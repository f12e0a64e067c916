"""The command line, from run files to reports."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from breakeven import cli
from synthetic_run import OTHERS, ROOT, Synthetic

CASE = "gemm/f32/nn/m128n128k128"
SMALL = {"squares": [64, 128, 256, 512], "repetitions": 3}


def lines_of(text: str) -> list[str]:
    return text.rstrip("\n").split("\n")


def test_report_writes_everything_beside_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Synthetic(**SMALL).write(tmp_path)
    assert cli.main(["report", str(tmp_path)]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    last = lines_of(shown.out)
    assert last[-1] == f"Report: {tmp_path}/report.md"
    answer = " ".join(" ".join(last[-7:-1]).split())
    assert re.search(r"GPU wins from n = 256 on, end to end: \S+x \[\S+, \S+\] there", answer)
    report = (tmp_path / "report.md").read_text()
    linked = re.findall(r"\]\((\S+\.png)\)", report)
    kinds = ["ladder", "rate", "roofline", "roofline", "speedup", "time"]
    assert sorted(name.split("-")[0] for name in linked) == kinds
    assert "[Claims checked](claims.md)" in report
    assert "[Back to the report](report.md)" in (tmp_path / "claims.md").read_text()
    for name in linked:
        assert (tmp_path / name).stat().st_size > 10_000
        assert (tmp_path / name).with_suffix(".svg").stat().st_size > 10_000


def test_report_md_has_every_part(tmp_path: Path) -> None:
    synthetic = Synthetic(**SMALL, caches=("warm", "cold"))
    synthetic.faults = {
        (CASE, "reordered"): ("failed", "C[3, 5] is 1, expected 2"),
        (CASE, "coalesced"): ("skipped", "predicted time passes the wall cap"),
    }
    synthetic.flags = {("gemm/f32/nn/m256n256k256", "pair"): ["open"]}
    synthetic.write(tmp_path)
    cli.main(["report", str(tmp_path)])
    report = (tmp_path / "report.md").read_text()
    for heading in ("Answer", "Machine", "gemm f32 nn, squares", "Measured ceilings",
                    "Not measured", "Flags", "How to read this", "Run"):  # fmt: skip
        assert f"\n## {heading}\n" in report
    for heading in ("Speedups: warm caches, copies from and to pageable memory",
                    "Speedups: warm caches, copies from and to pinned memory",
                    "Speedups: cold caches, copies from and to pageable memory",
                    "The same GPU against lesser CPU baselines", "Copies", "Implementations",
                    "CPU, warm caches: fastest, one thread, naive",
                    "CPU, cold caches: fastest, one thread, naive"):  # fmt: skip
        assert f"\n### {heading}\n" in report
    assert "| failed | CPU | reordered | 1 | C[3, 5] is 1, expected 2 |" in report
    assert "| skipped | GPU | coalesced | 1 | predicted time passes the wall cap |" in report
    assert f"--filter '^{CASE}/reordered$'" in report
    assert "| open | pair | 12 | gemm/f32/nn/m256n256k256 |" in report
    assert "| 256* |" in report
    assert "NVIDIA H200, compute capability 9.0, 132 SMs" in report
    assert "nan" not in re.sub(r"[a-z]nan|nan[a-z]", "", report.lower())


def test_cpu_only_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Synthetic(gpu=False, **SMALL).write(tmp_path)
    assert cli.main(["report", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert "No GPU was measured: there is no NVIDIA driver on this machine." in text
    assert "GFLOP/s" in " ".join(lines_of(text)[-5:-1])
    assert "speedup" not in (tmp_path / "report.md").read_text().split("## How to read")[0].lower()


def test_truncated_run_is_reported_with_its_loss(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Synthetic(**SMALL).write(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    assert cli.main(["report", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert "WARNING: the last line is cut after" in text
    assert "of its 4 problems are there" in text
    assert "> **Incomplete:**" in (tmp_path / "report.md").read_text()


def test_run_with_nothing_but_its_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = Synthetic(**SMALL).write(tmp_path)
    path.write_bytes(path.read_bytes().split(b"\n", 1)[0] + b"\n")
    assert cli.main(["report", str(tmp_path)]) == 0
    assert "Nothing was measured." in capsys.readouterr().out


@pytest.mark.parametrize("seed", range(12))
def test_no_cut_gives_a_traceback(tmp_path: Path, seed: int) -> None:
    """Wherever the file ends, there is a report or one line."""
    data = Synthetic(squares=[64, 128], repetitions=2).write(tmp_path).read_bytes()
    (tmp_path / "run.jsonl").write_bytes(data[: len(data) * seed // 12])
    assert cli.main(["report", str(tmp_path)]) in (0, 2)


def test_several_runs_under_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a/run", "b/run"):
        Synthetic(**SMALL).write(tmp_path / name)
    runs = [str(tmp_path / name) for name in ("a/run", "b/run")]
    assert cli.main(["report", *runs, "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out/run/report.md").is_file()
    assert (tmp_path / "out/run-2/report.md").is_file()
    assert not (tmp_path / "a/run/report.md").exists()
    assert "Hardware comparison" not in capsys.readouterr().out


def test_plot_writes_figures_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Synthetic(**SMALL).write(tmp_path)
    assert cli.main(["plot", str(tmp_path), "--out", str(tmp_path / "figures")]) == 0
    assert len(list((tmp_path / "figures").iterdir())) == 12
    assert len(lines_of(capsys.readouterr().out)) == 12
    assert not (tmp_path / "report.md").exists()


def test_one_size_alone_has_no_curve(tmp_path: Path) -> None:
    Synthetic(squares=[64]).write(tmp_path)
    assert cli.main(["report", str(tmp_path)]) == 0
    assert sorted(path.stem for path in tmp_path.glob("*.png")) == [
        "ladder-gemm-f32-nn-squares", "roofline-cpu", "roofline-cuda"
    ]  # fmt: skip


@pytest.mark.parametrize(("arguments", "words"), [
    (["reprot"], "did you mean 'report'?"),
    (["report", "--ouput", "x"], "did you mean '--out'?"),
    (["report", "--out"], "expected one argument"),
    (["report", "nowhere"], "nowhere does not exist"),
    (["readme", "--chekc"], "did you mean '--check'?"),
    (["report", str(ROOT / "pyproject.toml")], "not a run file"),
])  # fmt: skip
def test_bad_input_is_one_line_and_status_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert words in shown.err
    assert len(lines_of(shown.err)) == 1


def test_folder_that_cannot_be_written_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Synthetic(squares=[64]).write(tmp_path)
    (tmp_path / "file").touch()
    assert cli.main(["report", str(tmp_path), "--out", str(tmp_path / "file" / "x")]) == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("verb", [[], ["help"], ["report", "--help"], ["schema-doc", "--help"]])
def test_help(verb: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status = cli.main(verb)
    except SystemExit as stop:
        status = stop.code
    assert status == 0
    assert "usage: breakeven" in capsys.readouterr().out


def test_as_a_program_on_a_terminal_without_utf8_and_with_a_closed_pipe(tmp_path: Path) -> None:
    Synthetic(squares=[64], others=OTHERS, gpu=False).write(tmp_path)
    command = f"'{sys.executable}' -m breakeven report '{tmp_path}' | head -1"
    environment = {"PYTHONPATH": str(ROOT / "plots"), "PYTHONIOENCODING": "ascii",
                   "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}  # fmt: skip
    done = subprocess.run(command, shell=True, env=environment, capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stdout.startswith("AMD EPYC 9R14 (2 threads)")
    assert "Traceback" not in done.stderr
