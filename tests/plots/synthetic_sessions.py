"""Pairs of run files to compare: separate runs, and rounds in alternation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from synthetic_run import Synthetic

SMALL: dict[str, Any] = {"gpu": False, "squares": [64, 128, 256]}
CASE = "gemm/f32/nn/m128n128k128"


def write_rounds(folder: Path, rounds: int, offset: int, seed: int = 0, **fields: Any) -> Path:
    """A run file as `ab` appends it: one program per round; `offset` seconds after the full minute
    puts it before or after the other side's."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "run.jsonl"
    with path.open("w") as file:
        for number in range(rounds):
            started = f"2025-01-02T03:{number:02d}:{offset:02d}Z"
            one = Synthetic(**{**SMALL, "repetitions": 1, "seed": 1000 * seed + number,
                               "started": started, **fields})  # fmt: skip
            file.writelines(json.dumps(row) + "\n" for row in one.rows())
    return folder


def write_session(folder: Path, rounds: int = 10, seed: int = 0, **fields: Any) -> Path:
    """base/ and new/ in alternation; `fields` go to new."""
    write_rounds(folder / "base", rounds, 1, 2 * seed)
    write_rounds(folder / "new", rounds, 31, 2 * seed + 1, **fields)
    return folder
