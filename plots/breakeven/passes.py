"""What one pass through a network takes: its problems' times, each as often as the pass has it.

A total stands only where every problem of the list was measured; else it is said what is missing.
The sides are those of the pair rows (the fastest on all usable cores, the fastest on the GPU, both
chosen on the pilot) where there are pairs, else the fastest CPU rows. The GPU's time is that of its
kernels one after the other, with the data there: no copies, no gaps between launches; whole calls
are measured with warm caches only. A ratio of totals is one of sums of medians and has no interval.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from breakeven.families import Sweep
from breakeven.quantities import (
    NOTHING,
    counted,
    percent,
    times,
    times_with_interval,
    with_prefix,
)
from breakeven.rates import fastest
from breakeven.rows import doubtful, records
from breakeven.run import Run
from breakeven.table import Table
from breakeven.tables import calls

_PROBLEMS = {"gemm": "GEMMs", "conv": "convolutions", "conv_bias_relu": "convolutions"}

# Of a problem that was not measured.
_NOTHING: dict[str, Any] = {
    "cpu_s": math.nan, "kernel_s": math.nan, "call_s": math.nan, "cpu_label": NOTHING,
    "cuda_label": NOTHING, "flags": (), "speedup_kernel": math.nan, "speedup_kernel_low": math.nan,
    "speedup_kernel_high": math.nan, "transfer_share": math.nan, "break_even_calls": None,
}  # fmt: skip


@dataclass(frozen=True)
class Total:
    """A pass under one cache state and math mode of the GPU; `rows` by problem with `calls`,
    `flops` and, where measured, `cpu_s`, `kernel_s`, `call_s` of one call, both labels, `flags`,
    and of the pair, with pageable memory where that was measured, what a pair row has."""

    sweep: Sweep
    cache: str
    math_mode: str
    rows: pd.DataFrame

    def seconds(self, column: str) -> float:
        """Time of the pass; NaN unless every problem has it."""
        return float((self.rows[column] * self.rows["calls"]).sum(skipna=False))

    def missing(self, column: str) -> str | None:
        """What is not measured, in words; None where all is."""
        there = self.rows[column].notna()
        if there.all():
            return None
        work = self.rows["flops"] * self.rows["calls"]
        share = percent(float(work[there].sum() / work.sum()))
        problems = counted(len(there), "problem")
        return f"{there.sum()} of its {problems} measured ({share} of its FLOPs)"

    @property
    def on_gpu(self) -> bool:
        """Whether a GPU was measured on any of its problems."""
        return bool(self.rows["kernel_s"].notna().any())

    def in_doubt(self) -> str:
        """How many of its problems carry a flag that keeps them out of headlines; empty if none."""
        count = int(doubtful(self.rows).sum())
        return f"{counted(count, 'problem')} flagged" if count else ""


def title_of(sweep: Sweep) -> str:
    """The pass in words, with its dtype."""
    return f"{sweep.words} in {sweep.family.dtype}"


def totals_of(run: Run, rates: pd.DataFrame, sweep: Sweep) -> list[Total]:
    """The pass with cold caches first: one layer's weights push out another's, so that a real pass
    finds none of them in a cache."""
    caches = [cache for cache in ("cold", "warm") if cache in set(rates["cache"])]
    modes = sorted({"default", *run.pairs["math_mode"]}, key=lambda mode: mode != "default")
    found = [_total(run, rates, sweep, cache, mode) for cache in caches for mode in modes]
    return [one for one in found if one.rows[["cpu_s", "kernel_s"]].notna().any(axis=None)
            and (one.math_mode == "default" or one.on_gpu)]  # fmt: skip


def pass_answer(run: Run, rates: pd.DataFrame, sweep: Sweep) -> list[str]:
    """Sentences on one pass: with the first cache state that is whole, each math mode."""
    totals = totals_of(run, rates, sweep)
    if not totals:
        title = title_of(sweep)
        problems = counted(len(sweep.sizes), "problem")
        return [f"{title[0].upper()}{title[1:]}: none of its {problems} was measured."]
    sentences = [_sentence(headline_totals(totals))]
    return sentences + [note for note in [_untraced(run)] if note]


def headline_totals(totals: list[Total]) -> list[Total]:
    """Those of the first cache state that is whole on the CPU, else of the first."""
    chosen = next((one for one in totals if not one.missing("cpu_s")), totals[0])
    return [one for one in totals if one.cache == chosen.cache]


def pass_table(totals: list[Total]) -> Table:
    """The totals, one row each."""
    table = Table(
        ["<caches", "CPU", "<missing or in doubt", "<GPU math", "GPU kernels", "GPU calls",
         "CPU ÷ kernels", "CPU ÷ calls"]
    )  # fmt: skip
    on_gpu = any(one.on_gpu for one in totals)
    for one in totals:
        cpu, kernels, whole = (one.seconds(name) for name in ("cpu_s", "kernel_s", "call_s"))
        sides = [("CPU", "cpu_s"), ("GPU", "kernel_s")][: 2 if on_gpu else 1]
        notes = [f"{side}: {words}" for side, name in sides if (words := one.missing(name))]
        notes += [words for words in [one.in_doubt()] if words]
        table.add(
            one.cache,
            with_prefix(cpu, "s"),
            "; ".join(notes),
            one.math_mode,
            with_prefix(kernels, "s"),
            with_prefix(whole, "s"),
            times(cpu / kernels),
            times(cpu / whole),
        )
    return table if on_gpu else table.leading(3)


def part_table(total: Total) -> Table:
    """The problems of a pass with their parts of its time."""
    table = Table(
        ["<row", "calls", "<problem", "of FLOPs", "<CPU", "CPU", "of CPU", "<GPU", "GPU kernels",
         "of GPU", "<CPU ÷ GPU", "copies", "pays after"]
    )  # fmt: skip
    work = (total.rows["flops"] * total.rows["calls"]).sum()
    cpu, gpu = total.seconds("cpu_s"), total.seconds("kernel_s")
    for row in records(total.rows):
        ours, theirs = row["cpu_s"] * row["calls"], row["kernel_s"] * row["calls"]
        table.add(
            total.sweep.name(row["case"]),
            str(row["calls"]),
            row["case"].partition("/")[2],
            percent(row["flops"] * row["calls"] / work),
            row["cpu_label"],
            with_prefix(ours, "s"),
            percent(ours / cpu),
            row["cuda_label"],
            with_prefix(theirs, "s"),
            percent(theirs / gpu),
            times_with_interval(*(row[f"speedup_kernel{end}"] for end in ("", "_low", "_high"))),
            percent(row["transfer_share"]),
            calls(row["break_even_calls"]),
        )
    return table if total.on_gpu else table.leading(7)


def _total(run: Run, rates: pd.DataFrame, sweep: Sweep, cache: str, mode: str) -> Total:
    pairs = run.pairs
    pairs = pairs[
        (pairs["pairing"] == "fastest")
        & (pairs["cache"] == cache)
        & (pairs["math_mode"] == mode)
        & pairs["case"].isin(list(sweep.calls))
    ].sort_values("host_memory")  # pageable comes before pinned
    pairs = pairs.drop_duplicates("case")
    paired = {row["case"]: row for row in records(pairs)}
    alone = fastest(rates[(rates["side"] == "cpu") & (rates["cache"] == cache)])
    cpu_only = dict(zip(alone.index, records(alone), strict=True))
    rows = []
    for case, flops in sweep.sizes.items():
        row = {**_NOTHING, "case": case, "calls": sweep.calls[case], "flops": flops}
        if case in paired:
            row |= {name: paired[case][name] for name in _NOTHING}
        elif case in cpu_only:
            one = cpu_only[case]
            row |= {"cpu_s": one["seconds"], "cpu_label": one["label"], "flags": one["flags"]}
        rows.append(row)
    return Total(sweep, cache, mode, pd.DataFrame(rows))


def _sentence(totals: list[Total]) -> str:
    """One cache state with the GPU's math modes."""
    first = totals[0]
    title = title_of(first.sweep)
    cpu, lacks = first.seconds("cpu_s"), first.missing("cpu_s")
    parts = [f"CPU: no total, {lacks}" if lacks else f"CPU {with_prefix(cpu, 's')}"]
    for one in totals:
        if not one.on_gpu:
            continue
        name = "GPU" if one.math_mode == "default" else f"GPU in {one.math_mode}"
        gpu, lacks_too = one.seconds("kernel_s"), one.missing("kernel_s")
        if lacks_too:
            parts.append(f"{name}: no total, {lacks_too}")
        else:
            ratio = "" if lacks else f" ({times(cpu / gpu)})"
            parts.append(f"{name} {with_prefix(gpu, 's')}{ratio}")
    note = "; sums of medians, kernels alone on the GPU" if len(parts) > 1 else ""
    note += "".join(f"; {words}" for words in [first.in_doubt()] if words)
    problems = _PROBLEMS.get(first.sweep.family.operation, "problems")
    start = f"{title[0].upper()}{title[1:]}, its {problems} with {first.cache} caches"
    return f"{start}: {', '.join(parts)}{note}."


def _untraced(run: Run) -> str | None:
    """Whether rows of the list may be missing from the run file without a trace."""
    if run.losses:
        return "(The run is incomplete: problems that it did not come to are not counted here.)"
    commands = [word for program in run.programs for word in program.header["command"]]
    if any(word.startswith(("--filter", "--benchmark_filter")) for word in commands):
        return "(A filter chose this run's rows: those that it left out are not counted here.)"
    return None
