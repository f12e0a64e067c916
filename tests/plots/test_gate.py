"""The gate: every exit status, floors, and its files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema

from breakeven.cli import main
from synthetic_run import ROOT, Synthetic
from synthetic_sessions import CASE, SMALL, write_session

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).with_name("junit.xsd")))


@pytest.fixture
def gate(tmp_path: Path, capsys):
    """gate(*arguments): status, standard output and error of a gate of base/ and new/."""

    def run(*arguments: str):
        names = [str(tmp_path / name) for name in ("base", "new")]
        status = main(["gate", *names, "--out", str(tmp_path / "gate"), *arguments])
        caught = capsys.readouterr()
        if (tmp_path / "gate/junit.xml").exists():
            SCHEMA.validate(str(tmp_path / "gate/junit.xml"))
        return status, caught.out, caught.err

    return run


IMPLEMENTATIONS = ("naive", "reordered", "packed", "openblas", "onednn", "onednn_packed")
SLOWER_ON_TWO = {
    (f"gemm/f32/nn/m{n}n{n}k{n}", name): 1.5 for n in (64, 128) for name in IMPLEMENTATIONS
}


def separate(tmp_path: Path, **fields):
    common = {**SMALL, "repetitions": 10}
    Synthetic(**{**common, "seed": 1}).write(tmp_path / "base")
    Synthetic(**{**common, "seed": 2, **fields}).write(tmp_path / "new")


def cases(tmp_path: Path, outcome: str) -> list[str]:
    root = ElementTree.parse(tmp_path / "gate/junit.xml").getroot()
    return [one.attrib["name"] for one in root.iter("testcase") if one.find(outcome) is not None]


def test_no_change_passes(gate, tmp_path: Path):
    write_session(tmp_path)
    status, out, _ = gate()
    assert status == 0
    assert "Gate: passed." in out
    document = json.loads((tmp_path / "gate/gate.json").read_text())
    assert (document["kind"], document["status"]) == ("breakeven-gate", 0)
    assert cases(tmp_path, "failure") == []


def test_a_regression_is_status_1(gate, tmp_path: Path):
    write_session(tmp_path, factors={(CASE, "openblas"): 1.1})
    status, out, _ = gate()
    assert status == 1
    assert "Gate: regression (2 keys slower)." in out
    page = (tmp_path / "gate/gate.md").read_text()
    assert page.startswith("# ❌ Gate: regression (2 keys slower).")
    assert "## Slower (2)" in page
    assert len(cases(tmp_path, "failure")) == 2


def test_an_improvement_passes(gate, tmp_path: Path):
    write_session(tmp_path, factors={(CASE, "openblas"): 0.8})
    assert gate()[0] == 0


def test_a_wrong_result_is_status_3_even_beside_a_regression(gate, tmp_path: Path):
    write_session(tmp_path, factors={(CASE, "onednn"): 1.3},
                  faults={(CASE, "openblas"): ("failed", "element 7 is wrong")})  # fmt: skip
    status, out, _ = gate()
    assert status == 3
    assert "element 7 is wrong" in out
    assert len(cases(tmp_path, "failure")) >= 2


def test_an_error_that_is_new_is_a_regression(gate, tmp_path: Path):
    separate(tmp_path, faults={(CASE, "openblas"): ("error", "cudaMalloc: out of memory")})
    assert gate()[0] == 1
    assert len(cases(tmp_path, "error")) == 2


def test_missing_keys_fail_unless_allowed(gate, tmp_path: Path):
    separate(tmp_path, squares=[64, 128])
    status, out, _ = gate()
    assert status == 1
    assert "missing" in out
    assert gate("--allow-missing", "m256n256k256")[0] == 0
    assert gate("--allow-missing", "m256n256k256 cpu openblas")[0] == 1


def test_lack_of_evidence_fails_only_if_strict(gate, tmp_path: Path):
    separate(tmp_path, repetitions=1)
    assert gate()[0] == 0
    status, out, _ = gate("--strict")
    assert status == 4
    assert "not enough evidence" in out


def test_what_became_slower_together_is_said_and_fails_if_strict(gate, tmp_path: Path):
    """Two of three problems, with all implementations: it may be the machine's hour."""
    separate(tmp_path, factors=SLOWER_ON_TWO)
    status, out, _ = gate()
    assert status == 0
    assert "all keys together are 1.3" in out
    assert gate("--strict")[0] == 4


