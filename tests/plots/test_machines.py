"""Hardware comparisons: machines beside each other, and no verdict."""

from __future__ import annotations

import json
from pathlib import Path

from breakeven.cli import main
from breakeven.compare.machines import (
    case_table,
    crossover_table,
    fastest_of,
    machines_page,
    total_table,
)
from breakeven.compare.read import read_subjects
from synthetic_run import SQUARES, Synthetic


def fleet(tmp_path: Path, **fields):
    """Three machines: two CPUs of one kind with and without a GPU, and another CPU."""
    common = {"squares": [64, 256, 1024], "noise": 0.0, **fields}
    Synthetic(**common, gpu=False).write(tmp_path / "plain")
    Synthetic(**common).write(tmp_path / "with-gpu")
    Synthetic(**common, gpu=False, cpu_model="Another CPU").write(tmp_path / "other")
    return read_subjects([tmp_path / name for name in ("plain", "with-gpu", "other")], Path("none"))


def test_each_side_is_represented_by_its_fastest(tmp_path: Path):
    _, gpu, _ = fleet(tmp_path)
    best = fastest_of(gpu)
    case = "gemm/f32/nn/m1024n1024k1024"
    rows = gpu.rows[(gpu.rows["case"] == case) & (gpu.rows["side"] == "cpu")]
    assert best.loc[(case, "cpu"), "seconds"] == rows["median_s"].min()
    assert best.loc[(case, "cuda"), "implementation"] == "cublas"
    assert (case, "end to end") in best.index


def test_problems_that_two_machines_have_are_set_side_by_side(tmp_path: Path):
    table = case_table(fleet(tmp_path))
    assert [row[0] for row in table.rows] == [f"gemm/f32/nn/m{n}n{n}k{n}" for n in (64, 256, 1024)]
    assert {row[1] for row in table.rows} == {"CPU"}
    assert table.rows[0][-1] == "1.00x"


def test_lists_are_summed_over_what_all_machines_measured(tmp_path: Path):
    subjects = fleet(tmp_path, lists=("llama3_8b_decode",), dtypes=("bf16",))
    rows = {(row[0], row[1]): row[2] for row in total_table(subjects).rows}
    assert rows[("llama3_8b_decode", "CPU")].endswith("7 of 7")
    members = [case for case, tags in subjects[0].tags.items()
               if any(tag.startswith("llama3") for tag in tags)]  # fmt: skip
    best = fastest_of(subjects[0])["seconds"]
    counts = subjects[0].run.multiplicities
    total = sum(
        best[case, "cpu"] * sum(n for tag, n in counts[case].items() if tag.startswith("llama3"))
        for case in members
    )
    line = next(row for row in total_table(subjects).rows if row[0] == "llama3_8b_decode")
    assert line[3].split()[0] == f"{total * 1e3:.3g}"


def test_the_crossover_of_each_machine_with_a_gpu(tmp_path: Path):
    Synthetic(squares=SQUARES).write(tmp_path / "a")
    Synthetic(squares=SQUARES, cpu_model="Another CPU",
              slow_gpu={f"gemm/f32/nn/m{n}n{n}k{n}": 20.0 for n in SQUARES[:14]}
              ).write(tmp_path / "b")  # fmt: skip
    (row,) = crossover_table(read_subjects([tmp_path / "a", tmp_path / "b"], Path("none"))).rows
    assert row[1].startswith("from n = ")
    assert row[1] != row[2]


def test_the_page_names_the_machines_and_gives_no_verdict(tmp_path: Path):
    page = machines_page(fleet(tmp_path))
    for words in ("Hardware comparison", "Another CPU", "no row is a verdict", "CPU ÷"[:3]):
        assert words in page
    for word in ("SLOWER", "FASTER", "UNSURE"):
        assert word not in page


def test_the_command_chooses_by_fingerprint(tmp_path: Path, capsys):
    fleet(tmp_path)
    names = [str(tmp_path / name) for name in ("plain", "other")]
    assert main(["compare", *names, "--out", str(tmp_path / "out")]) == 0
    assert "hardware comparison, no verdict on code" in capsys.readouterr().out
    document = json.loads((tmp_path / "out/compare.json").read_text())
    assert document["kind"] == "breakeven-hardware-comparison"
    assert len(document["problems"]) == 3


def test_machines_without_a_common_problem_say_so(tmp_path: Path, capsys):
    Synthetic(gpu=False, squares=[64]).write(tmp_path / "a")
    Synthetic(gpu=False, squares=[128], cpu_model="Another CPU").write(tmp_path / "b")
    assert main(["compare", str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    assert "no measured problem in common" in capsys.readouterr().out
