"""gate.md and gate.json."""

from __future__ import annotations

from typing import Any

from breakeven.compare.page import as_json, change_lines, losses_of, margin_line, method_line
from breakeven.compare.verdicts import FASTER, INVALID, SLOWER, UNSURE
from breakeven.compare.words import reason_table, records_of, verdict_table
from breakeven.gate.decision import OK, Gate
from breakeven.table import Table

# A CI job page takes 1 MiB; people read less.
_ROWS = 50


def gate_markdown(gate: Gate) -> str:
    """The decision first, then what led to it."""
    one = gate.comparison
    mark = "✅" if gate.status == OK else "❌"
    lines = [f"# {mark} {gate.sentence()}", "", one.overall(), "",
             f"{one.new.name} (NEW) against {one.base.name} (BASE). {method_line(one)} "
             f"{margin_line(one)}", "", f"Machine: `{one.base.fingerprint}`", ""]  # fmt: skip
    lines += [f"- {loss}" for loss in losses_of(one.base, one.new)]
    for title, table, total in (
        ("Wrong results", reason_table(gate.wrong, _ROWS), len(gate.wrong)),
        ("Slower", verdict_table(one.of(SLOWER), _ROWS), len(one.of(SLOWER))),
        ("Newly in error", reason_table(gate.broken, _ROWS), len(gate.broken)),
        ("Missing in NEW", reason_table(gate.missing, _ROWS), len(gate.missing)),
        ("Floors", _floor_table(gate), len(gate.floors)),
        ("Missing, and allowed to", reason_table(gate.allowed, _ROWS), len(gate.allowed)),
        ("Not enough evidence", verdict_table(one.of(UNSURE), _ROWS), len(one.of(UNSURE))),
        ("No comparison", verdict_table(one.of(INVALID), _ROWS), len(one.of(INVALID))),
        ("Faster", verdict_table(one.of(FASTER), _ROWS), len(one.of(FASTER))),
    ):
        if total:
            lines += [f"## {title} ({total})", "", table.markdown(), ""]
            more = total - len(table.rows)
            lines += [f"… and {more} more in gate.json.", ""] if more else []
    return "\n".join([*lines, "## What else changed", "", *change_lines(one)])


def gate_terminal(gate: Gate) -> str:
    """The decision, and the rows against it."""
    one = gate.comparison
    lines: list[str] = [*losses_of(one.base, one.new)]
    for table, total in (
        (reason_table(gate.wrong, _ROWS), len(gate.wrong)),
        (verdict_table(one.of(SLOWER), _ROWS), len(one.of(SLOWER))),
        (reason_table(gate.broken, _ROWS), len(gate.broken)),
        (reason_table(gate.missing, _ROWS), len(gate.missing)),
    ):
        if total:
            lines += [table.text(), ""]
    lines += [f"floor lost: {lost.name}: {lost.words}" for lost in gate.floors_lost]
    return "\n".join([*lines, one.overall(), gate.sentence()])


def gate_json(gate: Gate) -> dict[str, Any]:
    """The comparison with the decision."""
    return {
        **as_json(gate.comparison),
        "kind": "breakeven-gate",
        "status": gate.status,
        "sentence": gate.sentence(),
        "strict": gate.strict,
        "allowed_missing": records_of(gate.allowed),
        "floors": [
            {"name": one.name, "floor": one.floor, "estimate": one.estimate,
             "low": None if one.low != one.low else one.low, "holds": one.holds}
            for one in gate.floors
        ],
    }  # fmt: skip


def _floor_table(gate: Gate) -> Table:
    table = Table(["<speedup", "<value and floor", "<holds"])
    for one in sorted(gate.floors, key=lambda result: result.holds)[:_ROWS]:
        table.add(one.name, one.words, "yes" if one.holds else "**no**")
    return table
