"""Rates: medians over repetitions, intervals over repetitions, shares of ceilings."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

from breakeven.figures.all import figures_of
from breakeven.rates import fastest, flop_ceiling, rates_of, widest
from breakeven.run import read_run
from breakeven.tables import pair_table
from breakeven.view import view_of
from synthetic_run import Synthetic

CASE = "gemm/f32/nn/m128n128k128"


def rates(synthetic: Synthetic, directory: Path):
    run = read_run(synthetic.write(directory))
    return run, rates_of(run)


def row_of(table, implementation: str, threads: int, side: str = "cpu"):
    found = table[(table["implementation"] == implementation) & (table["threads"] == threads)
                  & (table["side"] == side)]  # fmt: skip
    assert len(found) == 1
    return found.iloc[0]


def test_median_over_repetitions_and_share_of_the_matching_ceiling(tmp_path: Path) -> None:
    run, table = rates(Synthetic(squares=[128]), tmp_path)
    times = run.cases[(run.cases["implementation"] == "openblas") & (run.cases["threads"] == 1)]
    row = row_of(table, "openblas", 1)
    assert row["seconds"] == np.median(times["median_s"])
    assert row["rate"] == 2 * 128**3 / row["seconds"]
    assert row["low"] < row["seconds"] < row["high"]
    assert row["share_of_ceiling"] == row["rate"] / 114e9
    assert row_of(table, "openblas", 2)["share_of_ceiling"] < 1
    assert flop_ceiling(run, "cpu", "f32", 2) == 228e9
    assert flop_ceiling(run, "cuda", "f64", 0) == 26e12
    assert np.isnan(flop_ceiling(run, "cpu", "f32", 3)), "no ceiling of other threads is borrowed"


def test_what_memory_bounds_is_judged_by_bytes(tmp_path: Path) -> None:
    rows = Synthetic(squares=[128, 256]).rows()
    for row in rows:
        if row["kind"] == "case":
            row["judged_by"] = "bytes"
    path = tmp_path / "run.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    run = read_run(path)
    table = rates_of(run)
    row = row_of(table[table["case"] == CASE], "openblas", 2)
    assert row["unit"] == "B/s"
    assert row["rate"] == row["bytes"] / row["seconds"]
    memory = run.ceilings[
        run.ceilings["name"].isin(["triad", "copy"])
        & (run.ceilings["side"] == "cpu")
        & (run.ceilings["threads"] == 2)
    ]
    assert row["share_of_ceiling"] == row["rate"] / memory["value"].max()
    assert run.work[CASE] == (row["bytes"], "B")
    view = view_of(run)
    assert {sweep.rate for sweep in view.sweeps} == {"GB/s"}
    pairs = view.pairs(view.sweeps[0])
    assert pairs is not None
    text = pair_table(run, pairs, list(view.sweeps[0].sizes)).markdown()
    assert "GB/s" in text
    assert "FLOP" not in text
    labels = {axes.get_ylabel() for figure in figures_of(view) for axes in figure.canvas.axes
              if figure.name.startswith("rate")}  # fmt: skip
    assert labels == {"rate [GB/s]"}


def test_failed_ceiling_is_no_ceiling(tmp_path: Path) -> None:
    rows = Synthetic(squares=[128]).rows()
    for row in rows:
        if row["kind"] == "ceiling" and row["side"] == "cpu":
            row |= {"status": "error", "reason": "interrupted"}
    (tmp_path / "run.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    run = read_run(tmp_path)
    assert np.isnan(rates_of(run).query("side == 'cpu'")["share_of_ceiling"]).all()


def test_one_repetition_has_no_interval(tmp_path: Path) -> None:
    _, table = rates(Synthetic(squares=[128], repetitions=1), tmp_path)
    assert table["low"].isna().all()
    assert table["rate"].notna().all()


def test_one_failed_repetition_voids_the_implementation(tmp_path: Path) -> None:
    rows = Synthetic(squares=[128]).rows()
    mine = [row for row in rows if row.get("implementation") == "openblas" and row["threads"] == 2]
    mine[3] |= {"status": "failed", "reason": "wrong after the last call"}
    (tmp_path / "run.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    table = rates_of(read_run(tmp_path))
    openblas = table[table["implementation"] == "openblas"]
    assert list(openblas["threads"]) == [1]


def test_widest_and_fastest(tmp_path: Path) -> None:
    _, table = rates(Synthetic(squares=[128]), tmp_path)
    cpu = widest(table[table["side"] == "cpu"])
    assert sorted(cpu["threads"]) == [1, 2, 2, 2, 2]
    best = fastest(cpu).loc[CASE]
    assert best["seconds"] == cpu["seconds"].min()


def test_intervals_cover_the_truth_of_simulated_repetitions(tmp_path: Path) -> None:
    """300 problems with 5 repetitions each, log-normal noise of 3 %: the interval holds the true
    time in about 95 % of them."""
    rows = Synthetic(squares=[128], gpu=False, repetitions=5).rows()
    template = next(row for row in rows if row.get("implementation") == "openblas")
    rng = random.Random(3)
    copies = [
        {**template, "case": f"gemm/f32/nn/m{i}n1k1", "repetition": r, "median_s": seconds}
        for i in range(300)
        for r in range(5)
        for seconds in [1e-3 * np.exp(rng.gauss(0, 0.03))]
    ]
    rows[-1]["rows"] += len(copies)
    (tmp_path / "run.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in [*rows[:-1], *copies, rows[-1]])
    )
    table = rates_of(read_run(tmp_path))
    table = table[table["case"].str.endswith("n1k1")]
    covered = ((table["low"] <= 1e-3) & (table["high"] >= 1e-3)).mean()
    assert len(table) == 300
    assert 0.91 <= covered <= 0.99


@pytest.mark.parametrize("rows", [0, 1])
def test_nothing_measured_gives_an_empty_table(tmp_path: Path, rows: int) -> None:
    squares = [128] * rows
    synthetic = Synthetic(squares=squares, gpu=False)
    synthetic.faults = {(CASE, name): ("error", "out of memory") for name in
                        ("naive", "reordered", "openblas", "onednn", "onednn_packed")}  # fmt: skip
    _, table = rates(synthetic, tmp_path)
    assert table.empty
