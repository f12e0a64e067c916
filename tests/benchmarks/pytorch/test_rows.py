"""Rows are what the schema says of them, and carry on what the file's own rows say."""

import json

import pytest

from pytorch.cases import read_run_file
from pytorch.rows import (
    Appender,
    Check,
    Measured,
    SchedulerState,
    Times,
    Who,
    case_row,
    end_row,
    run_row,
    unmeasured_row,
)
from pytorch.sampling import Samples

WHO = Who("pytorch_eager", "cpu", 2)
LIBRARY = {"name": "PyTorch", "version": "2", "threading": "", "detail": "", "problem": ""}


@pytest.fixture
def file(make_run):
    return read_run_file(make_run())


def measured(seconds: float, stop: str = "interval", **more) -> Measured:
    return Measured(
        repetition=1,
        order=7,
        samples=Samples([seconds] * 12, batch=2, warmup_s=0.1, stop=stop),
        before=SchedulerState(1.0, 5),
        after=SchedulerState(1.5, 8),
        prepare_s=0.2,
        inputs={"mean": 0.0, "standard_deviation": 1.0, "zero_fraction": 0.0},
        **more,
    )


def test_every_row_is_what_the_schema_says(file, check_rows):
    passed = Check(real="passed", after="passed", inputs_unchanged=True, worst=0.5)
    rows = [run_row(file, ["python"], 20.0, 2, LIBRARY)]
    for case in file.cases:
        cuda = Who("pytorch_compiled", "cuda", None)
        rows += [
            case_row(file, case, WHO, passed, measured(1e-3)),
            case_row(file, case, cuda, passed, measured(1e-3, call_s=1e-3, latencies=[1e-3] * 120)),
            unmeasured_row(file, case, WHO, "failed", "wrong", Check(real="failed", detail="x")),
            unmeasured_row(file, case, cuda, "skipped", "no device"),
        ]
    rows.append(end_row(3, 2, len(rows), Times(1.0, 0.5)))
    check_rows(rows)
    assert rows[-1]["rows"] == len(rows)


def test_the_header_carries_on_the_files_own(file):
    row = run_row(file, ["python"], None, 2, LIBRARY)
    for name in ("machine", "fingerprint", "seed", "preset", "repetitions", "version", "git"):
        assert row[name] == file.header[name]
    assert [library["name"] for library in row["libraries"]] == ["PyTorch"]


def test_a_case_carries_on_what_its_problem_is(file):
    case = file.cases[0]
    row = case_row(file, case, WHO, Check(), measured(1e-3))
    for name in (
        "case",
        "operation",
        "tags",
        "multiplicities",
        "problem",
        "flops",
        "bytes",
        "items",
    ):
        assert row[name] == case.row[name]
    assert (row["rung"], row["cache"], row["math_mode"]) == ("library", "warm", "default")
    assert row["clock"]["steal_s"] == 0.5
    assert row["clock"]["involuntary_switches"] == 3


def test_flags_are_raised_as_by_the_other_programs(file):
    case = file.cases[0]
    at_ceiling = case.row["flops"] / file.ceilings[("cpu", 2)]
    assert case_row(file, case, WHO, Check(), measured(at_ceiling))["flags"] == []
    assert case_row(file, case, WHO, Check(), measured(at_ceiling / 1.06))["flags"] == ["suspect"]
    assert case_row(file, case, WHO, Check(), measured(1, "wall"))["flags"] == ["capped"]


def test_slowest_calls_are_those_of_inference(file):
    step, inference = file.cases
    calls = [1e-3] * 99 + [2e-3]
    for case, count in ((step, None), (inference, 100)):
        row = case_row(file, case, WHO, Check(), measured(1e-3, latencies=calls))
        assert row["latency_calls"] == count
        assert row["latency_s"] == 1e-3
        assert row["latency_p99_s"] == (1e-3 if count else None)


def test_a_row_without_times_says_why(file):
    row = unmeasured_row(file, file.cases[0], WHO, "error", "no compiler")
    assert (row["status"], row["reason"]) == ("error", "no compiler")
    assert all(value is None for name, value in row.items() if name.endswith("_s"))


def test_rows_are_appended_at_once_and_none_is_no_json(file):
    before = file.path.read_text()
    out = Appender(file.path)
    out.write({"kind": "end"})
    assert file.path.read_text().removeprefix(before) == '{"kind":"end"}\n'
    with pytest.raises(ValueError, match="JSON"):
        out.write({"kind": float("nan")})
    assert json.loads(file.path.read_text().splitlines()[-1]) == {"kind": "end"}
    assert out.rows == 1
