"""A training's history: what was trained, and its epochs.

The file is JSON lines: the first says network, side, engine, dtype, data, batch, optimiser and
seed, each other is an epoch. A training that was stopped between writing an epoch and its state
does that epoch again: the later row counts. A last line that a crash cut off is left out, and
said.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from breakeven.complaints import complaint
from breakeven.errors import InputError
from breakeven.fields import INTEGER, NUMBER, TEXT, Types

NAME = "history.jsonl"
_SIDES = {"cpu": "CPU", "cuda": "GPU"}
_SETTINGS: Final[dict[str, Types]] = {
    "network": TEXT, "side": TEXT, "engine": TEXT, "dtype": TEXT, "data": TEXT, "batch": INTEGER,
    "lr": NUMBER, "momentum": NUMBER, "weight_decay": NUMBER, "seed": INTEGER,
}  # fmt: skip
_EPOCH: Final[dict[str, Types]] = {
    "epoch": INTEGER, "loss": NUMBER, "test_accuracy": NUMBER, "images": INTEGER,
    "seconds": NUMBER,
}  # fmt: skip


@dataclass(frozen=True)
class Epoch:
    """All images seen once."""

    number: int
    loss: float
    test_accuracy: float
    images: int
    seconds: float
    losses: list[float]  # of each step


@dataclass(frozen=True)
class History:
    """One training."""

    folder: Path
    settings: dict[str, Any]
    epochs: list[Epoch]  # by number, at least one
    losses: list[str]  # what is missing of the file, in words

    @property
    def who(self) -> str:
        """Side and engine, and a dtype that is not f32: CPU tuned."""
        side, dtype = self.settings["side"], self.settings["dtype"]
        words = f"{_SIDES.get(side, side)} {self.settings['engine']}"
        return words if dtype == "f32" else f"{words} {dtype}"

    @property
    def subject(self) -> tuple[str, str]:
        """What can be put into one picture: network and data."""
        return self.settings["network"], self.settings["data"]

    @property
    def loss_by_step(self) -> list[float]:
        """The loss of every step, in order."""
        return [loss for epoch in self.epochs for loss in epoch.losses]

    @property
    def images_per_second(self) -> float:
        """The median epoch's."""
        rates = sorted(epoch.images / epoch.seconds for epoch in self.epochs if epoch.seconds > 0)
        return rates[len(rates) // 2] if rates else math.nan


def is_training(source: Path) -> bool:
    """Whether a report's source is a training folder or its history, and not a run."""
    if source.is_dir():
        runs = ("run.jsonl", "run.jsonl.gz")
        return (source / NAME).is_file() and not any((source / name).is_file() for name in runs)
    return source.name == NAME


def read_history(source: Path) -> History:
    """Reads a training folder or its history. Raises InputError for what is none."""
    path = source / NAME if source.is_dir() else source
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error
    losses: list[str] = []
    rows: list[tuple[int, dict[str, Any]]] = []
    last = lines.pop()  # empty where the file ends with a whole line
    for number, line in enumerate(lines, 1):
        if line.strip():
            rows.append((number, _object(line, f"{path}:{number}")))
    if last.strip():
        losses.append(f"the last line of {path} is cut after {len(last)} bytes")
    if not rows:
        raise InputError(f"{path} is empty: no training was begun")
    first = rows[0][1]
    if "epoch" in first:
        raise InputError(
            f"{path} does not begin with the training's settings: it is of an earlier version"
        )
    _check(first, _SETTINGS, f"{path}:1", "settings")
    if first["batch"] < 1:
        raise InputError(f"{path}:1: the settings' batch must be at least 1")
    epochs = {one.number: one for one in (_epoch(row, f"{path}:{n}") for n, row in rows[1:])}
    if not epochs:
        raise InputError(f"{path} holds no epoch: the training ended before its first")
    return History(path.parent, first, [epochs[number] for number in sorted(epochs)], losses)


def _epoch(row: dict[str, Any], place: str) -> Epoch:
    _check(row, _EPOCH, place, "epoch")
    losses = row.get("losses")
    numbers = isinstance(losses, list) and all(type(one) in (int, float) for one in losses)
    if not numbers or not losses or not all(map(math.isfinite, losses)):
        raise InputError(f"{place}: the epoch row has no 'losses' that are a list of numbers")
    return Epoch(
        number=row["epoch"],
        loss=row["loss"],
        test_accuracy=row["test_accuracy"],
        images=row["images"],
        seconds=row["seconds"],
        losses=[float(one) for one in losses],
    )


def _object(line: bytes, place: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        raise InputError(f"{place} is not a JSON object: this is not a training's history")
    return row


def _check(row: dict[str, Any], needed: dict[str, Types], place: str, what: str) -> None:
    wrong = complaint(row, needed)
    if wrong:
        raise InputError(f"{place}: the {what} row {wrong}")
