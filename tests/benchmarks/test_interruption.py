"""What was measured is kept, whatever ends the program."""

import json
import random
import re
import signal
import subprocess
import time

import pytest

PROBLEMS = [f"scale/f32/n{1000 + 100 * i}" for i in range(16)]
OPTIONS = ("--filter", "/right$", "--benchmark_repetitions=3")


def complete_rows(path):
    """The rows of all lines that are whole, and what is left of a cut one."""
    text = path.read_text()
    whole, _, rest = text.rpartition("\n")
    return [json.loads(line) for line in whole.splitlines()], rest


def counts(rows):
    """Rows of each problem."""
    found = {}
    for row in rows:
        if "case" in row:
            found[row["case"]] = found.get(row["case"], 0) + 1
    return found


def finished(progress):
    """The problems that the program said it was done with."""
    return re.findall(r"^\[\d+/\d+\] (\S+)  ", progress, re.MULTILINE)


@pytest.fixture
def many(fault_bench, problem_list):
    fault_bench.problems = problem_list(*PROBLEMS)
    return fault_bench


def test_kill_9_at_random_moments_loses_no_measured_row(many):
    whole = many(*OPTIONS)
    assert whole.code == 0
    assert finished(whole.err) == PROBLEMS
    per_problem = counts(whole.rows)[PROBLEMS[0]]
    assert counts(whole.rows) == dict.fromkeys(PROBLEMS, per_problem)
    wall_s = whole.of("end")[0]["wall_s"]
    moments = random.Random(9)
    cut_short = 0
    for _ in range(5):
        many.run_file.unlink()
        with many.start(*OPTIONS) as process:
            time.sleep(moments.uniform(0.1, 1.0) * wall_s)
            process.kill()
            progress = process.stderr.read()
        rows, rest = complete_rows(many.run_file)
        found = counts(rows)
        for problem in finished(progress):
            assert found[problem] == per_problem, "a row that was measured is lost"
        unfinished = set(found) - set(finished(progress))
        assert len(unfinished) <= 1, "only the problem it was at is incomplete"
        assert not rest.startswith("}"), "at most the last line is cut"
        cut_short += process.returncode == -signal.SIGKILL
    assert cut_short >= 1, "it was killed while it measured"


def test_a_killed_programs_file_cannot_be_mistaken_for_a_whole_one(many):
    with many.start(*OPTIONS) as process:
        wait_for(process, 2)
        process.kill()
    rows, _ = complete_rows(many.run_file)
    assert not [row for row in rows if row["kind"] == "end"]
    planned = next(row["planned"] for row in rows if row["kind"] == "run")
    assert len(counts(rows)) < planned == len(PROBLEMS), "what is missing can be told"


@pytest.fixture
def on_ceilings(fault_bench, program):
    """start(): the program, measuring its ceilings, and how many those are in all."""
    fault_bench.measure_ceilings = True
    listed = subprocess.run(
        [program("ceiling_bench"), "--list", "--side", "cpu"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    def start():
        process = fault_bench.start("--side", "cpu")
        while process.poll() is None:
            if fault_bench.run_file.exists() and '"ceiling"' in fault_bench.run_file.read_text():
                break
            time.sleep(0.01)
        return process, len(listed.stdout.splitlines())

    return start


def test_kill_9_keeps_the_ceilings_that_were_measured(on_ceilings, fault_bench):
    process, planned = on_ceilings()
    process.kill()
    process.communicate()
    rows, _ = complete_rows(fault_bench.run_file)
    kinds = [row["kind"] for row in rows]
    assert kinds[:2] == ["run", "ceiling"]
    assert kinds.count("ceiling") < planned, "it was killed while it measured them"


def test_a_signal_among_the_ceilings_keeps_those_that_were_measured(
    on_ceilings, fault_bench, check_rows
):
    process, planned = on_ceilings()
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode == 130
    rows, rest = complete_rows(fault_bench.run_file)
    assert rest == ""
    check_rows(rows)
    assert (rows[-1]["kind"], rows[-1]["interrupted"]) == ("end", True)
    ceilings = [row for row in rows if row["kind"] == "ceiling"]
    assert len(ceilings) == planned
    assert ceilings[0]["status"] == "ok"
    assert ceilings[-1]["reason"] == "interrupted", "the rest is not measured any more"


def wait_for(process, problems):
    """Reads progress until so many problems are done."""
    progress = ""
    while len(finished(progress)) < problems:
        progress += process.stderr.readline()
    return progress


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_keeps_the_rows_and_ends_the_file(many, check_rows, number, code):
    with many.start(*OPTIONS, "--benchmark_out=out.json") as process:
        progress = wait_for(process, 2)
        process.send_signal(number)
        progress += process.stderr.read()
    assert process.returncode == code
    rows, rest = complete_rows(many.run_file)
    assert rest == ""
    check_rows(rows)
    end = rows[-1]
    assert (end["kind"], end["exit_status"], end["interrupted"]) == ("end", code, True)
    assert 2 <= end["problems_measured"] < len(PROBLEMS)
    for problem in finished(progress)[:-1]:
        statuses = {
            row["status"] for row in rows if row["kind"] == "case" and row["case"] == problem
        }
        assert statuses == {"ok"}
    out = json.loads((many.folder / "out.json").read_text())
    assert len(out["benchmarks"]) > 0, "Google Benchmark's file is whole, too"


def test_a_run_cut_short_is_balanced(many):
    """Repetitions alternate over both sides: neither is ahead of the other by more than one."""
    with many.start(*OPTIONS) as process:
        wait_for(process, 3)
        process.send_signal(signal.SIGINT)
        process.stderr.read()
    rows, _ = complete_rows(many.run_file)
    for problem in counts(rows):
        done = [
            sum(
                row["kind"] == "case" and row["case"] == problem and row["side"] == side
                and row["cache"] == cache and row["threads"] in (None, 1)
                for row in rows
            )
            for side in ("cpu", "cuda")
            for cache in ("warm", "cold")
        ]  # fmt: skip
        assert max(done) - min(done) <= 1
