"""The run file: strict JSON Lines, every documented column, appended to and never overwritten."""

import json
import math
import shlex
import shutil
import subprocess

import pytest


@pytest.fixture(scope="module")
def fresh(make_bench, tmp_path_factory):
    """The lines of a run from nothing, ceilings included, in folders that were not there."""
    bench = make_bench("fault_bench", tmp_path_factory.mktemp("fresh"), "scale/f32/n1000")
    path = bench.folder / "a/b/run.jsonl"
    done = bench("--filter", "/(right|plain|even|nan)$", "--run-out", str(path))
    assert done.code == 3, done.err
    return path.read_text().splitlines()


def strict_rows(lines):
    def refuse(constant):
        raise ValueError(constant)

    return [json.loads(line, parse_constant=refuse) for line in lines]


def test_every_row_of_a_fresh_run_is_what_the_schema_says(fresh, check_rows):
    check_rows(strict_rows(fresh))


def test_every_documented_column_exists(fresh, schema):
    """Trap: a refactor dropped transfer timing while the docs still promised it."""
    rows = strict_rows(fresh)
    assert {row["kind"] for row in rows} == set(schema["$defs"])
    for kind, definition in schema["$defs"].items():
        documented = set(definition["properties"])
        for row in rows:
            if row["kind"] == kind:
                assert set(row) == documented, kind


def test_every_column_of_a_measured_row_has_a_value(fresh):
    """A column that is always null is one that was dropped."""
    rows = strict_rows(fresh)
    nullable = {
        "case": {
            *("reason", "detail", "pack_s", "plan", "nominal_flops", "workspace_bytes", "parts"),
            *("items", "latency_p99_s", "latency_calls", "read_back_s", "epoch_step_s", "memory"),
        },
        "transfer": {"reason", "sequence_s", "overlapped_s", "epoch_step_s"},
        "pair": {"reason", "speedup_epoch"},
    }
    for kind, may_be_null in nullable.items():
        of_kind = [row for row in rows if row["kind"] == kind]
        for column in of_kind[0]:
            if column not in may_be_null:
                assert any(row[column] is not None for row in of_kind), f"{kind}.{column}"


def test_the_order_of_rows(fresh):
    kinds = [row["kind"] for row in strict_rows(fresh)]
    assert kinds[0] == "run"
    assert kinds[-1] == "end"
    assert kinds.count("run") == kinds.count("end") == 1
    assert kinds.index("ceiling") < kinds.index("case") < kinds.index("pair")


def test_the_end_row_counts(fresh):
    end = strict_rows(fresh)[-1]
    assert end["rows"] == len(fresh)
    assert end["problems_measured"] == 1
    assert (end["exit_status"], end["interrupted"]) == (3, False)
    assert end["wall_s"] >= end["budget_spent_s"] > 0
    assert end["peak_memory_bytes"] > 1 << 20


def test_samples_are_whole_and_their_median_is_the_rows(fresh):
    for row in strict_rows(fresh):
        if row["kind"] != "case" or row["status"] != "ok":
            continue
        ascending = sorted(row["samples_s"])
        middle = len(ascending) // 2
        median = (
            ascending[middle] if len(ascending) % 2 else sum(ascending[middle - 1 : middle + 1]) / 2
        )
        assert math.isclose(row["median_s"], median, rel_tol=1e-15)
        assert (row["ci_low_s"] is None) == (len(ascending) < 6)
        if row["ci_low_s"] is not None:
            assert row["ci_low_s"] <= row["median_s"] <= row["ci_high_s"]
            assert {row["ci_low_s"], row["ci_high_s"]} <= set(ascending)
        assert row["stop_reason"] in ("interval", "samples", "wall")


def test_the_measuring_order_is_recorded_without_gaps(fresh):
    orders = [r["order"] for r in strict_rows(fresh) if r["kind"] == "case" and r["status"] == "ok"]
    assert orders == list(range(len(orders)))


def test_the_command_that_repeats_a_row_repeats_that_row(fault_bench, problem_list):
    problems = problem_list("scale/f32/n1000", "scale/f32/n10001")
    done = fault_bench("--problems", str(problems), "--filter", "/(right|plain)$", "--seed", "3")
    row = done.of("case", case="scale/f32/n1000", implementation="right", threads=1)[0]
    fault_bench.run_file.unlink()
    words = shlex.split(row["reproduce"])
    assert words[0] == str(fault_bench.program)
    again = fault_bench(*words[1:])
    cases = again.of("case")
    assert {(r["case"], r["side"], r["implementation"], r["threads"]) for r in cases} == {
        ("scale/f32/n1000", "cpu", "right", 1)
    }
    assert again.of("run")[0]["seed"] == 3
    assert len(cases) == 4


def test_a_run_is_never_overwritten(fault_bench):
    before = '{"kind": "run"}\n'
    fault_bench.run_file.write_text(before)
    done = fault_bench("--run-out", str(fault_bench.run_file))
    assert done.code == 2
    assert f"{fault_bench.run_file} exists" in done.err
    assert fault_bench.run_file.read_text() == before


def test_a_run_file_that_is_not_there_is_not_continued(fault_bench):
    done = fault_bench("--run-out", str(fault_bench.run_file), "--run-append")
    assert done.code == 2
    assert "no such run file" in done.err
    assert not fault_bench.run_file.exists()


def test_programs_continue_each_others_run(fault_bench, gemm_bench):
    """Ceilings measured earlier in the run are used again, and the budget is one."""
    fault_bench.measure_ceilings = True
    first = fault_bench("--filter", "/right$", "--benchmark_repetitions=1")
    assert first.code == 0
    ceilings = len(first.of("ceiling"))
    assert ceilings > 0
    shutil.copy(first.run_file, gemm_bench.run_file)
    both = gemm_bench("--filter", "reordered")
    assert both.code == 0
    assert [row["program"] for row in both.of("run")] == ["fault_bench", "gemm_bench"]
    assert [row["program"] for row in both.of("end")] == ["fault_bench", "gemm_bench"]
    assert len(both.of("ceiling")) == ceilings, "none measured twice"
    assert both.rows[: len(first.rows)] == first.rows, "nothing that was there has changed"
    spent = [row["budget_spent_s"] for row in both.of("end")]
    assert spent[1] > spent[0]
    assert both.of("end")[1]["rows"] == len(both.rows) - len(first.rows)


def test_a_cut_file_is_not_continued_and_stays_as_it_is(fault_bench):
    cut = '{"kind":"run"}\n{"kind":"case","sam'
    fault_bench.run_file.write_text(cut)
    done = subprocess.run(
        fault_bench.command("--filter", "right"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert f"{fault_bench.run_file}:2" in done.stderr
    assert fault_bench.run_file.read_text() == cut


def test_a_file_that_cannot_be_written_names_the_call(fault_bench):
    (fault_bench.folder / "file").write_text("")
    done = fault_bench("--run-out", str(fault_bench.folder / "file/run.jsonl"))
    assert done.code == 1
    assert "file" in done.err


def test_without_a_name_a_run_goes_to_a_folder_of_its_own(fault_bench):
    command = fault_bench.command("--filter", "cpu/right$", "--threads", "1")
    command = command[: command.index("--run-out")]
    done = subprocess.run(
        [*command, "--side", "cpu"],
        cwd=fault_bench.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (written,) = fault_bench.folder.glob("results/local/*/run.jsonl")
    assert str(written.relative_to(fault_bench.folder)) in done.stderr
