"""A CPU measured here beside a GPU measured elsewhere: two machines, two runs.

No pair, no headline: the sides were not measured alternately, not even under one roof. Both
machines are named on everything, and a ratio of medians has no interval.
"""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from breakeven.families import Sweep, sweeps_of
from breakeven.figures import Figure
from breakeven.figures.rate import Ceiling, draw_rates
from breakeven.machine import cpu_caption, gpu_name
from breakeven.quantities import giga, percent, times, with_prefix
from breakeven.rates import ceiling, fastest, widest
from breakeven.rows import records
from breakeven.table import Table
from breakeven.tables import FLAG_MARK
from breakeven.view import View

_NOTE = (
    "The CPU was measured on one machine and the GPU on another, in separate runs. CPU ÷ GPU is "
    "the ratio of two medians: no pair, no interval, no break-even size. The GPU's copies cross "
    "its own machine's link."
)


def comparable(cpu: View, gpu: View) -> bool:
    """Whether a CPU-only run stands beside a GPU run of another machine."""
    return (
        cpu.run.measured("cpu")
        and not cpu.run.measured("cuda")
        and gpu.run.measured("cuda")
        and cpu.run.header["fingerprint"] != gpu.run.header["fingerprint"]
    )


def hardware_report(cpu: View, gpu: View) -> tuple[str, list[Figure]]:
    """Markdown and figures of the comparison; the figures are linked by name."""
    name = f"{_cpu(cpu)} and {_gpu(gpu)}"
    lines = [f"# Hardware comparison: {name}", "", _NOTE, ""]
    lines += [f"- CPU: {_cpu(cpu)}, {_when(cpu)}", f"- GPU: {_gpu(gpu)}, {_when(gpu)}", ""]
    figures = []
    for sweep in sweeps_of(cpu.run):
        table, rates = _compare(cpu, gpu, sweep)
        if not table.rows:
            continue
        lines += [f"## {sweep.family.title}", ""]
        if len(table.rows) > 1:
            figures.append(_figure(cpu, gpu, sweep, rates))
            lines += [f"![{figures[-1].title}]({figures[-1].name}.png)", ""]
        lines += [table.markdown(), ""]
        if any(row[0].endswith(FLAG_MARK) for row in table.rows):
            lines += [f"{FLAG_MARK} flagged", ""]
    if not any(line.startswith("## ") for line in lines):
        lines += ["The two runs have no measured problem in common.", ""]
    return "\n".join(lines), figures


def _cpu(view: View) -> str:
    return cpu_caption(view.run.machine)


def _gpu(view: View) -> str:
    return gpu_name(view.run.machine) or "GPU"


def _when(view: View) -> str:
    return f"host {view.run.machine['host']}, {view.run.header['started']}"


def _compare(cpu: View, gpu: View, sweep: Sweep) -> tuple[Table, pd.DataFrame]:
    """The table, and the rates of the problems in it."""
    table = Table(
        [sweep.column, "<CPU", "threads", "time", sweep.rate, "of ceiling", "<GPU", "kernel",
         sweep.rate, "of ceiling", "end to end (pageable)", "CPU ÷ GPU kernel",
         "CPU ÷ GPU end to end"]
    )  # fmt: skip
    ours = _of_side(cpu, "cpu")
    theirs = _of_side(gpu, "cuda")
    best, there = _indexed(fastest(ours)), _indexed(fastest(theirs))
    trips = _end_to_end(gpu)
    common = [case for case in sweep.sizes if case in best and case in there]
    for case in common:
        left, right, trip = best[case], there[case], trips.get(case, math.nan)
        table.add(
            sweep.name(case) + (FLAG_MARK if left["flags"] or right["flags"] else ""),
            left["label"],
            str(left["threads"]),
            with_prefix(left["seconds"], "s"),
            giga(left["rate"]),
            percent(left["share_of_ceiling"]),
            right["label"],
            with_prefix(right["seconds"], "s"),
            giga(right["rate"]),
            percent(right["share_of_ceiling"]),
            with_prefix(trip, "s"),
            times(left["seconds"] / right["seconds"]),
            times(left["seconds"] / trip),
        )
    both = pd.concat([widest(ours), theirs])
    return table, both[both["case"].isin(common)]


def _of_side(view: View, side: str) -> pd.DataFrame:
    rates = view.rates
    own = rates["math_mode"] == "default"  # like beside like: no tf32 beside a CPU's f32
    return rates[(rates["side"] == side) & (rates["cache"] == view.cache) & own]


def _indexed(rows: pd.DataFrame) -> dict[str, dict[str, Any]]:
    return dict(zip(rows.index, records(rows), strict=True))


def _end_to_end(view: View) -> dict[str, float]:
    """Per problem the shortest end-to-end median from pageable memory."""
    rows = view.run.transfers
    rows = rows[(rows["status"] == "ok") & (rows["host_memory"] == "pageable")]
    medians = rows.groupby(["case", "implementation"])["end_to_end_s"].median()
    return {str(case): float(value) for case, value in medians.groupby("case").min().items()}


def _figure(cpu: View, gpu: View, sweep: Sweep, rates: pd.DataFrame) -> Figure:
    threads = cpu.run.machine["cpu"]["usable_threads"]
    dtype = sweep.family.dtype
    limits = [
        Ceiling("CPU ceiling", ceiling(cpu.run, f"{sweep.unit}/s", "cpu", dtype, threads), ":"),
        Ceiling("GPU ceiling", ceiling(gpu.run, f"{sweep.unit}/s", "cuda", dtype, 0), "-."),
    ]
    about = f"Two machines, separate runs. CPU: {_cpu(cpu)}. GPU: {_gpu(gpu)}, kernel time."
    name = f"hardware-{sweep.family.slug}"
    title = f"{sweep.family.title}: two machines, rate against size"
    known = [limit for limit in limits if limit.rate > 0]
    return draw_rates(name, title, sweep, rates, known, about)
