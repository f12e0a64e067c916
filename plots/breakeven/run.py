"""One run: its machine, its programs and its rows as tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from breakeven.errors import InputError
from breakeven.fields import ADDED, NEEDED, NESTED
from breakeven.lines import locate, rows_of
from breakeven.names import label, problem_dtype

SPEEDUPS = ("speedup_kernel", "speedup_call", "speedup_end_to_end", "speedup_epoch")
PARTS = tuple(NESTED["parts"])


@dataclass
class Program:
    """What one program (gemm_bench, ceiling_bench, ...) wrote to the file."""

    header: dict[str, Any]
    round: int = 1  # the one it was called for, else how many of its name wrote to the file
    end: dict[str, Any] | None = None
    problems: set[str] = field(default_factory=set)
    rows: int = 1

    @property
    def name(self) -> str:
        """Name of the program."""
        return str(self.header["program"])

    def loss(self) -> str | None:
        """What is missing of this program's plan, and why; None where it came to its end."""
        planned = self.header["planned"]
        if self.end is None:
            if self.name == "ceiling_bench":
                return f"{self.name} has no end row: it was cut short"
            return (
                f"{self.name} has no end row: it was cut short; rows of {len(self.problems)} of "
                f"its {planned} problems are there"
            )
        if self.end["interrupted"]:
            measured = self.end["problems_measured"]
            return f"{self.name} was interrupted: {measured} of {planned} problems were measured"
        if self.end["rows"] != self.rows:
            return f"{self.name} wrote {self.end['rows']} rows, {self.rows} are there"
        return None

    def shortfall(self) -> str | None:
        """How much of the plan the time budget left out; None where it was enough."""
        if self.end is None or self.end["interrupted"]:
            return None
        measured, planned = self.end["problems_measured"], self.header["planned"]
        if measured >= planned:
            return None
        return f"the time budget was enough for {measured} of {planned} problems of {self.name}"


@dataclass
class Run:
    """A run file in memory. Times of rows that are not `ok` are void and read as missing."""

    path: Path
    programs: list[Program]
    losses: list[str]
    ceilings: pd.DataFrame
    cases: pd.DataFrame
    transfers: pd.DataFrame
    pairs: pd.DataFrame
    problems: dict[str, dict[str, Any]]  # case id: its sizes by name
    multiplicities: dict[str, dict[str, int]]  # case id: by tag, how often it occurs in its origin

    @property
    def header(self) -> dict[str, Any]:
        """The first run row."""
        return self.programs[0].header

    @property
    def machine(self) -> dict[str, Any]:
        """The machine record."""
        machine: dict[str, Any] = self.header["machine"]
        return machine

    @cached_property
    def passes(self) -> dict[str, str]:
        """The lists that are one pass through a network, in words."""
        return {
            name: str(words)
            for program in self.programs
            for name, words in program.header.get("passes", {}).items()
        }

    @property
    def directory(self) -> Path:
        """Where the run lies and its report goes."""
        return self.path.parent

    @cached_property
    def flop_ceilings(self) -> dict[tuple[Any, ...], float]:
        """The highest measured FLOP/s by side, dtype, threads (0 for the GPU) and math mode, be it
        of vectors or of matrix units."""
        rows = self.ceilings
        rows = rows[(rows["unit"] == "flop/s") & (rows["status"] == "ok")]
        highest: dict[tuple[Any, ...], float] = {}
        names = ("side", "dtype", "threads", "math_mode", "value")
        for *key, value in zip(*(rows[name] for name in names), strict=True):
            highest[tuple(key)] = max(value, highest.get(tuple(key), 0.0))
        return highest

    @cached_property
    def byte_ceilings(self) -> dict[tuple[Any, ...], float]:
        """The highest measured B/s of main memory by side and threads (0 for the GPU)."""
        rows = self.ceilings
        rows = rows[rows["name"].isin(("triad", "copy")) & (rows["status"] == "ok")]
        highest: dict[tuple[Any, ...], float] = {}
        for side, threads, value in zip(rows["side"], rows["threads"], rows["value"], strict=True):
            highest[side, threads] = max(value, highest.get((side, threads), 0.0))
        return highest

    @cached_property
    def work(self) -> dict[str, tuple[float, str]]:
        """What the rate of each problem counts, FLOP or B, and how much of it a call does."""
        cases = self.cases.drop_duplicates("case")
        by_bytes = cases["judged_by"] == "bytes"
        amounts = cases["flops"].where(~by_bytes, cases["bytes"])
        units = ["B" if one else "FLOP" for one in by_bytes]
        return dict(zip(cases["case"], zip(amounts, units, strict=True), strict=True))

    @cached_property
    def vector_ceilings(self) -> dict[str, float]:
        """FLOP/s of the GPU's multiply-adds outside matrix units, by dtype."""
        rows = self.ceilings
        rows = rows[(rows["side"] == "cuda") & (rows["name"] == "fma") & (rows["status"] == "ok")]
        return dict(zip(rows["dtype"], rows["value"], strict=True))

    @property
    def has_pairs(self) -> bool:
        """Whether a GPU was measured beside the CPU."""
        return not self.pairs.empty

    def measured(self, side: str) -> bool:
        """Whether that side has a verified row."""
        return bool(((self.cases["side"] == side) & (self.cases["status"] == "ok")).any())


