"""The tables of a report: pairs, implementations, baselines, transfers, ceilings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from breakeven.families import Sweep
from breakeven.names import label
from breakeven.pairs import WINDOWS, SizedPairs
from breakeven.quantities import (
    NOTHING,
    giga,
    percent,
    times,
    times_with_interval,
    with_prefix,
)
from breakeven.rates import fastest, pair_rate
from breakeven.rows import records
from breakeven.run import Run
from breakeven.table import Table

FLAG_MARK = "*"  # beside a size whose row carries a flag


def pair_table(run: Run, pairs: SizedPairs, cases: Sequence[str]) -> Table:
    """CPU and GPU side by side with the three speedups of the pair rows and their intervals."""
    table = Table(
        [pairs.sweep.column, "<CPU", "threads", pairs.sweep.rate, "of ceiling", "<GPU",
         pairs.sweep.rate, "of ceiling", "<kernel", "<call", "<end to end", "copies", "pays after"]
    )  # fmt: skip
    for row in _chosen(pairs.rows, cases):
        cpu_rate, cpu_share = pair_rate(run, row, "cpu")
        gpu_rate, gpu_share = pair_rate(run, row, "cuda")
        table.add(
            pairs.sweep.name(row["case"]) + (FLAG_MARK if row["flags"] else ""),
            row["cpu_label"],
            str(row["cpu_threads"]),
            giga(cpu_rate),
            percent(cpu_share),
            row["cuda_label"],
            giga(gpu_rate),
            percent(gpu_share),
            *(_with_interval(row, window) for window in WINDOWS),
            percent(row["transfer_share"]),
            calls(row["break_even_calls"]),
        )
    return table


def brief_pair_table(run: Run, pairs: SizedPairs, cases: Sequence[str]) -> Table:
    """The same for a terminal: only end to end with its interval."""
    table = Table(
        [pairs.sweep.column, "<CPU", pairs.sweep.rate, "ceiling", "<GPU", pairs.sweep.rate,
         "ceiling", "kernel", "call", "<end to end", "calls"]
    )  # fmt: skip
    for row in _chosen(pairs.rows, cases):
        cpu_rate, cpu_share = pair_rate(run, row, "cpu")
        gpu_rate, gpu_share = pair_rate(run, row, "cuda")
        table.add(
            pairs.sweep.name(row["case"]) + (FLAG_MARK if row["flags"] else ""),
            row["cpu_label"],
            giga(cpu_rate),
            percent(cpu_share),
            row["cuda_label"],
            giga(gpu_rate),
            percent(gpu_share),
            times(row["speedup_kernel"]),
            times(row["speedup_call"]),
            _with_interval(row, "speedup_end_to_end"),
            calls(row["break_even_calls"]).split()[0],
        )
    return table


def calls(value: float | str | None) -> str:
    """Break-even calls: 1 call, 12 calls, never."""
    if isinstance(value, str):
        return value
    if value is None or value != value:
        return NOTHING
    return "1 call" if value == 1 else f"{value:.0f} calls"


def baseline_table(sweep: Sweep, by_pairing: dict[str, SizedPairs], cases: Sequence[str]) -> Table:
    """The same GPU against the three CPU baselines, kernel alone and end to end."""
    heads = {"fastest": "fastest CPU", "one_thread": "one thread", "naive": "naive"}
    pairings = [name for name in heads if name in by_pairing and not by_pairing[name].rows.empty]
    columns = [f"<{heads[name]}: kernel" for name in pairings]
    columns += [f"<{heads[name]}: end to end" for name in pairings]
    table = Table([sweep.column, *columns])
    indexed = {
        name: {row["case"]: row for row in records(by_pairing[name].rows)} for name in pairings
    }
    for case in cases:
        cells = [
            _with_interval(indexed[name][case], window) if case in indexed[name] else NOTHING
            for window in ("speedup_kernel", "speedup_end_to_end")
            for name in pairings
        ]
        table.add(sweep.name(case), *cells)
    return table


def cpu_table(sweep: Sweep, rates: pd.DataFrame, cache: str, cases: Sequence[str]) -> Table:
    """The fastest CPU implementation beside the fastest on one thread and the naive one."""
    table = Table(
        [sweep.column, "<fastest", "threads", "time", sweep.rate, "of ceiling",
         f"1 thread {sweep.rate}", "of ceiling", f"naive {sweep.rate}", "fastest ÷ naive"]
    )  # fmt: skip
    rows = rates[(rates["side"] == "cpu") & (rates["cache"] == cache)]
    best = _by_case(rows)
    single = _by_case(rows[rows["threads"] == 1])
    naive = _by_case(rows[rows["rung"] == "naive"])
    missing = {"rate": math.nan, "share_of_ceiling": math.nan}
    for case in cases:
        if case not in best:
            continue
        row, alone, plain = best[case], single.get(case, missing), naive.get(case, missing)
        table.add(
            sweep.name(case) + (FLAG_MARK if row["flags"] else ""),
            row["label"],
            str(row["threads"]),
            with_prefix(row["seconds"], "s"),
            giga(row["rate"]),
            percent(row["share_of_ceiling"]),
            giga(alone["rate"]),
            percent(alone["share_of_ceiling"]),
            giga(plain["rate"]),
            times(row["rate"] / plain["rate"]),
        )
    return table


def implementation_table(rows: Sequence[dict[str, Any]]) -> Table:
    """Every implementation of one problem (its rows of rates) with its share of the fastest of its
    side and of the measured ceiling of its side, dtype and threads."""
    table = Table(
        ["<side", "<implementation", "<rung", "threads", "time", f"G{rows[0]['unit']}",
         "<95 % interval", "of fastest", "of ceiling", "prepare", "pack", "memory"]
    )  # fmt: skip
    for side, name in (("cpu", "CPU"), ("cuda", "GPU")):
        group = sorted((r for r in rows if r["side"] == side), key=lambda row: row["seconds"])
        for row in group:
            interval = NOTHING
            if row["rate_low"] > 0:
                interval = f"[{giga(row['rate_low'])}, {giga(row['rate_high'])}]"
            table.add(
                name,
                row["label"] + (FLAG_MARK if row["flags"] else ""),
                row["rung"],
                str(row["threads"]) if side == "cpu" else NOTHING,
                with_prefix(row["seconds"], "s"),
                giga(row["rate"]),
                interval,
                percent(group[0]["seconds"] / row["seconds"]),
                percent(row["share_of_ceiling"]),
                with_prefix(row["prepare_s"], "s"),
                with_prefix(row["pack_s"], "s"),
                with_prefix(row["workspace_bytes"], "B"),
            )
    if all(row[-1] == NOTHING for row in table.rows):
        return table.leading(len(table.columns) - 1)
    return table


def transfer_table(run: Run, sweep: Sweep, cases: Sequence[str]) -> Table:
    """Copies of the problems' own tensors, pageable and pinned: medians over repetitions, of the
    GPU implementation with the shortest end to end."""
    table = Table(
        [sweep.column, "<memory", "to GPU", "time", "rate", "from GPU", "time", "rate",
         "end to end", "pinning"]
    )  # fmt: skip
    rows = run.transfers[(run.transfers["status"] == "ok") & run.transfers["case"].isin(cases)]
    key = ["case", "host_memory", "implementation"]
    medians = rows.groupby(key, as_index=False).median(numeric_only=True)
    medians = medians.sort_values("end_to_end_s").drop_duplicates(["case", "host_memory"])
    order = {case: i for i, case in enumerate(cases)}
    medians = medians.assign(order=medians["case"].map(order))
    for row in records(medians.sort_values(["order", "host_memory"])):
        table.add(
            sweep.name(row["case"]),
            row["host_memory"],
            with_prefix(row["h2d_bytes"], "B"),
            with_prefix(row["h2d_s"], "s"),
            with_prefix(row["h2d_bytes"] / row["h2d_s"], "B/s"),
            with_prefix(row["d2h_bytes"], "B"),
            with_prefix(row["d2h_s"], "s"),
            with_prefix(row["d2h_bytes"] / row["d2h_s"], "B/s"),
            with_prefix(row["end_to_end_s"], "s"),
            with_prefix(row["pin_s"], "s"),
        )
    return table


def ceiling_table(run: Run) -> Table:
    """The measured limits of the machine."""
    table = Table(["<side", "<ceiling", "<dtype", "threads", "value", "<how"])
    for row in records(run.ceilings):
        unit = {"flop/s": "FLOP/s"}.get(row["unit"], row["unit"])
        ok = row["status"] == "ok"
        table.add(
            "GPU" if row["side"] == "cuda" else "CPU",
            row["name"],
            _dtype(row),
            str(row["threads"]) if row["threads"] else NOTHING,
            with_prefix(row["value"], unit) if ok else row["status"],
            _text(row["detail"]) if ok else _text(row["reason"]),
        )
    return table


def _dtype(row: Mapping[str, Any]) -> str:
    """A ceiling's dtype and math mode."""
    if not isinstance(row["dtype"], str):
        return NOTHING
    return label(row["dtype"], row["math_mode"], "", "")


def _by_case(rates: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """The fastest row of each problem."""
    best = fastest(rates)
    return dict(zip(best.index, records(best), strict=True))


def _text(value: object) -> str:
    return value if isinstance(value, str) else NOTHING


def _chosen(rows: pd.DataFrame, cases: Sequence[str]) -> list[dict[str, Any]]:
    by_case = {row["case"]: row for row in records(rows)}
    return [by_case[case] for case in cases if case in by_case]


def _with_interval(row: Mapping[str, Any], window: str) -> str:
    return times_with_interval(*(row[name] for name in (window, f"{window}_low", f"{window}_high")))
