"""Runs of different machines beside each other: hardware against hardware, never a verdict on code.

Each side of each problem is represented by its fastest verified implementation on that machine, in
the problem's own arithmetic. A ratio of medians of two machines has no interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from breakeven.compare.page import losses_of
from breakeven.compare.subject import TRIP, Subject
from breakeven.machine import caption
from breakeven.pairs import break_even_of
from breakeven.quantities import NOTHING, times, with_prefix
from breakeven.table import Table
from breakeven.view import View, view_of

SIDES = {"cpu": "CPU", "cuda": "GPU kernel", TRIP: "GPU, end to end"}
_ROWS = 100

_NOTE = """\
Different machines, separate runs: what is compared is hardware with its software, not a change of
code, and no row is a verdict. Each figure is the median of the fastest verified implementation on
that machine (warm caches, pageable memory); a ratio above 1 means that the machine is faster than
the first one. Ratios of medians have no interval."""


def fastest_of(subject: Subject) -> pd.DataFrame:
    """Per problem and side the fastest implementation: columns `seconds`, `implementation`."""
    rows = subject.rows
    rows = rows[
        (rows["status"] == "ok")
        & rows["cache"].isin(["warm", "pageable", ""])
        & (rows["math_mode"] == "default")
        & (rows["median_s"] > 0)
    ]
    grouped = rows.groupby(["case", "side", "implementation", "threads"], sort=False)
    medians = grouped["median_s"].median().rename("seconds").reset_index()
    best = medians.sort_values("seconds", kind="stable").drop_duplicates(["case", "side"])
    return best.set_index(["case", "side"])[["seconds", "implementation"]]


def case_table(subjects: Sequence[Subject], limit: int | None = None) -> Table:
    """Every problem and side that at least two of the machines measured."""
    frames = [fastest_of(one) for one in subjects]
    table = Table(["<problem", "<side", *_columns(subjects)])
    for (case, side), row in _common(frames).items():
        if limit is not None and len(table.rows) == limit:
            break
        cells = [with_prefix(seconds, "s") for seconds in row]
        ratios = [times(row[0] / seconds) if i else "" for i, seconds in enumerate(row)]
        table.add(case, SIDES.get(side, side), *_woven(cells, ratios))
    return table


def total_table(subjects: Sequence[Subject]) -> Table:
    """Per list and side the sum of the problems that every machine measured, each as often as the
    list's origin has it."""
    frames = [fastest_of(one) for one in subjects]
    counts = _multiplicities(subjects)
    table = Table(["<list", "<side", "problems", *_columns(subjects)])
    for name, members in counts.items():
        for side, words in SIDES.items():
            there = [case for case in members if all((case, side) in one.index for one in frames)]
            if not there:
                continue
            weights = np.array([members[case] for case in there], float)
            keys = [(case, side) for case in there]
            sums = [float((one.loc[keys, "seconds"].to_numpy() * weights).sum()) for one in frames]
            cells = [with_prefix(total, "s") for total in sums]
            ratios = [times(sums[0] / total) if i else "" for i, total in enumerate(sums)]
            table.add(name, words, f"{len(there)} of {len(members)}", *_woven(cells, ratios))
    return table


def crossover_table(subjects: Sequence[Subject]) -> Table:
    """From which size on the GPU of each machine wins, copies included, by sweep."""
    views = [view_of(one.run) if one.run is not None else None for one in subjects]
    table = Table(["<sweep", *(f"<{one.name}" for one in subjects)])
    found: dict[str, dict[int, str]] = {}
    for place, view in enumerate(views):
        if view is None:
            continue
        for sweep in view.sweeps:
            words = _crossover(view, sweep)
            if words:
                found.setdefault(sweep.family.title, {})[place] = words
    for title, words_of in found.items():
        table.add(title, *(words_of.get(place, "no pair") for place in range(len(subjects))))
    return table


