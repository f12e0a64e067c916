"""How keys and changes are written."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd

from breakeven.compare.subject import TRIP
from breakeven.compare.verdicts import INVALID, UNSURE
from breakeven.quantities import NOTHING, percent, with_prefix
from breakeven.table import Table


def key_name(key: Iterable[Any]) -> str:
    """A key on one line: gemm/f32/nn/m512n512k512 cpu openblas, 2 threads, warm."""
    case, side, implementation, threads, cache, math_mode = key
    words = [f"{case} {side} {implementation}"]
    if threads:
        words.append(f"{threads} thread" + ("s" if threads != 1 else ""))
    words.append(f"{cache} memory" if side == TRIP else str(cache))
    if math_mode != "default" and math_mode not in str(implementation).split("_"):
        words.append(str(math_mode))
    return ", ".join(words)


def change(effect: float) -> str:
    """An ln ratio as a change of time: +5.3 %, −0.41 %."""
    if not math.isfinite(effect):
        return NOTHING
    share = math.expm1(effect)
    return f"{'+' if share >= 0 else '−'}{percent(abs(share)) if share else '0 %'}"


def interval(low: float, high: float) -> str:
    """The interval of a change: [+4.8 %, +5.9 %]."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return "no interval"
    return f"[{change(low)}, {change(high)}]"


def verdict_table(rows: pd.DataFrame, limit: int | None = None) -> Table:
    """Judged keys in their order, at most `limit`."""
    table = Table(
        ["<verdict", "<key", "base", "new", "change of time", "<95 % interval", "margin",
         "<margin from", "reps"]
    )  # fmt: skip
    rows = rows if limit is None else rows.head(limit)
    for key, row in zip(rows.index, rows.to_dict("records"), strict=True):
        verdict = row["verdict"]
        note = f" ({row['reason']})" if verdict == INVALID else ""
        if verdict == UNSURE and not row["repetitions"] > 1:
            note = " (one repetition)"
        table.add(
            verdict + note,
            key_name(key),
            with_prefix(row["base_s"], "s"),
            with_prefix(row["new_s"], "s"),
            change(row["effect"]),
            interval(row["low"], row["high"]),
            change(row["margin"]).lstrip("+"),
            row["margin_from"],
            "" if math.isnan(row["repetitions"]) else f"{row['repetitions']:.0f}",
        )
    return table


def reason_table(rows: pd.DataFrame, limit: int | None = None) -> Table:
    """Keys with a reason, and a status where there is one."""
    statuses = "status" in rows
    table = Table(["<key", *(["<status", "<before"] if statuses else []), "<reason"])
    for key, row in zip(rows.index[:limit], rows.head(limit or len(rows)).to_dict("records"),
                        strict=True):  # fmt: skip
        cells = [row["status"], row["before"]] if statuses else []
        table.add(key_name(key), *cells, row["reason"])
    return table


def records_of(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows with their keys as JSON values: null for what is not a number."""
    plain = rows.reset_index().astype(object)
    records: list[dict[str, Any]] = plain.where(plain.notna(), None).to_dict("records")
    return records
