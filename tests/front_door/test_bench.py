"""./breakeven bench and report with the real programs."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest


@pytest.fixture
def breakeven(run_command, tree: Path, cuda_option: str):
    """breakeven(verb, *arguments): the front door of that tree."""

    def run(verb: str, *arguments: str | Path):
        options = [] if verb == "report" else [cuda_option]
        return run_command("./breakeven", verb, *options, *arguments, cwd=tree)

    return run


def kinds(run: Path) -> list[str]:
    return [json.loads(line)["kind"] for line in (run / "run.jsonl").read_text().splitlines()]


SMALL = ("--preset", "smoke", "--side", "cpu", "--filter", "m64n64k64")


def test_a_run_ends_with_its_report_and_becomes_the_latest(breakeven, tree: Path):
    result = breakeven("bench", *SMALL)
    assert result.returncode == 0, result.stderr
    latest = tree / "results/local/latest"
    (run,) = [entry for entry in latest.parent.iterdir() if entry != latest]
    assert latest.resolve() == run
    assert {"run", "ceiling", "case", "end"} <= set(kinds(run))
    assert run.name in result.stdout.splitlines()[-1]
    (run / "report.md").unlink()
    assert breakeven("report").returncode == 0
    assert (run / "report.md").is_file()


def test_out_names_the_directory_and_a_used_one_is_refused(
    run_command, tree: Path, tmp_path: Path, cuda_option: str
):
    def bench(*arguments: str):
        # From elsewhere: a relative path is relative to where the user is.
        return run_command(tree / "breakeven", "bench", cuda_option, *arguments, cwd=tmp_path)

    result = bench(*SMALL, "--out", "run")
    assert result.returncode == 0, result.stderr
    run = tmp_path / "run"
    assert (run / "report.md").is_file()
    assert not (tree / "results").exists()
    before = (run / "run.jsonl").read_bytes()
    again = bench("--out", "run")
    assert again.returncode == 2
    assert "already in use" in again.stderr
    assert (run / "run.jsonl").read_bytes() == before


def test_list_measures_nothing(breakeven, tmp_path: Path):
    result = breakeven("bench", "--list", "--filter", "m64n64k64", "--out", tmp_path / "run")
    assert result.returncode == 0
    assert "m64n64k64" in result.stdout
    assert not (tmp_path / "run").exists()


def test_a_filter_that_matches_nothing_leaves_no_directory(breakeven, tmp_path: Path):
    result = breakeven("bench", "--filter", "no such case", "--out", tmp_path / "run")
    assert result.returncode == 2
    assert "no such case" in result.stderr
    assert not (tmp_path / "run").exists()


def test_a_bad_problem_file_is_named_with_its_line(breakeven, tmp_path: Path):
    problems = tmp_path / "mine.csv"
    problems.write_text("name,problem,multiplicity,origin\nodd,gemm/f32/xx/m1n1k1,1,me\n")
    result = breakeven("bench", "--problems", problems, "--out", tmp_path / "run")
    assert result.returncode == 2
    assert f"{problems}:2" in result.stderr


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_keeps_its_rows_and_gets_its_report(
    tree: Path, tmp_path: Path, cuda_option: str, number, status
):
    run = tmp_path / "run"
    with (tmp_path / "output.txt").open("w") as output:
        process = subprocess.Popen(
            [
                "./breakeven",
                "bench",
                cuda_option,
                "--preset",
                "full",
                "--side",
                "cpu",
                "--out",
                run,
            ],
            cwd=tree,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        deadline = time.monotonic() + 240
        file = run / "run.jsonl"
        while not file.exists() or '"ceiling"' not in file.read_text():
            assert process.poll() is None, (tmp_path / "output.txt").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        os.killpg(process.pid, number)
        assert process.wait(timeout=120) == status
    assert "ceiling" in kinds(run), "every line that was written is whole"
    assert (run / "report.md").is_file()
