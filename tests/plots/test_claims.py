"""The often heard claim against a run."""

from __future__ import annotations

from pathlib import Path

from breakeven.claims import claim_table, claims_page, cpu_claim_table
from breakeven.run import read_run
from breakeven.view import View, view_of
from synthetic_run import Synthetic


def test_least_median_and_greatest_are_those_of_the_pair_rows(gpu_view: View) -> None:
    pairs = gpu_view.run.pairs
    mine = pairs[(pairs["pairing"] == "fastest") & (pairs["host_memory"] == "pageable")]
    speedups = mine["speedup_end_to_end"]
    wanted = ["the fastest code on all cores", "end to end, with copies"]
    (row,) = [row for row in claim_table(gpu_view).rows if row[1:3] == wanted]
    assert row[3] == str(len(speedups))
    least, median, greatest = (float(cell.removesuffix("x")) for cell in row[4:7])
    assert abs(least / speedups.min() - 1) < 0.01
    assert abs(median / speedups.median() - 1) < 0.01
    assert abs(greatest / speedups.max() - 1) < 0.01


def test_the_weaker_the_baseline_the_larger_the_factor(gpu_view: View) -> None:
    medians = [float(row[5].removesuffix("x")) for row in claim_table(gpu_view).rows
               if row[2] == "kernel alone"]  # fmt: skip
    assert medians == sorted(medians, reverse=True)
    assert len(medians) == 3


def test_the_page_answers_in_words(gpu_view: View) -> None:
    page = claims_page(gpu_view)
    assert "Against naive code on one thread, without copies:" in page
    assert "Against the fastest CPU code, with copies each time:" in page
    assert "NVIDIA H200" in page.splitlines()[0]


def test_math_modes_and_stand_ins_are_labelled(dtypes_view: View) -> None:
    names = {row[0] for row in claim_table(dtypes_view).rows}
    assert {"f32", "f32 tf32", "bf16", "f16 (CPU: bf16)", "e4m3 (CPU: bf16)"} <= names
    windows = {row[2] for row in claim_table(dtypes_view).rows if row[0] == "f32 tf32"}
    assert windows == {"kernel alone"}, "copies are measured in the default mode only"


def test_cpu_only_says_what_can_be_said(cpu_view: View) -> None:
    page = claims_page(cpu_view)
    assert "No GPU was measured: there is no NVIDIA driver on this machine." in page
    assert "The GPU over the CPU" not in page
    assert "| f32 | the naive loop on one thread | 27 |" in page
    factors = [float(row[4].removesuffix("x")) for row in cpu_claim_table(cpu_view).rows]
    assert 1.5 < factors[0] < 2.1, "two threads over one"
    assert factors[1] > 50, "tuned over naive"


def test_doubtful_rows_are_left_out(tmp_path: Path) -> None:
    case = "gemm/f32/nn/m512n512k512"
    flags = {(case, "pair"): ["suspect"]}
    view = view_of(read_run(Synthetic(squares=[256, 512], flags=flags).write(tmp_path)))
    assert {row[3] for row in claim_table(view).rows} == {"1"}


def test_nothing_measured(tmp_path: Path) -> None:
    view = view_of(read_run(Synthetic(squares=[], gpu=False).write(tmp_path)))
    assert "No problem has two of them." in claims_page(view)
