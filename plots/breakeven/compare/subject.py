"""What is compared: the measured rows of a run file, or of a file of Google Benchmark."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from breakeven.run import Run

# What is compared with what, on one machine.
KEY = ["case", "side", "implementation", "threads", "cache", "math_mode"]
# The whole trip, copies included, is compared beside the two sides.
TRIP = "end to end"
ROW = [*KEY, "round", "status", "reason", "flags", "median_s", "fastest_s"]


@dataclass
class Subject:
    """One of the runs of a comparison. `rows` has the columns ROW, one row per repetition; by their
    `round` the repetitions of two runs that were measured in alternation are paired. `starts`
    holds, by problem and round, when the programs that measured it began."""

    name: str
    path: Path
    fingerprint: str
    facts: dict[str, str]
    starts: dict[str, dict[int, list[str]]]
    rows: pd.DataFrame
    losses: list[str]
    run: Run | None = None  # None for a file of Google Benchmark
    tags: dict[str, tuple[str, ...]] = field(default_factory=dict)


def subject_of(run: Run, name: str) -> Subject:
    """A run file as a subject."""
    trips = run.transfers.assign(
        side=TRIP,
        threads=0,
        cache=run.transfers["host_memory"],
        math_mode="default",
        median_s=run.transfers["end_to_end_s"],
    )  # whose samples are not in the file
    rows = pd.concat([run.cases[ROW], trips[ROW]], ignore_index=True)
    starts: dict[str, dict[int, list[str]]] = {}
    for program in run.programs:
        for case in program.problems:
            rounds = starts.setdefault(case, {})
            rounds.setdefault(program.round, []).append(str(program.header["started"]))
    first = run.cases.drop_duplicates("case")
    return Subject(
        name=name,
        path=run.path,
        fingerprint=str(run.header["fingerprint"]),
        facts=_facts(run),
        starts=starts,
        rows=rows,
        losses=list(run.losses),
        run=run,
        tags=dict(zip(first["case"], first["tags"], strict=True)),
    )


def interleaved(base: Subject, new: Subject) -> bool:
    """Whether both were measured in alternation: of every problem each round of both began before
    the next round of either. Said by the start times alone, whoever ran the programs; a round that
    only one of them has says nothing."""
    alternated = False
    for case in base.starts.keys() & new.starts.keys():
        common = sorted(base.starts[case].keys() & new.starts[case].keys())
        rounds = [base.starts[case][one] + new.starts[case][one] for one in common]
        if any(max(earlier) > min(later) for earlier, later in pairwise(rounds)):
            return False
        alternated |= len(rounds) > 1
    return alternated


def changes(base: Subject, new: Subject) -> list[tuple[str, str, str]]:
    """What is not the same: name, base, new."""
    names = dict.fromkeys([*base.facts, *new.facts])
    pairs = [(name, base.facts.get(name, "–"), new.facts.get(name, "–")) for name in names]
    return [one for one in pairs if one[1] != one[2]]


def _facts(run: Run) -> dict[str, str]:
    """What may change between two runs on one machine, in words."""
    header, machine = run.header, run.machine
    headers = [program.header for program in run.programs]
    libraries = {
        str(library["name"]): " ".join(
            word for word in (library["version"], library["threading"], library["detail"]) if word
        )
        for one in headers
        for library in one["libraries"]
    }
    environment: dict[str, Any] = header["environment"]
    return {
        "host": str(machine["host"]),
        "git": str(header["git"]),
        "version": str(header["version"]),
        "compiler": f"{machine['compiler']}, {machine['build']}",
        "CUDA toolkit": str(machine["cuda"]["toolkit"]),
        "CUDA driver": str(machine["cuda"]["driver"]),
        "system": f"{machine['os']}, kernel {machine['kernel']}",
        "governor": str(machine["cpu"]["governor"]),
        **libraries,
        "preset": str(header["preset"]),
        "fill": str(header["fill"]),
        "environment": " ".join(f"{k}={v}" for k, v in sorted(environment.items())),
    }