def machines_page(subjects: Sequence[Subject]) -> str:
    """compare.md for unlike machines."""
    lines = ["# Hardware comparison", "", _NOTE, ""]
    lines += [f"- **{one.name}**: {_machine(one)}, `{one.fingerprint}`" for one in subjects]
    lines += [f"- {loss}" for loss in losses_of(*subjects)]
    lines.append("")
    for title, table in (
        ("The GPU wins from", crossover_table(subjects)),
        ("Lists and passes", total_table(subjects)),
        ("Problems", case_table(subjects, _ROWS)),
    ):
        if table.rows:
            lines += [f"## {title}", "", table.markdown(), ""]
    if not case_table(subjects, 1).rows:
        lines += ["The runs have no measured problem in common.", ""]
    elif len(_common([fastest_of(one) for one in subjects])) > _ROWS:
        lines += [f"The first {_ROWS} problems; all are in compare.json.", ""]
    return "\n".join(lines)


def machines_terminal(subjects: Sequence[Subject]) -> str:
    """The totals and crossovers; problems where there are few."""
    lines = ["Different machines: a hardware comparison, no verdict on code."]
    lines += [f"  {one.name}: {_machine(one)}" for one in subjects]
    lines += losses_of(*subjects)
    for table in (case_table(subjects, 20), total_table(subjects), crossover_table(subjects)):
        if table.rows:
            lines += ["", table.text()]
    if len(lines) == len(subjects) + 1:
        lines += ["", "The runs have no measured problem in common."]
    return "\n".join(lines)


def machines_json(subjects: Sequence[Subject]) -> dict[str, Any]:
    """compare.json for unlike machines."""
    frames = [fastest_of(one) for one in subjects]
    return {
        "kind": "breakeven-hardware-comparison",
        "schema_version": 1,
        "machines": [
            {"name": one.name, "fingerprint": one.fingerprint, "facts": one.facts,
             "losses": one.losses} for one in subjects
        ],
        "problems": [
            {"case": case, "side": side,
             "seconds": [None if math.isnan(value) else value for value in row],
             "implementations": [
                 str(one.loc[(case, side), "implementation"]) if (case, side) in one.index else None
                 for one in frames
             ]}
            for (case, side), row in _common(frames).items()
        ],
    }  # fmt: skip


def _columns(subjects: Sequence[Subject]) -> list[str]:
    names = [one.name for one in subjects]
    return [names[0], *(column for name in names[1:] for column in (name, f"{names[0]} ÷ {name}"))]


def _woven(cells: list[str], ratios: list[str]) -> list[str]:
    return [cells[0], *(cell for pair in zip(cells[1:], ratios[1:], strict=True) for cell in pair)]


def _common(frames: Sequence[pd.DataFrame]) -> dict[tuple[str, str], list[float]]:
    """Seconds by problem and side on every machine, of what at least two measured."""
    if not frames:
        return {}
    seconds = pd.concat([one["seconds"] for one in frames], axis=1)
    seconds = seconds[seconds.notna().sum(axis=1) > 1]
    return {
        (str(case), str(side)): [float(value) for value in row]
        for (case, side), row in zip(seconds.index, seconds.to_numpy(), strict=True)
    }


def _multiplicities(subjects: Sequence[Subject]) -> dict[str, dict[str, int]]:
    """How often each problem occurs in each list."""
    found: dict[str, dict[str, int]] = {}
    for one in subjects:
        for case, tags in one.tags.items():
            counts = one.run.multiplicities.get(case, {}) if one.run is not None else {}
            own: dict[str, int] = {}
            for tag in tags:
                name = tag.partition(":")[0]
                own[name] = own.get(name, 0) + counts.get(tag, 1)
            for name, count in own.items():
                found.setdefault(name, {}).setdefault(case, count)
    return found


def _crossover(view: View, sweep: Any) -> str:
    pairs = view.pairs(sweep)
    if pairs is None:
        return ""
    rows = pairs.unflagged() if len(pairs.unflagged()) else pairs.sound()
    answer = break_even_of(rows, "speedup_end_to_end")
    return "nowhere measured" if answer.size is None else f"from {sweep.at(answer.size)} on"


def _machine(one: Subject) -> str:
    return caption(one.run) if one.run is not None else NOTHING
