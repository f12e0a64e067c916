"""Google Benchmark's JSON where a run is expected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from breakeven.cli import main
from breakeven.compare.read import read_subjects
from breakeven.errors import InputError


def document(scale: float = 1.0, repetitions: int = 6):
    names = ("gemm/f32/nn/m64n64k64/cpu/openblas/threads:1/iterations:1/manual_time", "BM_other/8")
    runs = [
        {"name": name, "run_name": name, "run_type": "iteration", "repetition_index": i,
         "iterations": 1, "real_time": scale * (100 + i % 3), "cpu_time": 1, "time_unit": "us"}
        for name in names for i in range(repetitions)
    ]  # fmt: skip
    runs.append({"name": names[1] + "_mean", "run_type": "aggregate", "real_time": 1.0,
                 "time_unit": "us"})  # fmt: skip
    runs.append({"name": "BM_broken", "run_type": "iteration", "error_occurred": True,
                 "error_message": "wrong", "real_time": 0, "time_unit": "us"})  # fmt: skip
    context = {"host_name": "here", "num_cpus": 2, "mhz_per_cpu": 2600, "executable": "./bm",
               "library_build_type": "release"}  # fmt: skip
    return {"context": context, "benchmarks": runs}


def write(path: Path, content) -> Path:
    path.write_text(json.dumps(content, indent=2))
    return path


def test_it_is_read_with_what_it_lacks_missing(tmp_path: Path):
    (one,) = read_subjects([write(tmp_path / "bm.json", document())], Path("none"))
    assert one.run is None
    assert "no verification" in one.losses[0]
    ours = one.rows[one.rows["case"] == "gemm/f32/nn/m64n64k64"]
    assert set(zip(ours["side"], ours["implementation"], ours["threads"], strict=True)) == {
        ("cpu", "openblas", 1)
    }
    assert ours["median_s"].min() == pytest.approx(100e-6)
    other = one.rows[one.rows["case"] == "BM_other/8"]
    assert len(other) == 6
    broken = one.rows[one.rows["case"] == "BM_broken"]
    assert list(broken["status"]) == ["error"]
    assert broken["median_s"].isna().all()


def test_two_files_of_one_machine_are_compared(tmp_path: Path, capsys):
    names = [str(write(tmp_path / f"{name}.json", document(scale)))
             for name, scale in (("a", 1.0), ("b", 1.2))]  # fmt: skip
    assert main(["compare", *names, "--out", str(tmp_path / "out")]) == 0
    out = capsys.readouterr().out
    assert "2 SLOWER" in out
    assert "no verification" in out
    assert main(["gate", *names, "--out", str(tmp_path / "out")]) == 1


def test_compact_json_is_recognised(tmp_path: Path):
    path = tmp_path / "bm.json"
    path.write_text(json.dumps(document()))
    assert len(read_subjects([path], Path("none"))[0].rows) == 13


@pytest.mark.parametrize(
    "content",
    [{}, {"benchmarks": []}, {"benchmarks": 3}, {"benchmarks": [{"name": 3}]}, [1, 2],
     {"benchmarks": [{"name": "x", "real_time": float("inf"), "time_unit": "ns"}]},
     {"context": None, "benchmarks": [{"name": "x", "real_time": "slow"}]}],
)  # fmt: skip
def test_other_documents_are_refused(tmp_path: Path, content):
    with pytest.raises(InputError):
        read_subjects([write(tmp_path / "x.json", content)], Path("none"))
