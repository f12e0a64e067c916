"""The report on a terminal: a table per sweep, and at the end the answer in words."""

from __future__ import annotations

import textwrap

from breakeven.cpu_answer import cpu_rates
from breakeven.families import Sweep, spread
from breakeven.machine import caption, why_no_gpu
from breakeven.pairs import SizedPairs
from breakeven.passes import pass_table, title_of, totals_of
from breakeven.quantities import counted
from breakeven.table import Table
from breakeven.tables import FLAG_MARK, brief_pair_table, cpu_table, implementation_table
from breakeven.troubles import status_line, void_table
from breakeven.view import View

_ROWS = 12
_WIDTH = 100


def terminal_report(view: View) -> str:
    """Everything but the last lines."""
    run = view.run
    blocks = [f"{caption(run)}, {run.header['started']}, {status_line(run)}"]
    blocks += [block for sweep in view.sweeps if (block := _sweep(view, sweep))]
    void = void_table(run)
    if void.rows:
        blocks.append("Not measured:\n" + _indented(_without(void, "<for example")))
    return "\n\n".join(blocks)


def terminal_answer(view: View) -> str:
    """The last lines: who wins from which size on."""
    run = view.run
    lines = [f"WARNING: {loss}." for loss in run.losses]
    lines += [f"Note: {note}." for program in run.programs if (note := program.shortfall())]
    failed = run.cases[run.cases["status"] == "failed"]["case"].nunique()
    if failed:
        lines.append(f"WARNING: verification failed on {counted(failed, 'problem')}.")
    if not run.has_pairs:
        lines.append(f"No GPU was measured: {why_no_gpu(run)}.")
    if view.rates.empty:
        return "\n".join([*lines, "Nothing was measured."])
    for index, sweep in enumerate(view.sweeps):
        sentences = view.answer(sweep)
        if sweep.is_pass:
            lines += _wrapped(" ".join(sentences))
            continue
        if index:
            sentences = sentences[: 1 if sweep.square else 2]  # the others are in the report
        lines += _wrapped(f"{sweep.family.title}: {' '.join(sentences)}")
    return "\n".join(lines)


def _sweep(view: View, sweep: Sweep) -> str | None:
    cases = view.measured_cases(sweep)
    if not cases:
        return None
    if sweep.is_pass:
        table = pass_table(totals_of(view.run, view.rates, sweep))
        return f"{title_of(sweep)}:\n{_indented(table)}"
    pairs = view.pairs(sweep)
    if pairs:
        threads = "/".join(str(count) for count in sorted(set(pairs.rows["cpu_threads"])))
        table, head = _pair_table(view, pairs), f"CPU threads: {threads}, {pairs.setting.words}"
    else:
        table, head = _cpu_table(view, sweep, cases), f"{view.cache} caches"
    lines = [f"{sweep.family.title}: {head}", _indented(table)]
    if len(table.rows) < len(cases):
        lines.append(f"  ({len(table.rows)} of {counted(len(cases), 'problem')}, all in report.md)")
    if any(row[0].endswith(FLAG_MARK) for row in table.rows):
        lines.append(f"  {FLAG_MARK} flagged, not in headlines")
    if sweep.square:
        case = reference_case(view, sweep, cases)
        table = implementation_table(view.by_case[case])
        lines += ["", f"  All implementations at n = {sweep.name(case)}:"]
        lines.append(_indented(_without(table, "<rung", "prepare", "pack")))
    return "\n".join(lines)


def reference_case(view: View, sweep: Sweep, cases: list[str]) -> str:
    """The problem at which implementations are listed: n = 1024 where it was measured, else the
    largest with the most implementations."""
    for case in cases:
        if sweep.square and sweep.sizes[case] == 1024:
            return case
    return max(cases, key=lambda case: (len(view.by_case[case]), sweep.sizes[case]))


def _pair_table(view: View, pairs: SizedPairs) -> Table:
    cases = spread(pairs.sweep, list(pairs.rows["case"]), _ROWS)
    return brief_pair_table(view.run, pairs, cases)


def _cpu_table(view: View, sweep: Sweep, cases: list[str]) -> Table:
    measured = set(cpu_rates(view.rates, sweep, view.cache)["case"])
    cases = [case for case in cases if case in measured]
    table = cpu_table(sweep, view.rates, view.cache, spread(sweep, cases, _ROWS))
    return _without(table, "fastest ÷ naive")


def _without(table: Table, *columns: str) -> Table:
    """Without the columns that a terminal has no room for."""
    keep = [i for i, name in enumerate(table.columns) if name not in columns]
    rows = [[row[i] for i in keep] for row in table.rows]
    return Table([table.columns[i] for i in keep], rows)


def _indented(table: Table) -> str:
    return textwrap.indent(table.text(), "  ")


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, subsequent_indent="  ", break_on_hyphens=False)