def read_run(source: Path) -> Run:
    """Reads a run directory or run file. Raises InputError for what is none; a file that was cut
    short is read as far as it goes, and its losses are named."""
    path = locate(source)
    losses: list[str] = []
    programs: list[Program] = []
    rows: dict[str, list[tuple[Any, ...]]] = {kind: [] for kind in _COLUMNS}
    problems: dict[str, dict[str, Any]] = {}
    multiplicities: dict[str, dict[str, int]] = {}
    rounds: dict[str, int] = {}
    stray = 0
    for row in rows_of(path, losses):
        kind = row.get("kind")
        if kind == "run":
            name = str(row["program"])
            rounds[name] = _round_of(row, rounds.get(name, 0))
            programs.append(Program(row, rounds[name]))
            continue
        program = programs[-1] if programs else None
        stray += program is None
        if program is not None:
            program.rows += 1
            if kind == "end":
                program.end = row
        if kind in rows:
            rows[kind].append((*_flat(row, kind), program.round if program else 0, _fastest(row)))
            if kind == "case":
                if program is not None:
                    program.problems.add(row["case"])
                problems.setdefault(row["case"], row["problem"])
                multiplicities.setdefault(row["case"], row.get("multiplicities", {}))
    if not programs:
        raise InputError(f"{path} holds no 'run' row: no run file, or its start is missing")
    if stray:
        losses.append(f"{stray} rows stand before the first run row: the file was reordered")
    if len({program.header["fingerprint"] for program in programs}) > 1:
        raise InputError(f"{path} holds rows of different machines: one run file is one machine")
    losses += [loss for program in programs if (loss := program.loss())]
    frames = {kind: _frame(kind, values) for kind, values in rows.items()}
    pairs, void = _without_failed(frames["pair"], frames["case"])
    if void:
        losses.append(f"{void} pair rows are void: a verification of one of their sides failed")
    return Run(
        path=path,
        programs=programs,
        losses=losses,
        ceilings=frames["ceiling"],
        cases=frames["case"],
        transfers=frames["transfer"],
        pairs=pairs,
        problems=problems,
        multiplicities=multiplicities,
    )


def _columns(kind: str) -> list[str]:
    """The fields of its rows, and two more: its program's `round`, and `fastest_s`, the fastest
    sample."""
    columns: list[str] = []
    for name in [*NEEDED[kind], *_added(kind)]:
        if name in SPEEDUPS:
            columns += [name, f"{name}_low", f"{name}_high"]
        elif name == "parts" and name in NEEDED[kind]:
            columns += [f"part_{part}" for part in PARTS]
        elif name != "problem":
            columns.append(name)
    return [*columns, "round", "fastest_s"]


def _added(kind: str) -> list[str]:
    """The later fields that are columns; like `problem`, multiplicities are kept by problem."""
    return [name for name in ADDED.get(kind, {}) if name != "multiplicities"]


