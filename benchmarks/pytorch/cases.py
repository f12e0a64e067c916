"""What a run file says: the whole networks in it, and all that rows about them share with it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Row = dict[str, Any]

# Ids of whole networks; operations/training/problem.cpp writes them.
_ID = re.compile(r"(?P<does>train|infer)/f32/(?P<network>\w+)/b(?P<batch>\d+)(/step)?")


class RunFileError(ValueError):
    """A run file that nothing can be appended to, in one clear line."""


@dataclass
class Case:
    """A whole network with a batch, as far as the file has an ok row of it."""

    row: Row  # one of its rows: what the problem is stands in each of them
    training: bool
    network: str
    batch: int
    threads: set[int] = field(default_factory=set)  # of its ok rows on the CPU
    on_cuda: bool = False  # the file has rows of that side, whatever became of them

    @property
    def id(self) -> str:
        """Id of the problem."""
        return str(self.row["case"])


@dataclass
class RunFile:
    """The rows that matter here of a run that was written."""

    path: Path
    header: Row
    cases: list[Case]
    ceilings: dict[tuple[str, int | None], float]  # FLOP/s of f32 by side and threads


def read_run_file(path: Path) -> RunFile:
    """Reads a run file whose programs came to their ends. Raises RunFileError for what is none."""
    try:
        rows: list[Row] = [json.loads(line) for line in path.read_text().splitlines()]
    except (OSError, ValueError) as error:
        raise RunFileError(f"{path}: no run file to append to: {error}") from None
    headers = [row for row in rows if row.get("kind") == "run"]
    if not headers:
        raise RunFileError(f"{path}: no run file to append to: it has no run row")
    header = headers[0]
    if header["fill"] != "normal":
        raise RunFileError(f"{path}: its inputs are {header['fill']}, and PyTorch's are normal")
    return RunFile(path, header, _cases(rows), _ceilings(rows))


def _cases(rows: list[Row]) -> list[Case]:
    cases: dict[str, Case] = {}
    measured: set[str] = set()
    for row in rows:
        if row.get("kind") != "case" or not (named := _ID.fullmatch(row["case"])):
            continue
        training = named["does"] == "train"
        case = cases.setdefault(
            row["case"], Case(row, training, named["network"], int(named["batch"]))
        )
        case.on_cuda |= row["side"] == "cuda"
        if row["status"] == "ok":
            measured.add(case.id)
            if row["side"] == "cpu":
                case.threads.add(row["threads"])
    return [case for case in cases.values() if case.id in measured]


def _ceilings(rows: list[Row]) -> dict[tuple[str, int | None], float]:
    """The highest, be it of vectors or of matrix units."""
    highest: dict[tuple[str, int | None], float] = {}
    for row in rows:
        if row.get("kind") != "ceiling" or row["status"] != "ok" or row["unit"] != "flop/s":
            continue
        if (row["dtype"], row["math_mode"]) == ("f32", "default"):
            key = (row["side"], row["threads"])
            highest[key] = max(row["value"], highest.get(key, 0.0))
    return highest
