"""The tables of whole networks: throughput, speedups, latencies, launches, memory."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from breakeven.networks.copies import trips_of
from breakeven.networks.engines import all_threads, best_of
from breakeven.networks.subjects import BatchSweep
from breakeven.pairs import WINDOWS, SizedPairs
from breakeven.quantities import NOTHING, percent, times, times_with_interval, with_prefix
from breakeven.rows import records
from breakeven.run import Run
from breakeven.table import Table
from breakeven.tables import FLAG_MARK, calls

# Fields of `memory` in the order of the table; others come after.
_MEMORY = ("parameters", "gradients", "momentum", "statistics", "batch", "activations", "workspace")
_SIDES = {"cpu": "CPU", "cuda": "GPU"}


def images(rate: float) -> str:
    """Images a second: whole from 100 on, three digits below; thousands apart."""
    if not math.isfinite(rate):
        return NOTHING
    return f"{rate:,.0f}".replace(",", " ") if rate >= 100 else f"{rate:.3g}"


def throughput_table(rows: pd.DataFrame) -> Table:
    """Images a second by engine and batch; bold: the best of a side, PyTorch's included."""
    batches = sorted(set(rows["batch"]))
    best = rows.groupby(["side", "batch"])["images"].max().to_dict()
    table = Table(["<side", "<engine", "threads", *(f"batch {batch:.0f}" for batch in batches)])
    for (side, _, threads, label), group in rows.groupby(
        ["side", "pytorch", "threads", "label"], sort=True
    ):
        cells = {}
        for row in records(group):
            words = images(row["images"])
            if row["images"] == best[side, row["batch"]]:
                words = f"**{words}**"
            cells[row["batch"]] = words + (f"\\{FLAG_MARK}" if row["flags"] else "")
        shown = str(threads) if side == "cpu" else NOTHING
        table.add(_SIDES.get(side, side), label, shown, *(cells.get(b, NOTHING) for b in batches))
    return table


def speedup_table(run: Run, sweep: BatchSweep, pairs: SizedPairs) -> Table:
    """The pair rows by batch, with the share of the copies and how much of them a step hides."""
    table = Table(
        ["batch", "<CPU", "threads", "step", "<GPU", "step", "<kernels", "<call", "<end to end",
         "<epoch", "copies", "hidden (pinned)", "pays after"]
    )  # fmt: skip
    trips = trips_of(run, sweep)
    hidden: dict[str, float] = {}
    if not trips.empty:
        pinned = trips[trips["host_memory"] == "pinned"]
        hidden = dict(zip(pinned["case"], pinned["hidden"], strict=True))
    for row in records(pairs.rows):
        speedups = (
            times_with_interval(*(row[f"{window}{end}"] for end in ("", "_low", "_high")))
            for window in WINDOWS
        )
        table.add(
            sweep.name(row["case"]) + (FLAG_MARK if row["flags"] else ""),
            row["cpu_label"],
            str(row["cpu_threads"]),
            with_prefix(row["cpu_s"], "s"),
            row["cuda_label"],
            with_prefix(row["call_s"], "s"),
            *speedups,
            times_with_interval(*(row[f"speedup_epoch{end}"] for end in ("", "_low", "_high"))),
            percent(row["transfer_share"]),
            percent(hidden.get(row["case"], math.nan)),
            calls(row["break_even_calls"]),
        )
    return table


def latency_table(rows: pd.DataFrame) -> Table:
    """Single calls beside throughput: of each batch and side the engine with the shortest median,
    on all threads, on one, and PyTorch's."""
    table = Table(
        ["batch", "<side", "<engine", "threads", "p50", "p99", "p99 ÷ p50", "calls", "images/s"]
    )
    known = rows[rows["latency_s"].notna()]
    counts = sorted({1, all_threads(known)} - {0}, reverse=True)
    chosen = [best_of(known, "cpu", count, "latency_s") for count in counts]
    chosen += [best_of(known, "cuda", 0, "latency_s"), known[known["pytorch"]]]
    shown = pd.concat(chosen).sort_values(
        ["batch", "side", "pytorch", "threads"], ascending=[True, True, True, False], kind="stable"
    )
    for row in records(shown):
        count = row["latency_calls"]
        table.add(
            f"{row['batch']:.0f}",
            _SIDES.get(row["side"], row["side"]),
            row["label"] + (FLAG_MARK if row["flags"] else ""),
            _threads(row),
            with_prefix(row["latency_s"], "s"),
            with_prefix(row["latency_p99_s"], "s"),
            _ratio(row, "latency_p99_s", "latency_s"),
            f"{count:.0f}" if math.isfinite(count) else NOTHING,
            images(row["images"]),
        )
    return table


def launch_table(engines: Sequence[tuple[BatchSweep, pd.DataFrame]]) -> Table:
    """Launches of a step on the GPU, and what reading its loss back each time costs."""
    table = Table(
        ["<network", "batch", "<engine", "launches", "GPU time", "step", "step, loss read back",
         "read back ÷ not"]
    )  # fmt: skip
    for sweep, rows in engines:
        for row in records(rows[(rows["side"] == "cuda") & sweep.trains]):
            count = row["launches"]
            table.add(
                sweep.title,
                f"{row['batch']:.0f}",
                row["label"] + (FLAG_MARK if row["flags"] else ""),
                f"{count:.0f}" if math.isfinite(count) else NOTHING,
                with_prefix(row["seconds"], "s"),
                with_prefix(row["call_s"], "s"),
                with_prefix(row["read_back_s"], "s"),
                _ratio(row, "read_back_s", "call_s"),
            )
    return table


def memory_table(engines: Sequence[tuple[BatchSweep, pd.DataFrame]]) -> Table:
    """The memory of a network by what it is for, of the best engine of each side on all threads
    that tells."""
    plans: list[tuple[BatchSweep, dict[str, Any]]] = []
    for sweep, rows in engines:
        for side, threads in (("cpu", all_threads(rows)), ("cuda", 0)):
            best = best_of(rows[rows["memory"].notna()], side, threads)
            plans += [(sweep, row) for row in records(best)]
    there = {name for _, row in plans for name in row["memory"]}
    names = [name for name in _MEMORY if name in there]
    names += sorted(there.difference(names))
    table = Table(["<network", "batch", "<side", "<engine", *names, "all"])
    for sweep, row in plans:
        parts = row["memory"]
        table.add(
            sweep.title,
            f"{row['batch']:.0f}",
            _SIDES.get(row["side"], row["side"]),
            row["label"],
            *(with_prefix(parts[name], "B") if name in parts else NOTHING for name in names),
            with_prefix(sum(parts.values()), "B"),
        )
    return table


def _threads(row: dict[str, Any]) -> str:
    return str(row["threads"]) if row["side"] == "cpu" else NOTHING


def _ratio(row: dict[str, Any], over: str, under: str) -> str:
    return times(row[over] / row[under]) if row[under] > 0 else NOTHING
