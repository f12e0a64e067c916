"""CSV and Parquet: rows of one kind as they stand in the run file, without the samples."""

from __future__ import annotations

import importlib.util
from functools import partial
from pathlib import Path

import pandas as pd

from breakeven.errors import InputError
from breakeven.output import write_whole
from breakeven.run import Run

KINDS = ("case", "transfer", "pair", "ceiling")


def table_of(run: Run, kind: str) -> pd.DataFrame:
    """The rows of that kind with the machine they were measured on; lists are joined by spaces."""
    frame = {"case": run.cases, "transfer": run.transfers, "pair": run.pairs,
             "ceiling": run.ceilings}[kind].copy()  # fmt: skip
    for column in ("tags", "flags"):
        if column in frame:
            frame[column] = frame[column].map(" ".join)
    if "inputs" in frame:
        frame = frame.drop(columns="inputs")
    if "break_even_calls" in frame:  # a number, or "never": one type for a column
        frame["break_even_calls"] = frame["break_even_calls"].map(
            lambda calls: None if calls is None else str(calls)
        )
    frame.insert(0, "fingerprint", run.header["fingerprint"])
    frame.insert(1, "git", run.header["git"])
    return frame


def write_csv(run: Run, kind: str, path: Path) -> None:
    """One header line, empty cells for what is null."""
    write_whole(path, partial(table_of(run, kind).to_csv, index=False, lineterminator="\n"))


def write_parquet(run: Run, kind: str, path: Path) -> None:
    """Needs pyarrow, which is not installed unless asked for."""
    if importlib.util.find_spec("pyarrow") is None:
        raise InputError("--format parquet needs pyarrow: './breakeven export' installs it")
    write_whole(path, partial(table_of(run, kind).to_parquet, index=False))
