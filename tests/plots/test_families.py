"""Sweeps: what belongs together, and what its size is."""

from __future__ import annotations

import json
from pathlib import Path

from breakeven.families import Sweep, sweeps_of
from breakeven.run import read_run
from synthetic_run import Synthetic


def sweeps(path: Path, synthetic: Synthetic, edit=lambda row: None) -> list[Sweep]:
    rows = synthetic.rows()
    for row in rows:
        edit(row)
    (path / "run.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return sweeps_of(read_run(path))


def test_squares_go_by_n_and_others_by_work(tmp_path: Path) -> None:
    found = sweeps(tmp_path, Synthetic(squares=[96, 32], others=[(4, 5, 6), (1, 2, 3)]))
    assert [sweep.family.title for sweep in found] == [
        "gemm f32 nn, squares", "gemm f32 nn, deepbench"
    ]  # fmt: skip
    assert list(found[0].sizes.values()) == [32, 96]
    assert (found[0].axis, found[0].at(96), found[0].family.slug) == (
        "n (m = n = k)", "n = 96", "gemm-f32-nn-squares"
    )  # fmt: skip
    assert list(found[1].sizes.values()) == [12, 240]
    assert (found[1].axis, found[1].at(240)) == ("work per call [FLOP]", "240 FLOP per call")


def test_one_problem_that_is_not_square_makes_the_sweep_go_by_work(tmp_path: Path) -> None:
    def relabel(row: dict) -> None:
        if "tags" in row:
            row["tags"] = ["mine:x"]

    found = sweeps(tmp_path, Synthetic(squares=[32], others=[(4, 5, 6)]), relabel)
    assert [(sweep.family.list, sweep.square) for sweep in found] == [("mine", False)]


def test_problem_in_two_lists_is_in_two_sweeps(tmp_path: Path) -> None:
    def tag_twice(row: dict) -> None:
        if "tags" in row:
            row["tags"] = ["squares:a", "squares:b", "layers:c"]

    found = sweeps(tmp_path, Synthetic(squares=[32]), tag_twice)
    assert sorted(sweep.family.list for sweep in found) == ["layers", "squares"]
    assert all(len(sweep.sizes) == 1 for sweep in found)


def test_problem_without_tags_has_a_sweep(tmp_path: Path) -> None:
    def untag(row: dict) -> None:
        if "tags" in row:
            row["tags"] = []

    found = sweeps(tmp_path, Synthetic(squares=[32]), untag)
    assert [sweep.family.title for sweep in found] == ["gemm f32 nn"]


def test_batches_of_one_size_are_square_sweeps(tmp_path: Path) -> None:
    def batch(row: dict) -> None:
        if row["kind"] == "case":
            row["problem"]["batch"] = 64

    found = sweeps(tmp_path, Synthetic(squares=[32, 64]), batch)
    assert (found[0].square, found[0].axis) == (True, "n (m = n = k), batch 64")


def test_problem_of_unknown_sizes_goes_by_work(tmp_path: Path) -> None:
    def other(row: dict) -> None:
        if row["kind"] == "case":
            row["problem"] = {"c": "3", "k": "many"}

    assert not sweeps(tmp_path, Synthetic(squares=[32]), other)[0].square


def test_a_convolution_is_named_by_direction_and_all_sizes(tmp_path: Path) -> None:
    case = "conv/f32/nchw/dgrad/n1c8h8w8k8r3s3/stride2x2/pad1x1"

    def rename(row: dict) -> None:
        if "case" in row:
            row["case"] = case
            row["operation"], row["problem"] = "conv", {"n": 1}

    (sweep,) = sweeps(tmp_path, Synthetic(squares=[32]), rename)
    assert sweep.family.title == "conv f32 nchw, squares"
    assert sweep.name(case) == "dgrad/n1c8h8w8k8r3s3/stride2x2/pad1x1"
