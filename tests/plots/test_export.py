"""Exports, each against its consumer's documented format."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import pandas as pd
import pytest
from jsonschema import Draft202012Validator

from breakeven.cli import main
from breakeven.export.tables import KINDS
from synthetic_run import Synthetic

# https://bencher.dev/docs/reference/bencher-metric-format/: benchmark, measure, metric.
METRIC = {
    "type": "object",
    "properties": {name: {"type": "number"} for name in ("value", "lower_value", "upper_value")},
    "required": ["value"],
    "additionalProperties": False,
}
BMF = Draft202012Validator({
    "type": "object", "minProperties": 1,
    "propertyNames": {"maxLength": 1024, "minLength": 1},
    "additionalProperties": {
        "type": "object", "minProperties": 1, "propertyNames": {"pattern": "^[a-z][a-z-]{0,63}$"},
        "additionalProperties": METRIC,
    },
})  # fmt: skip
# https://github.com/benchmark-action/github-action-benchmark: custom benchmarks.
CUSTOM = Draft202012Validator({
    "type": "array", "minItems": 1,
    "items": {
        "type": "object", "required": ["name", "unit", "value"], "additionalProperties": False,
        "properties": {
            "name": {"type": "string"}, "unit": {"type": "string"}, "value": {"type": "number"},
            "range": {"type": "string"}, "extra": {"type": "string"},
        },
    },
})  # fmt: skip
CASE = "gemm/f32/nn/m64n64k64"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    faults = {(CASE, "openblas"): ("failed", "element 7 is wrong")}
    flags = {(CASE, "onednn"): ["suspect"]}
    one = Synthetic(squares=[64, 512], faults=faults, flags=flags)
    one.write(tmp_path / "run")
    return tmp_path / "run"


def export(run: Path, form: str, *arguments: str) -> int:
    return main(["export", str(run), "--format", form, *arguments])


def test_bencher(run: Path):
    assert export(run, "bmf") == 0
    document = json.loads((run / "bmf.json").read_text())
    BMF.validate(document)
    name = "gemm/f32/nn/m512n512k512 cpu openblas, 2 threads, warm"
    metric = document[name]["latency"]
    assert metric["lower_value"] < metric["value"] < metric["upper_value"]
    assert metric["value"] == pytest.approx(1.34e6, rel=0.2), "nanoseconds"
    assert any("speedup" in measures for measures in document.values())


def test_what_failed_or_is_in_doubt_goes_to_no_service(run: Path):
    export(run, "bmf")
    export(run, "github-action-benchmark")
    for path in ("bmf.json", "smaller-is-better.json"):
        text = (run / path).read_text()
        assert f"{CASE} cpu naive" in text
        assert f"{CASE} cpu openblas" not in text
        assert f"{CASE} cpu onednn," not in text


def test_github_action_benchmark(run: Path):
    assert export(run, "github-action-benchmark") == 0
    for name, unit in (("smaller-is-better", "s"), ("bigger-is-better", "x")):
        document = json.loads((run / f"{name}.json").read_text())
        CUSTOM.validate(document)
        assert {entry["unit"] for entry in document} == {unit}
        assert all(entry["value"] > 0 for entry in document)
        names = [entry["name"] for entry in document]
        assert len(names) == len(set(names)), "a name is a series there"


def test_a_run_without_a_gpu_has_no_speedups_to_export(tmp_path: Path, capsys):
    Synthetic(gpu=False, squares=[64]).write(tmp_path)
    assert export(tmp_path, "github-action-benchmark") == 0
    assert not (tmp_path / "bigger-is-better.json").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_csv_has_every_row_of_its_kind(run: Path, kind: str):
    assert export(run, "csv", "--rows", kind) == 0
    with (run / f"{kind}.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [json.loads(line) for line in (run / "run.jsonl").read_text().splitlines()]
    void = 4 if kind == "pair" else 0  # one of their sides failed
    assert len(rows) == sum(line["kind"] == kind for line in lines) - void
    assert rows[0]["fingerprint"]
    if kind == "case":
        void = [row for row in rows if row["status"] == "failed"]
        assert void
        assert all(row["median_s"] == "" for row in void), "empty, not 0"


def test_parquet_has_the_same_rows(run: Path):
    pytest.importorskip("pyarrow", reason="pyarrow is installed with './breakeven export'")
    for kind in KINDS:
        assert export(run, "parquet", "--rows", kind) == 0
        assert export(run, "csv", "--rows", kind) == 0
        table = pd.read_parquet(run / f"{kind}.parquet")
        assert len(table) == len(pd.read_csv(run / f"{kind}.csv"))
        if kind == "case":
            assert math.isnan(table[table["status"] == "failed"]["median_s"].iloc[0])


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--format", "xml"], "--format 'xml' must be one of"),
        (["--format", "cvs"], "did you mean 'csv'"),
        (["--format", "csv", "--rows", "cases"], "did you mean 'case'"),
        ([], "--format"),
    ],
)
def test_bad_input_is_one_line(run: Path, capsys, arguments, complaint):
    assert main(["export", str(run), *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert complaint in line


def test_a_run_with_nothing_verified_is_not_exported(tmp_path: Path, capsys):
    names = ("naive", "reordered", "openblas", "onednn", "onednn_packed")
    faults = {(CASE, name): ("failed", "wrong") for name in names}
    Synthetic(gpu=False, squares=[64], faults=faults).write(tmp_path)
    assert export(tmp_path, "bmf") == 2
    assert "nothing verified" in capsys.readouterr().err
