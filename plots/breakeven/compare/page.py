"""compare.md, compare.json and what the terminal shows of a comparison on one machine."""

from __future__ import annotations

import json
from typing import Any

from breakeven.compare.comparison import Comparison
from breakeven.compare.subject import Subject
from breakeven.compare.verdicts import FASTER, INVALID, SAME, SLOWER, UNSURE
from breakeven.compare.words import change, reason_table, records_of, verdict_table
from breakeven.quantities import counted
from breakeven.table import Table

_ROWS_ON_TERMINAL = 20
_ROWS_ON_PAGE = 100

_SECTIONS = (
    (SLOWER, "Slower"),
    (FASTER, "Faster"),
    (UNSURE, "Not enough evidence"),
    (INVALID, "No comparison"),
    (SAME, "The same"),
)

_HOW_TO_READ = """\
- **change of time** is NEW ÷ BASE of the mean ln seconds, minus 1: +5 % is slower. The interval is
  over repetitions, never over samples.
- **SLOWER**, **FASTER**: beyond the margin, Holm-corrected over all keys at 5 % together. **SAME**:
  the whole interval is within the margin asked for, and separate runs are not known to differ by
  more than it. **UNSURE**: neither. **INVALID**: flagged, or without a round in common.
- **margin**: the larger of the one asked for and the key's own A/A noise. That comes from this
  machine's noise file (`./breakeven ab --noise`), or else from the spread of the repetitions and,
  for separate runs, from how much the other problems differ between the two runs."""


def method_line(one: Comparison) -> str:
    """How the intervals came about."""
    if one.paired:
        rounds = one.base.rows["round"].nunique()
        return (
            f"Measured in alternation ({counted(rounds, 'round')}, by their start times): "
            "repetitions are paired, each by its fastest sample."
        )
    return (
        "Two separate runs: what drifted on the machine between them is in the difference. "
        "`./breakeven ab` measures in alternation and sees smaller changes."
    )


def margin_line(one: Comparison) -> str:
    """Where the margins come from."""
    sources = one.table["margin_from"].value_counts()
    words = [f"{count} from {name}" for name, count in sources.items() if name != "given"]
    given = f"margin {change(one.margin).lstrip('+')}"
    if not words:
        return f"{given[0].upper()}{given[1:]} for all keys."
    return f"{given[0].upper()}{given[1:]}, wider for {' and '.join(words)}."


def losses_of(*subjects: Subject) -> list[str]:
    """What the files lack, in sentences."""
    return [f"{one.name}: {loss}." for one in subjects for loss in one.losses]


def terminal(one: Comparison) -> str:
    """The worst keys and the overall line."""
    lines = [f"{one.new.name} (NEW) against {one.base.name} (BASE)", method_line(one),
             margin_line(one), *losses_of(one.base, one.new), ""]  # fmt: skip
    shown = one.table[one.table["verdict"] != SAME]
    if len(shown):
        lines += [verdict_table(shown, _ROWS_ON_TERMINAL).text()]
        if len(shown) > _ROWS_ON_TERMINAL:
            lines.append(f"(and {len(shown) - _ROWS_ON_TERMINAL} more, all in compare.md)")
        lines.append("")
    for title, rows in (("Failing", one.failing), ("Missing", one.missing)):
        if len(rows):
            lines += [f"{title}:", reason_table(rows, _ROWS_ON_TERMINAL).text(), ""]
    return "\n".join([*lines, one.overall()])


def markdown(one: Comparison, figure: str | None) -> str:
    """compare.md."""
    lines = [f"# {one.new.name} against {one.base.name}", "", f"**{one.overall()}**", ""]
    lines += [method_line(one), margin_line(one), "", f"Machine: `{one.base.fingerprint}`", ""]
    lines += [f"- {loss}" for loss in losses_of(one.base, one.new)]
    lines += ["", *change_lines(one)]
    if figure:
        lines += [f"![Changes with intervals]({figure})", ""]
    for title, rows in (("Failing", one.failing), ("Missing", one.missing)):
        lines += _folded(f"{title} in NEW", reason_table(rows, _ROWS_ON_PAGE), len(rows))
    for verdict, title in _SECTIONS:
        rows = one.of(verdict)
        lines += _folded(title, verdict_table(rows, _ROWS_ON_PAGE), len(rows))
    lines += _folded("Added in NEW", reason_table(one.added, _ROWS_ON_PAGE), len(one.added))
    return "\n".join([*lines, "## How to read this", "", _HOW_TO_READ, ""])


def change_lines(one: Comparison) -> list[str]:
    """What else changed between the runs."""
    if not one.changes:
        return ["Nothing else that the run files record differs between the two.", ""]
    table = Table(["<what changed", "<base", "<new"])
    for row in one.changes:
        table.add(*row)
    return [table.markdown(), ""]


def as_json(one: Comparison) -> dict[str, Any]:
    """compare.json."""
    return {
        "kind": "breakeven-comparison",
        "schema_version": 1,
        "base": _side(one.base),
        "new": _side(one.new),
        "fingerprint": one.base.fingerprint,
        "interleaved": one.paired,
        "margin": one.margin,
        "overall": one.overall(),
        "counts": one.counts,
        "ratio": None if one.ratio != one.ratio else one.ratio,
        "changes": [dict(zip(("what", "base", "new"), row, strict=True)) for row in one.changes],
        "keys": records_of(one.table),
        "missing": records_of(one.missing),
        "added": records_of(one.added),
        "failing": records_of(one.failing),
    }


def dumped(content: dict[str, Any]) -> str:
    """Strict JSON."""
    return json.dumps(content, allow_nan=False) + "\n"


def _side(subject: Subject) -> dict[str, Any]:
    return {"name": subject.name, "file": subject.path.name, "facts": subject.facts,
            "losses": subject.losses}  # fmt: skip


def _folded(title: str, table: Table, total: int) -> list[str]:
    """A section with a table, folded where it is long; empty without rows."""
    if not total:
        return []
    lines = [f"## {title} ({total})", ""]
    more = total - len(table.rows)
    note = [f"… and {more} more in compare.json.", ""] if more else []
    if len(table.rows) > 30:
        return [*lines, "<details><summary>All rows</summary>", "", table.markdown(), "",
                "</details>", "", *note]  # fmt: skip
    return [*lines, table.markdown(), "", *note]
