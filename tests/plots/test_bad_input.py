"""Whatever a user gives: one clear line and status 2, or a result with its losses named; never a
traceback."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breakeven.cli import main
from breakeven.compare.effects import effects as effects_of
from breakeven.compare.subject import ROW
from breakeven.compare.verdicts import judged, with_margins
from breakeven.run import read_run
from synthetic_run import Synthetic

GOOD = "".join(
    json.dumps(row) + "\n"
    for row in Synthetic(gpu=True, squares=[64, 128], repetitions=3).rows()
).encode()  # fmt: skip
LINES = GOOD.splitlines(keepends=True)
UNHURRIED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture
def compare(tmp_path: Path, capsys):
    """compare(bytes): status, output, errors of a comparison of a good run with these bytes."""
    (tmp_path / "good").mkdir()
    (tmp_path / "good/run.jsonl").write_bytes(GOOD)

    def run(content: bytes, verb: str = "compare"):
        (tmp_path / "odd.jsonl").write_bytes(content)
        status = main([verb, str(tmp_path / "good"), str(tmp_path / "odd.jsonl"),
                       "--out", str(tmp_path / "out")])  # fmt: skip
        caught = capsys.readouterr()
        return status, caught.out, caught.err

    return run


def one_line(outcome, *words: str):
    status, _, err = outcome
    assert status == 2
    (line,) = err.splitlines()
    for word in words:
        assert word in line


def read_with_loss(outcome, *words: str):
    status, out, _ = outcome
    assert status == 0
    for word in words:
        assert word in out


def test_crlf_is_read(compare):
    status, out, _ = compare(GOOD.replace(b"\n", b"\r\n"))
    assert status == 0
    assert "SAME" in out
    assert "cut" not in out


def test_a_byte_order_mark_is_read(compare):
    assert compare(b"\xef\xbb\xbf" + GOOD)[0] == 0


def test_gzip_is_read(compare):
    status, out, _ = compare(gzip.compress(GOOD))
    assert status == 0
    assert "SAME" in out


def test_a_gzip_file_that_is_cut_is_read_as_far_as_it_goes(compare):
    packed = gzip.compress(GOOD, mtime=0)
    read_with_loss(compare(packed[: len(packed) * 3 // 4]), "compressed file is cut")


def test_a_directory_may_hold_the_compressed_file(tmp_path: Path):
    (tmp_path / "run.jsonl.gz").write_bytes(gzip.compress(GOOD))
    count = sum(json.loads(line)["kind"] == "case" for line in LINES)
    assert len(read_run(tmp_path).cases) == count


def test_a_truncated_file_is_read_as_far_as_it_goes(compare):
    read_with_loss(compare(GOOD[: len(GOOD) * 2 // 3]), "cut after", "no end row")


def test_shuffled_rows_are_read_and_said(compare):
    lines = list(LINES)
    random.Random(3).shuffle(lines)
    read_with_loss(compare(b"".join(lines)), "reordered", "SAME")


def test_a_file_joined_with_itself_counts_each_row_once(compare, tmp_path: Path):
    read_with_loss(compare(GOOD + GOOD), "repeated word for word")
    (tmp_path / "double.jsonl").write_bytes(GOOD + GOOD)
    double, single = read_run(tmp_path / "double.jsonl"), read_run(tmp_path / "good")
    assert len(double.cases) == len(single.cases)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["is empty"]),
        (b"\n\n", ["is empty"]),
        (gzip.compress(b""), ["is empty"]),
        (gzip.compress(GOOD)[:12], ["cut or damaged"]),
        (b"case,side\nx,cpu\n", ["not a JSON object"]),
        (b"\x00\x01\x02\xff" * 100, ["not a JSON object"]),
        (b"[1, 2]\n", ["not a run file"]),
        (b'{"a": 1}\n', ["has no 'kind'"]),
        (b"".join(LINES[1:15]), ["holds no 'run' row"]),
        (b"\x1f\x8bnot gzip at all", ["cannot be read"]),
        (b"{\n", ["neither a run file nor a whole JSON document"]),
    ],
    ids=[
        "empty",
        "blank",
        "empty gzip",
        "cut gzip",
        "csv",
        "binary",
        "array",
        "other object",
        "headless",
        "bad gzip",
        "cut document",
    ],
)
def test_what_is_no_run_is_refused_in_one_line(compare, content, words):
    one_line(compare(content), "odd.jsonl", *words)


def test_another_schema_version_is_refused(compare):
    one_line(compare(GOOD.replace(b'"schema_version": 1', b'"schema_version": 99')), "newer")
    one_line(compare(GOOD.replace(b'"schema_version": 1', b'"schema_version": "x"')), "version")


def test_a_directory_without_a_run_is_refused(tmp_path: Path, capsys):
    (tmp_path / "empty").mkdir()
    assert main(["compare", str(tmp_path / "empty"), str(tmp_path / "empty")]) == 2
    assert "holds no run.jsonl" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_one_line(compare, tmp_path: Path):
    (tmp_path / "out").write_text("a file, not a folder")
    one_line(compare(GOOD), "cannot be written")


def damaged(data: st.DataObject) -> bytes:
    """The good file after a few things that happen to files."""
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        what = data.draw(st.sampled_from(["cut", "flip", "drop", "repeat", "swap", "insert"]))
        lines = bytes(content).splitlines(keepends=True)
        if not lines:
            break
        place = data.draw(st.integers(0, len(lines) - 1))
        if what == "cut":
            del content[data.draw(st.integers(0, len(content))) :]
        elif what == "flip" and content:
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        elif what == "insert":
            at = data.draw(st.integers(0, len(content)))
            content[at:at] = data.draw(st.binary(min_size=1, max_size=20))
        else:
            other = data.draw(st.integers(0, len(lines) - 1))
            if what == "drop":
                del lines[place]
            elif what == "repeat":
                lines.insert(other, lines[place])
            else:
                lines[place], lines[other] = lines[other], lines[place]
            content = bytearray(b"".join(lines))
    return bytes(content)


@settings(max_examples=120, deadline=None, suppress_health_check=UNHURRIED)
@given(data=st.data())
def test_no_damage_ends_in_a_traceback(compare, data):
    status, out, err = compare(damaged(data), "gate")
    assert status in (0, 1, 2, 3)
    if status == 2:
        assert len(err.splitlines()) == 1
    else:
        assert "Gate: " in out


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=UNHURRIED)
@given(data=st.data())
def test_any_value_in_any_field_is_used_or_refused(compare, data):
    rows = [json.loads(line) for line in LINES]
    row = data.draw(st.sampled_from(rows))
    row[data.draw(st.sampled_from(sorted(row)))] = data.draw(JSON)
    content = "".join(json.dumps(one) + "\n" for one in rows).encode()
    status, _, err = compare(content, "gate")
    assert status in (0, 1, 2, 3)
    if status == 2:
        assert len(err.splitlines()) == 1


@settings(max_examples=60, deadline=None)
@given(
    effects=st.lists(
        st.tuples(st.floats(1e-9, 1e3), st.floats(1e-9, 1e3)), min_size=1, max_size=12
    ),
    margin=st.floats(0, 5),
    swap=st.booleans(),
)
def test_swapping_the_runs_swaps_the_verdicts(effects, margin, swap):
    """SLOWER one way is FASTER the other way, and everything else stays."""
    key = ("case", "cpu", "openblas", 1, "warm", "default")
    sides = [
        pd.DataFrame.from_records(
            [(*key, i, "ok", None, (), pair[side], pair[side]) for i, pair in enumerate(effects)],
            columns=ROW,
        )
        for side in (0, 1)
    ]
    found = []
    for base, new in ((0, 1), (1, 0)):
        table = effects_of(sides[base], sides[new], swap).assign(reason="")
        found.append(judged(with_margins(table, margin, None, swap))["verdict"].iloc[0])
    mirror = {"SLOWER": "FASTER", "FASTER": "SLOWER"}
    assert found[1] == mirror.get(found[0], found[0])
