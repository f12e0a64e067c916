"""The parts of report.md that show measurements."""

from __future__ import annotations

from collections.abc import Sequence

from breakeven.directions import direction_table, layer_table
from breakeven.families import Sweep
from breakeven.figures import Figure
from breakeven.pairs import pairs_of
from breakeven.passes import (
    headline_totals,
    part_table,
    pass_answer,
    pass_table,
    title_of,
    totals_of,
)
from breakeven.precision import precision_table
from breakeven.quantities import counted
from breakeven.table import Table
from breakeven.tables import (
    FLAG_MARK,
    baseline_table,
    cpu_table,
    implementation_table,
    pair_table,
    transfer_table,
)
from breakeven.terminal import reference_case
from breakeven.view import View

_OPEN_ROWS = 40  # longer tables are folded


def sweep_section(view: View, sweep: Sweep, figures: Sequence[Figure]) -> list[str]:
    """One sweep or pass: its figures and tables."""
    cases = view.measured_cases(sweep)
    if not cases:
        return []
    if sweep.is_pass:
        return _pass_section(view, sweep)
    lines = [f"## {sweep.family.title}", ""]
    lines += [f"![{figure.title}]({figure.name}.png)\n" for figure in figures]
    for setting in view.settings:
        pairs = pairs_of(view.run, sweep, setting)
        if not pairs.rows.empty:
            lines += [f"### Speedups: {setting.words}", ""]
            lines += table_lines(pair_table(view.run, pairs, list(pairs.rows["case"])))
    pairs_here = view.pairs(sweep)
    if pairs_here:
        by_pairing = {
            name: found
            for name in ("fastest", "one_thread", "naive")
            if (found := view.pairs(sweep, name))
        }
        lines += ["### The same GPU against lesser CPU baselines", ""]
        lines += ["Why larger factors are often quoted: fewer threads, or code nobody tuned.", ""]
        lines += table_lines(baseline_table(sweep, by_pairing, list(pairs_here.rows["case"])))
        lines += ["### Copies", ""]
        lines += table_lines(transfer_table(view.run, sweep, list(pairs_here.rows["case"])))
    for cache in ("warm", "cold"):
        table = cpu_table(sweep, view.rates, cache, list(sweep.sizes))
        if table.rows:
            lines += [
                f"### CPU, {cache} caches: fastest, one thread, naive",
                "",
                *table_lines(table),
            ]
    lines += ["### Implementations", ""]
    reference = reference_case(view, sweep, cases)
    table = implementation_table(view.by_case[reference])
    lines += [f"`{reference}`", "", *table_lines(table)]
    others = [case for case in cases if case != reference]
    if others:
        lines += [f"<details><summary>{counted(len(others), 'other problem')}</summary>", ""]
        for case in others:
            table = implementation_table(view.by_case[case])
            lines += [f"`{case}`", "", table.markdown(), ""]
        lines += ["</details>", ""]
    return lines


def _pass_section(view: View, sweep: Sweep) -> list[str]:
    totals = totals_of(view.run, view.rates, sweep)
    title = title_of(sweep)
    lines = [f"## {title[0].upper()}{title[1:]}", "", *pass_answer(view.run, view.rates, sweep), ""]
    lines += table_lines(pass_table(totals))
    for one in headline_totals(totals):
        mode = "" if one.math_mode == "default" else f", GPU in {one.math_mode}"
        under = f"{one.cache} caches{mode}"
        directions = direction_table(one)
        if directions.rows:
            lines += [f"### Directions: {under}", "", *table_lines(directions)]
            lines += [f"### Directions by layer: {under}", "", *table_lines(layer_table(one))]
        lines += [f"### Its parts: {under}", "", *table_lines(part_table(one))]
    return lines


def precision_section(view: View) -> list[str]:
    """One shape in every dtype; nothing where there are fewer than two."""
    shape, table = precision_table(view)
    if not table.rows:
        return []
    note = f"The fastest on the CPU, {view.cache} caches."
    if view.run.measured("cuda"):
        note = (
            "The fastest on the CPU, on CUDA cores and on tensor cores (kernel time), "
            f"{view.cache} caches; the speedups are those of the pair rows."
        )
    return [f"## The same squares in every dtype: {shape}", "", note, "", *table_lines(table)]


def roofline_section(figures: Sequence[Figure]) -> list[str]:
    """The rooflines of the machine."""
    if not figures:
        return []
    images = [f"![{figure.title}]({figure.name}.png)\n" for figure in figures]
    return ["## Rooflines", "", *images]


def table_lines(table: Table) -> list[str]:
    """A table, folded if it is long, with what its mark means."""
    lines = [table.markdown(), ""]
    if any(row[0].endswith(FLAG_MARK) for row in table.rows):
        lines += [f"{FLAG_MARK} flagged, not in headlines", ""]
    if len(table.rows) > _OPEN_ROWS:
        summary = f"<details><summary>{counted(len(table.rows), 'row')}</summary>"
        lines = [summary, "", *lines, "</details>", ""]
    return lines
