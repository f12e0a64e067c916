"""What was not measured, what failed, and what carries a flag."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pandas as pd

from breakeven.quantities import NOTHING
from breakeven.rows import records
from breakeven.run import Run
from breakeven.table import Table

_STATUS_ORDER = {"failed": 0, "error": 1, "skipped": 2}
_EXAMPLES = 4
_NUMBER = re.compile(r"\d+(\.\d+)?(e[+-]?\d+)?")


def void_table(run: Run) -> Table:
    """Rows without a measurement, grouped by status, side and reason, failures first. Reasons that
    differ in numbers only (predicted times) are one group, shown by its first."""
    table = Table(["<status", "<side", "<implementations", "problems", "<reason", "<for example"])
    cases = run.cases[run.cases["status"] != "ok"]
    transfers = run.transfers[run.transfers["status"] != "ok"].assign(side="copies")
    columns = ["status", "side", "implementation", "reason", "case"]
    rows = pd.concat([cases[columns], transfers[columns]]).fillna({"reason": NOTHING})
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in records(rows):
        kind = _NUMBER.sub("#", row["reason"])
        groups.setdefault((row["status"], row["side"], kind), []).append(row)
    for (status, side, _), members in sorted(groups.items(), key=_failures_and_many_first):
        alike = len({row["reason"] for row in members}) > 1
        table.add(
            status,
            {"cpu": "CPU", "cuda": "GPU"}.get(side, side),
            ", ".join(dict.fromkeys(row["implementation"] for row in members)),
            str(len({row["case"] for row in members})),
            members[0]["reason"] + (" (and alike)" if alike else ""),
            members[0]["case"],
        )
    return table


def _failures_and_many_first(
    group: tuple[tuple[str, str, str], list[dict[str, Any]]],
) -> tuple[int, int]:
    (status, _, _), members = group
    return _STATUS_ORDER.get(status, 3), -len({row["case"] for row in members})


def failed_commands(run: Run) -> list[str]:
    """Commands that repeat the rows that failed or ended in an error, without repeats."""
    rows = run.cases[run.cases["status"].isin(["failed", "error"])]
    return list(dict.fromkeys(rows["reproduce"]))


def status_line(run: Run) -> str:
    """How many implementations of how many problems are ok, failed, ...: one line."""
    key = ["case", "side", "implementation", "threads", "cache", "math_mode", "status"]
    counts = Counter(run.cases.drop_duplicates(key)["status"])
    order = ["ok", *_STATUS_ORDER, *sorted(set(counts) - {"ok", *_STATUS_ORDER})]
    words = [f"{counts[status]} {status}" for status in order if counts[status]]
    problems = run.cases["case"].nunique()
    return f"{problems} problems; configurations: {', '.join(words) or 'none'}"


def flag_table(run: Run) -> Table:
    """Flags by kind of row, with some of the problems they are on."""
    table = Table(["<flag", "<of", "rows", "<problems"])
    sources = (
        ("CPU measurement", run.cases[run.cases["side"] == "cpu"]),
        ("GPU measurement", run.cases[run.cases["side"] == "cuda"]),
        ("copies, end to end", run.transfers),
        ("pair", run.pairs),
    )
    for name, rows in sources:
        flagged: dict[str, list[str]] = {}
        for flags, case in zip(rows["flags"], rows["case"], strict=True):
            for flag in flags:
                flagged.setdefault(flag, []).append(case)
        for flag, cases in sorted(flagged.items()):
            distinct = list(dict.fromkeys(cases))
            words = ", ".join(distinct[:_EXAMPLES])
            if len(distinct) > _EXAMPLES:
                words += f" and {len(distinct) - _EXAMPLES} more"
            table.add(flag, name, str(len(cases)), words)
    return table
