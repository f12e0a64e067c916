"""The reader: strict about what is there, honest about what is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from breakeven.errors import InputError
from breakeven.lines import open_bytes
from breakeven.run import read_run
from synthetic_run import EVERY_DTYPE, ROOT, Synthetic

SMALL = Synthetic(squares=[64, 128, 256], repetitions=2)
CASE = "gemm/f32/nn/m128n128k128"


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def complaint(path: Path) -> str:
    with pytest.raises(InputError) as raised:
        read_run(path)
    message = str(raised.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize("synthetic", [
    SMALL,
    Synthetic(squares=[64], gpu=False, others=[(5, 6, 7)]),
    Synthetic(squares=[64], repetitions=1, faults={(CASE, "cublas"): ("failed", "wrong")}),
    Synthetic(squares=[128], flags={(CASE, "pair"): ["capped"]}, caches=("warm", "cold")),
    Synthetic(**EVERY_DTYPE),
])  # fmt: skip
def test_synthetic_runs_are_valid(synthetic: Synthetic, validator: Draft202012Validator) -> None:
    for row in synthetic.rows():
        validator.validate(row)


RECORDED = sorted((ROOT / "results" / "recorded").glob("*/run.jsonl*"))


@pytest.mark.skipif(not RECORDED, reason="no run is recorded")
@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.parent.name)
def test_recorded_runs_are_valid_and_whole(path: Path, validator: Draft202012Validator) -> None:
    with open_bytes(path) as file:
        for line in file:
            validator.validate(json.loads(line))
    assert read_run(path).losses == []


def test_whole_run_has_no_losses(tmp_path: Path) -> None:
    run = read_run(SMALL.write(tmp_path))
    assert run.losses == []
    assert [program.name for program in run.programs] == ["ceiling_bench", "gemm_bench"]
    assert run.cases["case"].nunique() == 3
    assert len(run.pairs) == 3 * 3 * 2  # problems, pairings, kinds of host memory


def test_directory_and_file_are_the_same(tmp_path: Path) -> None:
    assert read_run(SMALL.write(tmp_path)).path == read_run(tmp_path).path


def test_cut_at_every_byte_of_the_last_line(tmp_path: Path) -> None:
    data = SMALL.write(tmp_path).read_bytes()
    start = data.rstrip(b"\n").rfind(b"\n") + 1
    path = tmp_path / "cut.jsonl"
    for end in range(start, len(data) + 1):
        path.write_bytes(data[:end])
        run = read_run(path)
        assert len(run.pairs) == 18, "every whole row is kept"
        if end >= len(data) - 1:  # only the line feed is missing
            assert run.losses == []
            continue
        losses = " ".join(run.losses)
        assert "gemm_bench has no end row" in losses
        assert "3 of its 3 problems" in losses
        assert (f"cut after {end - start} bytes" in losses) == (end > start)


def test_cut_in_the_middle_names_the_problems_left(tmp_path: Path) -> None:
    lines = SMALL.write(tmp_path).read_bytes().splitlines(keepends=True)
    first_of_third = next(i for i, line in enumerate(lines) if b"m256n256k256" in line)
    (tmp_path / "run.jsonl").write_bytes(b"".join(lines[:first_of_third]))
    assert "rows of 2 of its 3 problems" in read_run(tmp_path).losses[0]


def test_program_that_died_before_the_next_appended(tmp_path: Path) -> None:
    lines = SMALL.write(tmp_path).read_bytes().splitlines(keepends=True)
    end_of_first = next(i for i, line in enumerate(lines) if b'"kind": "end"' in line)
    lines[end_of_first] = lines[end_of_first][:20] + b"\n"
    (tmp_path / "run.jsonl").write_bytes(b"".join(lines))
    run = read_run(tmp_path)
    assert any("is cut after 20 bytes" in loss for loss in run.losses)
    assert "ceiling_bench has no end row: it was cut short" in run.losses
    assert run.has_pairs


def test_interrupted_run_says_how_far_it_came(tmp_path: Path) -> None:
    rows = SMALL.rows()
    rows[-1] |= {"interrupted": True, "exit_status": 130, "problems_measured": 2}
    run = read_run(write(tmp_path / "run.jsonl", rows))
    assert run.losses == ["gemm_bench was interrupted: 2 of 3 problems were measured"]


def test_budget_that_ended_early_is_no_loss_but_said(tmp_path: Path) -> None:
    rows = SMALL.rows()
    rows[-1]["problems_measured"] = 2
    run = read_run(write(tmp_path / "run.jsonl", rows))
    assert run.losses == []
    assert "enough for 2 of 3 problems" in str(run.programs[1].shortfall())


def test_missing_rows_are_counted(tmp_path: Path) -> None:
    rows = SMALL.rows()
    del rows[-2]
    run = read_run(write(tmp_path / "run.jsonl", rows))
    assert run.losses == [
        f"gemm_bench wrote {rows[-1]['rows']} rows, {rows[-1]['rows'] - 1} are there"
    ]


def test_unknown_kinds_and_fields_are_passed_over(tmp_path: Path) -> None:
    rows = SMALL.rows()
    rows[3]["new_field"] = {"a": [1]}
    rows.insert(-1, {"kind": "energy", "joule": 3})
    rows[-1]["rows"] += 1
    assert read_run(write(tmp_path / "run.jsonl", rows)).losses == []


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_constants_that_are_not_json_are_refused(tmp_path: Path, word: str) -> None:
    path = SMALL.write(tmp_path)
    lines = path.read_text().splitlines(keepends=True)
    index = next(i for i, line in enumerate(lines) if '"kind": "case"' in line)
    lines[index] = lines[index].replace('"median_s": ', f'"median_s": {word}, "x": ', 1)
    path.write_text("".join(lines))
    assert f"run.jsonl:{index + 1} holds {word}" in complaint(path)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" + "0" * 400])
def test_numbers_beyond_a_double_are_refused(tmp_path: Path, number: str) -> None:
    rows = SMALL.rows()
    rows[1]["value"] = 12345
    path = write(tmp_path / "run.jsonl", rows)
    path.write_text(path.read_text().replace('"value": 12345', f'"value": {number}'))
    assert "run.jsonl:2: the ceiling row has 'value' too large" in complaint(path)


def test_other_inputs_get_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    assert "does not exist" in complaint(path)
    assert "holds no run.jsonl" in complaint(tmp_path)
    for content, words in {
        b"": "is empty",
        b"\n\n": "is empty",
        b"\x1f\x8b\x08\x00": "compressed",
        b'{\n  "context": {}\n}\n': "Google Benchmark",
        b"m,n,k\n": "not a run file",
        b"[1, 2]\n": "not a run file",
        b"[" * 100000: "not a run file",
        b'{"kind": "case"}\n': "lacks the field 'case'",
        b'{"kind": "later"}\n': "no 'run' row",
        b'{"kind": "run"}\n': "no schema version",
        b'{"kind": "run", "schema_version": 2}\n': "newer",
        b'{"kind": "run", "schema_version": 1}\n': "lacks the field 'program'",
        b"\xff\xfe": "not a run file",
    }.items():
        path.write_bytes(content)
        assert words in complaint(path)


def test_broken_line_in_the_middle_is_no_truncation(tmp_path: Path) -> None:
    lines = SMALL.write(tmp_path).read_text().splitlines(keepends=True)
    lines[4] = lines[4][:30] + "\n"
    (tmp_path / "run.jsonl").write_text("".join(lines))
    assert "run.jsonl:5 is not a JSON object" in complaint(tmp_path)


@pytest.mark.parametrize(("field", "value"), [
    ("median_s", "fast"), ("flags", "capped"), ("flags", [1]), ("threads", 1.5), ("case", None),
    ("repetition", True), ("problem", []),
])  # fmt: skip
def test_wrong_types_name_line_and_field(tmp_path: Path, field: str, value: Any) -> None:
    rows = SMALL.rows()
    index = next(i for i, row in enumerate(rows) if row["kind"] == "case")
    rows[index][field] = value
    message = complaint(write(tmp_path / "run.jsonl", rows))
    assert f"run.jsonl:{index + 1}: the case row has '{field}'" in message


@pytest.mark.parametrize(("kind", "field", "value", "words"), [
    ("case", "multiplicities", {"squares:a": "often"}, "with a value that is no count"),
    ("case", "multiplicities", [], "of the wrong type"),
    ("pair", "math_mode", None, "of the wrong type"),
    ("ceiling", "math_mode", 1, "of the wrong type"),
])  # fmt: skip
def test_fields_that_came_later_are_checked_where_they_are(
    tmp_path: Path, kind: str, field: str, value: Any, words: str
) -> None:
    rows = SMALL.rows()
    next(row for row in rows if row["kind"] == kind)[field] = value
    message = complaint(write(tmp_path / "run.jsonl", rows))
    assert f"the {kind} row has '{field}' {words}" in message


def test_files_from_before_those_fields_are_read(tmp_path: Path) -> None:
    rows = SMALL.rows()
    for row in rows:
        for field in ("multiplicities", "math_mode", "cpu_dtype"):
            if row["kind"] != "case" or field == "multiplicities":
                row.pop(field, None)
    run = read_run(write(tmp_path / "run.jsonl", rows))
    assert set(run.pairs["math_mode"]) == {"default"}
    assert set(run.pairs["cpu_dtype"]) == {"f32"}
    assert set(run.ceilings["math_mode"]) == {"default"}


def test_a_failed_math_mode_voids_its_own_pairs_only(tmp_path: Path) -> None:
    rows = Synthetic(squares=[128], tf32=True, repetitions=2).rows()
    failed = next(row for row in rows if row.get("math_mode") == "tf32"
                  and row.get("implementation") == "cublas_tf32")  # fmt: skip
    failed |= {"status": "failed", "reason": "wrong"}
    run = read_run(write(tmp_path / "run.jsonl", rows))
    assert set(run.pairs["math_mode"]) == {"default"}
    assert len(run.pairs) == 6


def test_wrong_types_deep_inside_are_found(tmp_path: Path) -> None:
    rows = SMALL.rows()
    rows[0]["machine"]["cpu"]["model"] = 5
    message = complaint(write(tmp_path / "run.jsonl", rows))
    assert "has 'machine' that has 'cpu' that has 'model' of the wrong type (number)" in message


def test_crlf_is_read(tmp_path: Path) -> None:
    path = SMALL.write(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_run(path).losses == []


def test_two_machines_in_one_file_are_refused(tmp_path: Path) -> None:
    rows = SMALL.rows()
    rows[-1]["rows"] = 0
    other = next(row for row in rows[1:] if row["kind"] == "run")
    other["fingerprint"] = "another machine"
    assert "different machines" in complaint(write(tmp_path / "run.jsonl", rows))


def test_void_rows_have_no_times(tmp_path: Path) -> None:
    rows = SMALL.rows()
    failed = next(
        row for row in rows if row["kind"] == "case" and row["implementation"] == "openblas"
    )
    failed |= {"status": "failed", "reason": "wrong", "median_s": 1e-9}
    run = read_run(write(tmp_path / "run.jsonl", rows))
    assert run.cases[run.cases["status"] == "failed"]["median_s"].isna().all()


def test_pair_of_a_failed_side_is_void(tmp_path: Path) -> None:
    rows = SMALL.rows()
    case = next(row for row in rows if row["kind"] == "case" and row["case"] == CASE
                and row["implementation"] == "cublas")  # fmt: skip
    case |= {"status": "failed", "reason": "wrong"}
    run = read_run(write(tmp_path / "run.jsonl", rows))
    assert CASE not in set(run.pairs["case"])
    assert run.losses == ["6 pair rows are void: a verification of one of their sides failed"]
