"""The answer in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from breakeven.run import read_run
from breakeven.terminal import terminal_answer
from breakeven.view import view_of
from synthetic_run import OTHERS, SQUARES, Synthetic

NAMES = [f"gemm/f32/nn/m{n}n{n}k{n}" for n in SQUARES]


def answer(synthetic: Synthetic, directory: Path) -> str:
    text = terminal_answer(view_of(read_run(synthetic.write(directory))))
    return " ".join(text.split())


def test_gpu_wins_from_a_size_on(tmp_path: Path) -> None:
    assert answer(Synthetic(), tmp_path) == (
        "gemm f32 nn, squares: GPU wins from n = 192 on, end to end: 1.03x [1.01, 1.05] there, "
        "16.4x [16.1, 16.8] at n = 2048. CPU wins up to n = 129. With the data on the GPU: GPU "
        "wins from n = 96 on; the kernel alone: GPU wins from n = 96 on. Data copied once and used "
        "again pay off after 17 calls at n = 96, 3 calls at n = 128, 3 calls at n = 129. End to "
        "end with warm caches, pinned memory: GPU wins from n = 192 on. The CPU side stays below "
        "half of its own measured ceiling at n = 32, 33."
    )


def test_dip_moves_the_answer(tmp_path: Path) -> None:
    text = answer(Synthetic(slow_gpu={NAMES[SQUARES.index(384)]: 5}), tmp_path)
    assert "GPU wins from n = 512 on, end to end" in text
    assert "GPU also wins at n = 192, 256, 257, before a dip." in text


def test_cpu_wins_everywhere(tmp_path: Path) -> None:
    text = answer(Synthetic(slow_gpu=dict.fromkeys(NAMES, 100)), tmp_path)
    assert "CPU wins at every measured size, end to end: GPU speedup 0.165x" in text
    assert "With the data on the GPU: GPU wins from n = 96 on" in text


def test_gpu_wins_everywhere(tmp_path: Path) -> None:
    text = answer(Synthetic(squares=[512, 1024]), tmp_path)
    assert "GPU wins at every measured size (n = 512 and up), end to end: 4.01x" in text


def test_losing_at_the_largest_size(tmp_path: Path) -> None:
    text = answer(Synthetic(slow_gpu={NAMES[-1]: 40}), tmp_path)
    assert "GPU wins at some sizes, end to end, but not up to the largest: 0.41" in text
    assert "(the CPU wins there)" in text


def test_one_repetition_decides_nothing(tmp_path: Path) -> None:
    text = answer(Synthetic(repetitions=1), tmp_path)
    assert "Undecided end to end: without two repetitions there is no interval; 16.4x" in text


def test_flagged_rows_stay_out_and_are_counted(tmp_path: Path) -> None:
    flags = {(NAMES[SQUARES.index(192)], "pair"): ["suspect"]}
    text = answer(Synthetic(flags=flags), tmp_path)
    assert "GPU wins from n = 256 on" in text
    assert "1 flagged size left out." in text


def test_capped_sizes_are_told_apart_where_they_change_the_answer(tmp_path: Path) -> None:
    flags = {(NAMES[SQUARES.index(192)], "pair"): ["capped"]}
    text = answer(Synthetic(flags=flags), tmp_path)
    assert "GPU wins from n = 256 on, end to end" in text
    assert "With 1 size where sampling hit the wall cap: GPU wins from n = 192 on" in text


def test_all_capped_is_said_instead_of_nothing(tmp_path: Path) -> None:
    flags = {(name, "pair"): ["capped"] for name in NAMES}
    text = answer(Synthetic(flags=flags), tmp_path)
    assert "GPU wins from n = 192 on" in text
    assert "(Sampling hit the wall cap at every size" in text


def test_all_suspect_gives_no_answer(tmp_path: Path) -> None:
    flags = {(name, "pair"): ["suspect", "open"] for name in NAMES}
    assert "No answer: every size is flagged (open, suspect)." in answer(
        Synthetic(flags=flags), tmp_path
    )


def test_list_of_problems_is_counted(tmp_path: Path) -> None:
    text = answer(Synthetic(squares=[], others=OTHERS), tmp_path)
    assert "GPU wins from 2.52 GFLOP per call on" in text
    assert "Of 9 problems, end to end: GPU wins 5, CPU wins 4, undecided 0." in text


def test_cpu_only_says_why_and_who_is_fastest(tmp_path: Path) -> None:
    text = answer(Synthetic(gpu=False), tmp_path)
    assert text.startswith("No GPU was measured: there is no NVIDIA driver on this machine.")
    assert "Fastest on the CPU: onednn_packed on 2 threads, 212 GFLOP/s [209, 213], 93 %" in text
    assert "Fastest by size: openblas on 2 threads from n = 32 on, onednn_packed on 2 " in text


@pytest.mark.parametrize(("status", "reason", "words"), [
    ("no_device", None, "the driver sees no GPU"),
    ("driver_too_old", "driver 535 supports CUDA 12.2, this build needs 13.0", "driver 535"),
    ("not_built", None, "this build has no CUDA half"),
])  # fmt: skip
def test_reasons_for_no_gpu(tmp_path: Path, status: str, reason: str | None, words: str) -> None:
    synthetic = Synthetic(gpu=False, squares=[64], cuda_status=status, cuda_reason=reason)
    assert f"No GPU was measured: {words}" in answer(synthetic, tmp_path)


def test_gpu_whose_rows_all_failed_is_no_gpu_measured(tmp_path: Path) -> None:
    faults = {(NAMES[0], name): ("error", "out of memory") for name in ("cublas", "coalesced")}
    synthetic = Synthetic(squares=[32], faults=faults)
    text = answer(synthetic, tmp_path)
    assert "No GPU was measured: no pair was measured" in text


def test_flagged_cpu_rows_stay_out_of_the_first_sentence_but_are_said(tmp_path: Path) -> None:
    flags = {(name, "onednn_packed"): ["throttled"] for name in NAMES}
    flags |= {(name, "openblas"): ["capped"] for name in NAMES}
    text = answer(Synthetic(gpu=False, flags=flags), tmp_path)
    assert "Fastest on the CPU: onednn on 2 threads" in text
    assert "With rows where sampling hit the wall cap: openblas on 2 threads" in text
    assert "Flagged and faster: onednn_packed on 2 threads" in text
    assert "(throttled)" in text


def test_fastest_implementation_changes_only_where_intervals_part(tmp_path: Path) -> None:
    """With 10 % noise the three libraries overlap: no flicker from size to size."""
    text = answer(Synthetic(gpu=False, noise=0.1), tmp_path)
    ranges = text.split("Fastest by size: ")[1]
    assert ranges.startswith("openblas on ")
    assert ranges.count(" from n = ") <= 4


def test_failures_are_warned_about(tmp_path: Path) -> None:
    faults = {(NAMES[3], "openblas"): ("failed", "C[0,0] is 3, not 4")}
    assert "WARNING: verification failed on 1 problem." in answer(
        Synthetic(faults=faults), tmp_path
    )
