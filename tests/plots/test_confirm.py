"""The two stages of `ab`."""

from __future__ import annotations

import re
from pathlib import Path

from breakeven.cli import main
from breakeven.compare.comparison import compare
from breakeven.compare.confirm import confirmed, pattern_of, suspects
from breakeven.compare.read import read_subjects
from breakeven.compare.verdicts import SLOWER
from synthetic_sessions import CASE, write_session

SLOW = {(CASE, "openblas"): 1.08}


def compared(folder: Path, **fields):
    write_session(folder, **fields)
    return compare(*read_subjects([folder / "base", folder / "new"], Path("none")))


def test_suspects_are_what_looks_slower(tmp_path: Path):
    keys = suspects(compared(tmp_path, factors=SLOW))
    assert {(key[0], key[2]) for key in keys} >= {(CASE, "openblas")}
    assert len(keys) < 8


def test_the_pattern_selects_the_suspects_implementations_and_no_others(tmp_path: Path):
    keys = suspects(compared(tmp_path, factors=SLOW))
    pattern = pattern_of(keys)
    assert re.search(pattern, f"{CASE}/cpu/openblas")
    assert not re.search(pattern, f"{CASE}/cpu/openblas_tuned")
    assert not re.search(pattern, f"x{CASE}/cpu/openblas")


def test_a_pattern_that_grows_too_long_selects_everything(tmp_path: Path):
    one = compared(tmp_path)
    many = one.table.index.repeat(1)
    names = [(f"gemm/f32/nn/m{i}n{i}k{i}", *key[1:]) for i, key in enumerate([many[0]] * 2000)]
    assert pattern_of(type(many).from_tuples(names)) == "."


def test_only_what_the_second_session_confirms_is_slower(tmp_path: Path):
    first = compared(tmp_path / "first", factors=SLOW)
    assert SLOWER in first.counts
    unconfirmed = confirmed(first, compared(tmp_path / "again", seed=4))
    assert SLOWER not in unconfirmed.counts
    assert len(unconfirmed.table) == len(first.table)
    again = compared(tmp_path / "once more", seed=5, factors=SLOW)
    assert {key[2] for key in confirmed(first, again).of(SLOWER).index} == {"openblas"}


def test_a_suspect_that_was_not_measured_again_keeps_its_verdict(tmp_path: Path):
    first = compared(tmp_path / "first", factors=SLOW)
    other = compared(tmp_path / "again", seed=4, squares=[64])
    assert set(confirmed(first, other).of(SLOWER).index) == set(first.of(SLOWER).index)


def test_the_commands_of_ab(tmp_path: Path, capsys):
    write_session(tmp_path / "first", factors=SLOW)
    assert main(["ab-suspects", str(tmp_path)]) == 0
    assert "openblas" in capsys.readouterr().out
    write_session(tmp_path / "again", seed=3, factors=SLOW)
    assert main(["ab-gate", str(tmp_path)]) == 1
    assert "2 keys slower" in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} >= {"gate.md", "gate.json", "junit.xml",
                                                          "compare.md", "effects.png"}  # fmt: skip


def test_nothing_suspicious_prints_nothing(tmp_path: Path, capsys):
    write_session(tmp_path / "first", noise=0.0)
    assert main(["ab-suspects", str(tmp_path)]) == 0
    assert capsys.readouterr().out == ""


def test_the_noise_command_writes_the_file(tmp_path: Path, capsys):
    write_session(tmp_path / "first")
    path = tmp_path / "noise.json"
    assert main(["ab-noise", str(tmp_path), "--out", str(path)]) == 0
    assert "smallest slowdown" in capsys.readouterr().out
    assert path.is_file()
    # And comparing with it works.
    assert main(["ab-gate", str(tmp_path), "--noise-file", str(path)]) == 0
    path.write_text("{}")
    assert main(["ab-gate", str(tmp_path), "--noise-file", str(path)]) == 2
