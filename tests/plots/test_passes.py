"""Totals of passes through networks."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from breakeven.passes import part_table, pass_answer, pass_table, totals_of
from breakeven.quantities import times_with_interval
from breakeven.run import read_run
from breakeven.view import View, view_of
from synthetic_run import EVERY_DTYPE, ROOT, Synthetic

DECODE = {**EVERY_DTYPE, "dtypes": (), "lists": ("llama3_8b_decode",)}
STEP = "One Llama-3 8B forward pass (the next token of 1 sequence after 2047 others) in bf16"
LOGITS = "gemm/bf16/nt/m1n128256k4096"


def sweep_of(view: View, name: str, dtype: str):
    return next(s for s in view.sweeps if (s.family.list, s.family.dtype) == (name, dtype))


def answer(view: View) -> str:
    return " ".join(view.answer(view.sweeps[0]))


def test_a_pass_is_one_sweep_of_all_its_layouts_with_names_and_calls(dtypes_view: View) -> None:
    sweep = sweep_of(dtypes_view, "bert_base", "f32")
    assert sweep.is_pass
    assert sweep.family.title == "gemm f32, bert_base"
    assert {sweep.name(case) for case in sweep.sizes} == {
        "attention_qkv", "attention_scores", "attention_values", "attention_output", "ffn_up",
        "ffn_down", "logits",
    }  # fmt: skip
    assert sorted(sweep.calls.values()) == [1, 12, 12, 12, 12, 12, 13]


def test_lists_of_single_problems_are_no_pass(dtypes_view: View) -> None:
    assert not any(sweep.is_pass for sweep in dtypes_view.sweeps if sweep.square)


def test_the_total_is_each_pair_as_often_as_the_pass_has_it(dtypes_view: View) -> None:
    sweep = sweep_of(dtypes_view, "llama3_8b_decode", "bf16")
    total = totals_of(dtypes_view.run, dtypes_view.rates, sweep)[0]
    assert (total.cache, total.math_mode) == ("cold", "default")
    lines = (ROOT / "operations/lists/gemm/llama3_8b_decode.csv").read_text().splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    pairs = dtypes_view.run.pairs
    pairs = pairs[(pairs["pairing"] == "fastest") & (pairs["cache"] == "cold")]
    for column in ("cpu_s", "kernel_s"):
        seconds = dict(zip(pairs["case"], pairs[column], strict=True))
        wanted = sum(int(row["multiplicity"]) * seconds[row["problem"]] for row in rows)
        assert total.seconds(column) == pytest.approx(wanted)


def test_each_math_mode_has_its_total_beside_the_same_cpu(dtypes_view: View) -> None:
    totals = totals_of(dtypes_view.run, dtypes_view.rates,
                       sweep_of(dtypes_view, "bert_base", "f32"))  # fmt: skip
    assert [(one.cache, one.math_mode) for one in totals] == [
        ("cold", "default"), ("cold", "tf32"), ("warm", "default"), ("warm", "tf32")
    ]  # fmt: skip
    assert totals[0].seconds("cpu_s") == totals[1].seconds("cpu_s")
    assert totals[1].seconds("kernel_s") < totals[0].seconds("kernel_s")
    assert totals[2].seconds("call_s") > totals[2].seconds("kernel_s"), "warm ones only"
    bf16 = totals_of(dtypes_view.run, dtypes_view.rates,
                     sweep_of(dtypes_view, "bert_base", "bf16"))  # fmt: skip
    assert {one.math_mode for one in bf16} == {"default"}


def test_the_answer_names_step_sides_and_ratio(tmp_path: Path) -> None:
    text = answer(view_of(read_run(Synthetic(**DECODE).write(tmp_path))))
    assert text == (
        f"{STEP}, its GEMMs with cold caches: CPU 383 ms, GPU 5.18 ms "
        "(73.9x); sums of medians, kernels alone on the GPU."
    )


def test_cpu_only(tmp_path: Path) -> None:
    text = answer(view_of(read_run(Synthetic(gpu=False, **DECODE).write(tmp_path))))
    assert text == f"{STEP}, its GEMMs with cold caches: CPU 383 ms."


def test_a_missing_problem_leaves_no_total_and_is_said(tmp_path: Path) -> None:
    faults = {(LOGITS, name): ("skipped", "too long") for name in ("naive", "onednn")}
    view = view_of(read_run(Synthetic(gpu=False, faults=faults, **DECODE).write(tmp_path)))
    assert "CPU: no total, 6 of its 7 problems measured (93 % of its FLOPs)." in answer(view)
    table = pass_table(totals_of(view.run, view.rates, view.sweeps[0]))
    missing = "CPU: 6 of its 7 problems measured (93 % of its FLOPs)"
    assert table.rows == [["cold", "–", missing], ["warm", "–", missing]]


def test_a_gpu_that_lacks_a_problem_has_no_total_either(tmp_path: Path) -> None:
    faults = {(LOGITS, "cublaslt"): ("error", "out of memory")}
    text = answer(view_of(read_run(Synthetic(faults=faults, **DECODE).write(tmp_path))))
    assert "CPU 383 ms, GPU: no total, 6 of its 7 problems measured (93 % of its FLOPs);" in text
    assert "x)" not in text


def test_a_pass_of_which_nothing_was_measured_is_named(tmp_path: Path) -> None:
    names = ("naive", "onednn")
    view = view_of(read_run(Synthetic(gpu=False, **DECODE).write(tmp_path / "all")))
    faults = {(case, name): ("skipped", "the time budget is spent")
              for case in view.sweeps[0].sizes for name in names}  # fmt: skip
    view = view_of(read_run(Synthetic(gpu=False, faults=faults, **DECODE).write(tmp_path)))
    assert answer(view) == (f"{STEP}: none of its 7 problems was measured.")


def test_a_filter_is_said(tmp_path: Path) -> None:
    path = Synthetic(gpu=False, **DECODE).write(tmp_path)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        if row["kind"] == "run":
            row["command"] = ["gemm_bench", "--filter", "m1n"]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert "A filter chose this run's rows" in answer(view_of(read_run(path)))


def test_an_interrupted_run_is_said(tmp_path: Path) -> None:
    path = Synthetic(gpu=False, **DECODE).write(tmp_path)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    assert "The run is incomplete" in answer(view_of(read_run(path)))


def test_problems_in_doubt_are_counted(tmp_path: Path) -> None:
    flags = {(LOGITS, "onednn"): ["suspect"]}
    text = answer(view_of(read_run(Synthetic(gpu=False, flags=flags, **DECODE).write(tmp_path))))
    assert text.endswith("CPU 383 ms; 1 problem flagged.")


def test_parts_add_up(dtypes_view: View) -> None:
    sweep = sweep_of(dtypes_view, "bert_base", "f32")
    total = totals_of(dtypes_view.run, dtypes_view.rates, sweep)[0]
    table = part_table(total)
    shares = [float(row[3].removesuffix(" %")) for row in table.rows]
    assert sum(shares) == pytest.approx(100, abs=3)
    assert [row[1] for row in table.rows if row[0] == "attention_output"] == ["13"]


def test_each_part_has_what_its_pair_says(dtypes_view: View) -> None:
    sweep = sweep_of(dtypes_view, "bert_base", "f32")
    warm = next(
        one
        for one in totals_of(dtypes_view.run, dtypes_view.rates, sweep)
        if (one.cache, one.math_mode) == ("warm", "default")
    )
    table = part_table(warm)
    assert list(table.columns[-3:]) == ["<CPU ÷ GPU", "copies", "pays after"]
    pairs = dtypes_view.run.pairs
    pair = pairs[
        (pairs["case"] == warm.rows["case"][0])
        & (pairs["pairing"] == "fastest")
        & (pairs["cache"] == "warm")
        & (pairs["math_mode"] == "default")
    ].iloc[0]
    speedup, copies, after = table.rows[0][-3:]
    ends = (pair[f"speedup_kernel{end}"] for end in ("", "_low", "_high"))
    assert speedup == times_with_interval(*ends)
    assert copies == f"{100 * pair['transfer_share']:.0f} %"
    assert after.split()[0] == f"{pair['break_even_calls']}"


def test_a_list_of_the_users_own_is_a_pass_if_it_says_so(tmp_path: Path) -> None:
    path = Synthetic(squares=[64, 128], gpu=False).write(tmp_path)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        if row["kind"] == "case":
            name = f"mine:{row['problem']['m']}"
            row |= {"tags": [name], "multiplicities": {name: 1}}
        elif row["kind"] == "run":
            row["passes"] = {"mine": "one pass of mine"}
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    view = view_of(read_run(path))
    assert pass_answer(view.run, view.rates, view.sweeps[0])[0].startswith(
        "One pass of mine in f32"
    )


def test_counts_alone_make_no_pass(tmp_path: Path) -> None:
    """What DeepBench's sets have in common is no network."""
    path = Synthetic(squares=[64, 128], gpu=False).write(tmp_path)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        if row["kind"] == "case":
            row["multiplicities"] = dict.fromkeys(row["tags"], 24)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert not any(sweep.is_pass for sweep in view_of(read_run(path)).sweeps)