_COLUMNS = {kind: _columns(kind) for kind in ("ceiling", "case", "transfer", "pair")}


def _round_of(header: dict[str, Any], earlier: int) -> int:
    """The round that a program measured."""
    named = re.search(r"--round[= ](\d+)/", " ".join(header["command"]))
    return int(named[1]) if named else earlier + 1


def _fastest(row: dict[str, Any]) -> float | None:
    """The fastest sample of a case row; None where the samples are not there."""
    samples = row.get("samples_s")
    if type(samples) is not list or not all(type(one) in (int, float) for one in samples):
        return None
    return min(samples, default=None)


def _flat(row: dict[str, Any], kind: str) -> tuple[Any, ...]:
    """The row's fields in the order of its columns, objects spread over several."""
    values: list[Any] = []
    for name in [*NEEDED[kind], *_added(kind)]:
        value = row[name] if name in NEEDED[kind] else row.get(name, ADDED[kind][name][1])
        if name in SPEEDUPS:
            value = value or {"estimate": None, "low": None, "high": None}
            values += [value["estimate"], value["low"], value["high"]]
        elif name == "parts" and name in NEEDED[kind]:
            values += [value[part] if value else None for part in PARTS]
        elif name in ("tags", "flags"):
            values.append(tuple(value))
        elif name != "problem":
            values.append(value)
    return tuple(values)


_NUMBERS = {"value", "flops", "bytes", "transfer_share", "closure"}


def _is_number(column: str) -> bool:
    return (
        column in _NUMBERS
        or column.endswith(("_s", "_bytes"))
        or column.startswith(("speedup_", "part_"))
    )


def _frame(kind: str, rows: Iterable[tuple[Any, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame.from_records(list(rows), columns=_COLUMNS[kind])
    numbers = [column for column in frame.columns if _is_number(column)]
    frame[numbers] = frame[numbers].astype(float)
    if "threads" in frame:  # 0 stands for "does not apply": a missing key would drop out of groups
        frame["threads"] = frame["threads"].fillna(0).astype(int)
    if "status" in frame:  # verified or void
        times = [column for column in numbers if column.endswith("_s") or column == "value"]
        frame.loc[frame["status"] != "ok", times] = float("nan")
    return frame


def _labelled(pairs: pd.DataFrame) -> pd.DataFrame:
    """With the labels of both sides, and the CPU's dtype where the file does not name it."""
    wanted = [problem_dtype(*both) for both in zip(pairs["case"], pairs["dtype"], strict=True)]
    pairs = pairs.assign(cpu_dtype=pairs["cpu_dtype"].fillna(pairs["dtype"]))
    cpu = zip(pairs["cpu_implementation"], pairs["cpu_dtype"], wanted, strict=True)
    cuda = zip(pairs["cuda_implementation"], pairs["math_mode"], strict=True)
    return pairs.assign(
        cpu_label=[label(name, "default", dtype, own) for name, dtype, own in cpu],
        cuda_label=[label(name, mode, "", "") for name, mode in cuda],
    )


def _without_failed(pairs: pd.DataFrame, cases: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The pairs of which neither side failed a verification, the last row of each; how many did."""
    key = ["case", "pairing", "cache", "host_memory", "math_mode"]
    pairs = _labelled(pairs.drop_duplicates(key, keep="last").reset_index(drop=True))
    failed = cases[cases["status"] == "failed"]
    columns = ("case", "cache", "side", "implementation", "threads", "math_mode")
    void = set(zip(*(failed[name] for name in columns), strict=True))
    if not void:
        return pairs, 0
    cpu = ("cpu_implementation", "cpu_threads")
    columns = ("case", "cache", *cpu, "cuda_implementation", "math_mode")
    keep = [
        (case, cache, "cpu", name, threads, "default") not in void
        and (case, cache, "cuda", cuda, 0, mode) not in void
        for case, cache, name, threads, cuda, mode in zip(
            *(pairs[name] for name in columns), strict=True
        )
    ]
    kept = pairs[pd.Series(keep, pairs.index, dtype=bool)]  # an empty list would select columns
    return kept.reset_index(drop=True), keep.count(False)
