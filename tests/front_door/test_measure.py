"""How the benchmark programs are called, what their endings add up to, and what signals do.

The programs are small scripts here that note how they were called: what is tested is the caller.
"""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest


@pytest.fixture
def programs(tmp_path: Path):
    """programs(name=body, ...): scripts in bin/ that first note their arguments in called.txt.

    `problems` says how many each has to measure, one where it does not.
    """

    def make(problems: dict[str, int] | None = None, **bodies: str) -> Path:
        folder = tmp_path / "bin"
        folder.mkdir()
        for name, body in bodies.items():
            file = folder / name
            count = (problems or {}).get(name, 1)
            file.write_text(
                "#!/usr/bin/env bash\n"
                f'if [[ " $* " == *" --count "* ]]; then echo {count}; exit; fi\n'
                'if [[ " $* " != *" --list "* ]]; then\n'
                f'  echo "{name} $*" >> {tmp_path}/called.txt\n'
                f"  echo row >> {tmp_path}/run/run.jsonl\n"
                "fi\n" + body
            )
            file.chmod(0o755)
        (tmp_path / "run").mkdir()
        return folder

    return make


MEASURE = 'measure "$PWD/bin" "$PWD/run"; exit "$worst"'


def measure(script, options: str = ""):
    return script(f'parse_options bench "$bench_options" {options}; {MEASURE}')


def calls(tmp_path: Path) -> list[str]:
    file = tmp_path / "called.txt"
    return file.read_text().splitlines() if file.exists() else []


def test_ceilings_come_first_and_the_others_append(script, programs, tmp_path: Path):
    programs(ceiling_bench="", gemm_bench="", another_bench="")
    assert measure(script).returncode == 0
    run = f"--run-out={tmp_path}/run/run.jsonl"
    assert calls(tmp_path) == [
        f"ceiling_bench {run}",
        f"another_bench --problems-after=1 {run} --run-append",
        f"gemm_bench {run} --run-append",
    ]


def test_each_program_hears_how_many_problems_follow(script, programs, tmp_path: Path):
    programs({"a_bench": 5, "b_bench": 0, "c_bench": 7, "d_bench": 2}, ceiling_bench="",
             a_bench="", b_bench="", c_bench="", d_bench="")  # fmt: skip
    assert measure(script).returncode == 0
    after = [[word for word in call.split() if "after" in word] for call in calls(tmp_path)]
    assert after == [[], ["--problems-after=9"], ["--problems-after=2"], []]


@pytest.mark.parametrize(
    ("given", "received"),
    [
        ("--preset smoke", "--preset=smoke"),
        ("--side cpu", "--side=cpu"),
        ("--threads 1,all", "--threads=1,all"),
        ("--seed 7", "--seed=7"),
        ("--memory-limit 2G", "--memory-limit=2G"),
        ("--repetitions 6", "--benchmark_repetitions=6"),
        ("--require-cuda", "--require-cuda"),
    ],
)
def test_each_option_reaches_every_program(script, programs, tmp_path: Path, given, received):
    programs(ceiling_bench="", gemm_bench="")
    measure(script, given)
    assert len(calls(tmp_path)) == 2
    for call in calls(tmp_path):
        assert received in call.split()


def test_a_filter_narrows_the_operations_and_not_the_ceilings(script, programs, tmp_path: Path):
    programs({"other_bench": 0}, ceiling_bench="", gemm_bench="", other_bench="")
    assert measure(script, "--filter gemm").returncode == 0
    assert [call.split()[0] for call in calls(tmp_path)] == ["ceiling_bench", "gemm_bench"]
    assert "--filter" not in calls(tmp_path)[0]
    assert "--filter=gemm" in calls(tmp_path)[1]


def test_a_filter_that_only_ceilings_match_measures_those(script, programs, tmp_path: Path):
    programs({"gemm_bench": 0}, ceiling_bench="", gemm_bench="")
    assert measure(script, "--filter triad").returncode == 0
    assert calls(tmp_path) == [f"ceiling_bench --filter=triad --run-out={tmp_path}/run/run.jsonl"]


def test_a_filter_that_matches_nothing_measures_nothing(script, programs, tmp_path: Path):
    programs({"gemm_bench": 0}, ceiling_bench="exit 2", gemm_bench="")
    result = measure(script, "--filter nothing")
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert "nothing matches --filter=nothing" in result.stderr
    assert calls(tmp_path) == []


