"""Tables, word by word."""

# ruff: noqa: E501

from __future__ import annotations

import json
from pathlib import Path

from breakeven.families import spread
from breakeven.run import read_run
from breakeven.table import Table
from breakeven.tables import (
    baseline_table,
    brief_pair_table,
    calls,
    cpu_table,
    implementation_table,
)
from breakeven.terminal import terminal_report
from breakeven.view import View, view_of
from synthetic_run import Synthetic


def view(tmp_path: Path, **options: object) -> View:
    return view_of(read_run(Synthetic(noise=0.0, **options).write(tmp_path)))


def test_alignment_and_escaping() -> None:
    table = Table(["<name", "n"])
    table.add("a|b", "1")
    table.add("c", "100")
    assert table.text() == "name    n\na|b     1\nc     100"
    assert table.markdown() == "| name | n |\n| :-- | --: |\n| a\\|b | 1 |\n| c | 100 |"


def test_memory_beside_the_tensors_is_a_column_where_any_tells_it(tmp_path: Path) -> None:
    path = Synthetic(squares=[512], gpu=False).write(tmp_path)
    case = "gemm/f32/nn/m512n512k512"
    assert implementation_table(view_of(read_run(path)).by_case[case]).columns[-1] == "pack"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        if row["kind"] == "case" and row["implementation"] == "openblas":
            row["workspace_bytes"] = 1_500_000
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    table = implementation_table(view_of(read_run(path)).by_case[case])
    assert table.columns[-1] == "memory"
    told = {row[1]: row[-1] for row in table.rows}
    assert told["openblas"] == "1.50 MB"
    assert {text for name, text in told.items() if name != "openblas"} == {"–"}


def test_pair_table(tmp_path: Path) -> None:
    flags = {("gemm/f32/nn/m256n256k256", "pair"): ["suspect"]}
    shown = view(tmp_path, squares=[64, 256, 1024], flags=flags)
    pairs = shown.pairs(shown.sweeps[0])
    assert pairs is not None
    table = brief_pair_table(shown.run, pairs, list(pairs.rows["case"]))
    assert table.text().splitlines() == [
        "   n  CPU            GFLOP/s  ceiling  GPU     GFLOP/s  ceiling  kernel    call  end to end              calls",
        "  64  openblas           160     70 %  cublas     87.2   0.17 %  0.545x  0.409x  0.101x [0.0989, 0.103]  never",
        "256*  onednn_packed      206     90 %  cublas     4974    9.6 %   24.2x   18.7x  1.63x [1.60, 1.66]          1",
        "1024  onednn_packed      209     92 %  cublas    39974     77 %    191x    184x  8.41x [8.24, 8.57]          1",
    ]


def test_pair_table_shows_the_file_and_not_a_quotient(tmp_path: Path) -> None:
    """A speedup in the file that no quotient of its medians gives must come out as it is."""
    import json

    path = Synthetic(squares=[64]).write(tmp_path)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        if row["kind"] == "pair":
            row["speedup_end_to_end"] = {"estimate": 77.7, "low": 77.1, "high": 78.3,
                                         "repetitions": 5}  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert "77.7x [77.1, 78.3]" in terminal_report(view_of(read_run(path)))


def test_cpu_table(tmp_path: Path) -> None:
    shown = view(tmp_path, squares=[64, 1024], gpu=False)
    sweep = shown.sweeps[0]
    table = cpu_table(sweep, shown.rates, "warm", list(sweep.sizes))
    assert table.text().splitlines() == [
        "   n  fastest        threads     time  GFLOP/s  of ceiling  1 thread GFLOP/s  of ceiling  naive GFLOP/s  fastest ÷ naive",
        "  64  openblas             2  3.28 µs      160        70 %              95.5        84 %           1.40             114x",
        "1024  onednn_packed        2  10.3 ms      209        92 %               108        95 %           1.40             150x",
    ]


def test_baselines_stand_side_by_side(tmp_path: Path) -> None:
    shown = view(tmp_path, squares=[1024])
    sweep = shown.sweeps[0]
    by_pairing = {name: pairs for name in ("fastest", "one_thread", "naive")
                  if (pairs := shown.pairs(sweep, name))}  # fmt: skip
    table = baseline_table(sweep, by_pairing, list(sweep.sizes))
    assert table.columns[1:4] == ["<fastest CPU: kernel", "<one thread: kernel", "<naive: kernel"]
    factors = [float(cell.split("x")[0]) for cell in table.rows[0][1:4]]
    assert factors == sorted(factors)


def test_break_even_calls_in_words() -> None:
    assert [calls(value) for value in (1, 12, "never", None, float("nan"))] == [
        "1 call", "12 calls", "never", "–", "–"
    ]  # fmt: skip


def test_terminal_is_narrow_for_squares(tmp_path: Path) -> None:
    text = terminal_report(view(tmp_path))
    assert max(len(line) for line in text.splitlines()) <= 115


def test_long_lists_are_cut_on_the_terminal_and_said(tmp_path: Path) -> None:
    others = [(m, 64, k) for m in range(100, 140) for k in (32, 96)]
    text = terminal_report(view(tmp_path, squares=[], others=others, repetitions=1))
    assert "(12 of 80 problems, all in report.md)" in text


def test_spread_keeps_powers_of_two_and_both_ends(tmp_path: Path) -> None:
    shown = view(tmp_path, gpu=False)
    sweep = shown.sweeps[0]
    chosen = spread(sweep, list(sweep.sizes), 12)
    assert [sweep.sizes[case] for case in chosen] == [32, 64, 128, 256, 512, 1024, 2048]
    few = spread(sweep, list(sweep.sizes)[:5], 12)
    assert len(few) == 5