def test_in_alternation_the_machine_is_no_excuse(gate, tmp_path: Path):
    """Two rounds show nothing of a key, but they are no separate runs."""
    write_session(tmp_path, rounds=2, factors=SLOWER_ON_TWO, noise=0.1)
    status, out, _ = gate()
    assert status == 0
    assert "geometric mean of NEW ÷ BASE over its keys, each once: 1.3" in out
    assert "all keys together" not in out


@pytest.fixture
def gpu_pair(tmp_path: Path):
    for name, seed in (("base", 1), ("new", 2)):
        one = Synthetic(squares=[64, 1024, 2048], repetitions=10, seed=seed, noise=0.001)
        one.write(tmp_path / name)


@pytest.mark.usefixtures("gpu_pair")
def test_floors_are_held_against_the_lower_end(gate, tmp_path: Path):
    rows = [json.loads(line) for line in (tmp_path / "new/run.jsonl").read_text().splitlines()]
    speedup = next(row["speedup_kernel"] for row in rows
                   if row["kind"] == "pair" and row["pairing"] == "fastest"
                   and "m2048" in row["case"])  # fmt: skip
    pattern = "m2048.*/fastest/warm/pageable/kernel"
    assert gate("--floor", f"{pattern}={speedup['low'] * 0.999}")[0] == 0
    status, out, _ = gate("--floor", f"{pattern}={(speedup['low'] + speedup['estimate']) / 2}")
    assert status == 1
    assert "not shown to keep the floor" in out
    assert "floor lost: gemm/f32/nn/m2048n2048k2048/fastest/warm/pageable/kernel" in out


@pytest.mark.usefixtures("gpu_pair")
@pytest.mark.parametrize("text", ["m1024", "=3", "m1024=fast", "m1024=-1", "m1024=nan", "(=2"])
def test_a_floor_that_makes_no_sense_is_bad_input(gate, text):
    status, _, err = gate("--floor", text)
    assert status == 2
    assert len(err.splitlines()) == 1


@pytest.mark.usefixtures("gpu_pair")
def test_a_floor_that_matches_nothing_is_bad_input(gate):
    status, _, err = gate("--floor", "m4096=3")
    assert status == 2
    assert "matches none" in err


def test_unlike_machines_are_bad_input(gate, tmp_path: Path):
    separate(tmp_path, cpu_model="Another CPU")
    status, _, err = gate()
    assert status == 2
    assert "different machines" in err
    assert not (tmp_path / "gate").exists()


def test_nothing_in_common_is_bad_input(gate, tmp_path: Path):
    separate(tmp_path, squares=[512])
    status, _, err = gate()
    assert status == 2
    assert "no measured key in common" in err


def test_a_name_that_xml_cannot_hold_is_still_well_formed(gate, tmp_path: Path):
    separate(tmp_path, faults={(CASE, "openblas"): ("failed", "bad \x00\x1b <&> \ufffe byte")})
    assert gate()[0] == 3
    assert "bad ?? &lt;&amp;&gt; ? byte" in (tmp_path / "gate/junit.xml").read_text()
    assert len(cases(tmp_path, "failure")) == 2


def test_the_page_fits_a_job_page(gate, tmp_path: Path):
    squares = list(range(16, 16 + 8 * 60, 8))
    factors = {(f"gemm/f32/nn/m{n}n{n}k{n}", name): 1.5 for n in squares
               for name in ("openblas", "onednn", "naive", "reordered")}  # fmt: skip
    write_session(tmp_path, squares=squares, factors=factors)
    base = tmp_path / "base"
    for path in base.iterdir():
        path.unlink()
    write_session(tmp_path / "same", squares=squares)
    (tmp_path / "same/new/run.jsonl").rename(base / "run.jsonl")
    assert gate()[0] == 1
    size = (tmp_path / "gate/gate.md").stat().st_size
    assert size < 100_000
    assert "more in gate.json" in (tmp_path / "gate/gate.md").read_text()


def test_a_closed_pipe_does_not_lose_the_status(tmp_path: Path):
    write_session(tmp_path, factors={(CASE, "openblas"): 1.1})
    names = [str(tmp_path / name) for name in ("base", "new")]
    process = subprocess.Popen(
        [sys.executable, "-m", "breakeven", "gate", *names],
        stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT / "plots")},
    )  # fmt: skip
    process.stdout.close()
    assert process.wait(timeout=60) == 1