@pytest.mark.parametrize(("status", "worst"), [(2, 2), (139, 1)])
def test_what_one_program_refuses_is_measured_by_none(
    script, programs, tmp_path: Path, status, worst
):
    """A bad line of a list must not pass because another program has good ones."""
    folder = programs(ceiling_bench="", another_bench="", gemm_bench="")
    complaint = f'#!/usr/bin/env bash\necho "list.csv:2: bad" >&2; exit {status}\n'
    (folder / "gemm_bench").write_text(complaint)
    result = measure(script)
    assert result.returncode == worst
    assert result.stderr.startswith("list.csv:2: bad\n")
    assert calls(tmp_path) == []


def test_list_shows_what_every_program_would_do(script, programs, tmp_path: Path):
    programs(ceiling_bench="echo ceilings", gemm_bench="echo gemm")
    # Into a file, which no program may cut short for the next.
    text = f'parse_options bench "$bench_options" --list; ({MEASURE}) > listed.txt'
    assert script(text).returncode == 0
    assert (tmp_path / "listed.txt").read_text() == "ceilings\ngemm\n"
    assert calls(tmp_path) == []


@pytest.mark.parametrize(
    ("first", "second", "worst"),
    [(0, 0, 0), (0, 1, 1), (1, 3, 3), (3, 1, 3), (2, 1, 1), (2, 0, 2), (3, 2, 3)],
)
def test_the_worst_ending_is_the_commands(script, programs, tmp_path: Path, first, second, worst):
    listing = 'case " $* " in *" --list "*) exit 0;; esac; '
    programs(ceiling_bench=f"{listing}exit {first}", gemm_bench=f"{listing}exit {second}")
    assert measure(script).returncode == worst
    assert len(calls(tmp_path)) == 2


def test_a_killed_program_is_an_error_and_the_next_one_still_runs(script, programs, tmp_path: Path):
    programs(ceiling_bench="kill -9 $$", gemm_bench="")
    result = measure(script)
    assert result.returncode == 1
    assert "ceiling_bench ended with status 137" in result.stderr
    assert len(calls(tmp_path)) == 2


PYTORCH = """
pytorch_venv=$PWD/venv
mkdir -p venv/bin
printf '#!/bin/sh\necho "python $* in $PYTHONPATH" >> called.txt; exit {}\n' >venv/bin/python
chmod +x venv/bin/python
parse_options bench "${{options_of[bench]}}" --with-pytorch {}
"""


@pytest.mark.parametrize("status", [0, 1, 3])
def test_pytorch_comes_last_on_what_was_measured(script, programs, root, tmp_path: Path, status):
    programs(ceiling_bench="", train_bench="")
    assert script(PYTORCH.format(status, "") + MEASURE).returncode == status
    assert [call.split()[0] for call in calls(tmp_path)] == [
        "ceiling_bench",
        "train_bench",
        "python",
    ]
    assert calls(tmp_path)[-1] == (
        f"python -P -m pytorch {tmp_path}/run/run.jsonl in {root}/benchmarks"
    )


def test_pytorch_has_nothing_to_do_with_a_list(script, programs, tmp_path: Path):
    programs(ceiling_bench="", train_bench="")
    assert script(PYTORCH.format(0, "--list") + MEASURE).returncode == 0
    assert calls(tmp_path) == []


def test_pytorch_is_not_started_after_an_interruption(script, programs, tmp_path: Path):
    programs(ceiling_bench="", train_bench="kill -TERM $PPID; sleep 0.2; exit 143")
    assert script(PYTORCH.format(0, "") + MEASURE).returncode == 143
    assert [call.split()[0] for call in calls(tmp_path)] == ["ceiling_bench", "train_bench"]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_reaches_the_program_once_and_ends_the_run(
    root, programs, tmp_path: Path, number, status
):
    programs(
        ceiling_bench="""
          case " $* " in *" --list "*) exit 0;; esac
          n=0; trap 'n=$((n + 1))' INT TERM
          for i in {1..8}; do sleep 0.1; done; echo "signals $n" >> called.txt; exit 130""",
        gemm_bench="",
    )
    process = subprocess.Popen(
        ["bash", "-c", f'set -euo pipefail; top=$1; . "$top/setup/load.sh"; {MEASURE}', "_", root],
        cwd=tmp_path,
        start_new_session=True,
    )
    while not calls(tmp_path):
        time.sleep(0.02)
    time.sleep(0.2)
    # As a terminal's Ctrl-C does it: to the whole foreground group.
    os.killpg(process.pid, number)
    assert process.wait(timeout=20) == status
    assert calls(tmp_path)[1:] == ["signals 1"], "the other program must not have been started"
