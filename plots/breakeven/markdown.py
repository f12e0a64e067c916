"""report.md: the whole run for people, the answer first."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from breakeven.families import Sweep
from breakeven.figures import Figure
from breakeven.machine import caption, facts, why_no_gpu
from breakeven.pairs import pairs_of
from breakeven.quantities import counted
from breakeven.run import Run
from breakeven.table import Table
from breakeven.tables import (
    FLAG_MARK,
    baseline_table,
    ceiling_table,
    cpu_table,
    implementation_table,
    pair_table,
    transfer_table,
)
from breakeven.terminal import reference_case
from breakeven.troubles import failed_commands, flag_table, status_line, void_table
from breakeven.view import View

_OPEN_ROWS = 40  # longer tables are folded

_HOW_TO_READ = """\
- **Verified or void.** Every figure belongs to an implementation whose result was checked before
  timing and again afterwards. What failed has no time, enters no figure and is listed above.
- **GFLOP/s** are the operations of the problem's definition over the median of the repetitions'
  medians; an interval is the 95 % t-interval over repetitions, not over samples.
- **of ceiling** compares with the highest rate *measured* on this machine in this run for the
  same dtype and the same number of threads, not with a data sheet.
- **kernel** is the GPU's own time, **call** what the host waits for per call with the data on the
  GPU, **end to end** one measured region of copy in, compute, copy out. A speedup is CPU time
  over GPU time, the CPU side being the fastest verified implementation on all usable cores.
- **copies** is the copies' share of the end-to-end time. **pays after** is the number of calls on
  the same data from which on the GPU is faster although the data had to be copied once.
- **GPU wins from** a size **on** when the whole interval lies above 1 there and at every larger
  measured size: the smallest such size. Nothing is interpolated.
- **pack** is time an implementation needs once per set of operands for a layout of its own; it is
  not in its rate. **prepare** is everything done once per problem.
- Flags keep a row out of headlines: *suspect* (faster than the measured ceiling allows), *open*
  (the parts of the end-to-end time do not add up), *throttled* (the clock fell), *capped* (few
  samples, because the time for them ran out)."""


def markdown_report(view: View, figures: Sequence[Figure]) -> str:
    """The report; figures are linked by the names of their files beside it."""
    run = view.run
    lines = [f"# Breakeven: {caption(run)}", ""]
    lines += [f"> **Incomplete:** {loss}.\n" for loss in run.losses]
    lines += [f"> {note}.\n" for program in run.programs if (note := program.shortfall())]
    lines += ["## Answer", "", *_answers(view), ""]
    lines += ["## Machine", "", _pairs_of_words(facts(run)), ""]
    for sweep in view.sweeps:
        lines += _sweep_section(view, sweep, [f for f in figures if f.sweep == sweep.family])
    lines += _section("Measured ceilings", ceiling_table(run), "No ceiling was measured.")
    lines += _section("Not measured", void_table(run), "Nothing was skipped, nothing failed.")
    if commands := failed_commands(run):
        lines += ["To repeat what failed:", "", "```sh", *commands, "```", ""]
    lines += _section("Flags", flag_table(run), "No row carries a flag.")
    lines += ["## How to read this", "", _HOW_TO_READ, "", "## Run", "", _pairs_of_words(_run(run))]
    return "\n".join(lines) + "\n"


def _answers(view: View) -> list[str]:
    lines = []
    if not view.run.has_pairs:
        lines += [f"No GPU was measured: {why_no_gpu(view.run)}. This is a report on the CPU.", ""]
    if view.rates.empty:
        return [*lines, "Nothing was measured."]
    for sweep in view.sweeps:
        lines.append(f"- **{sweep.family.title}.** {' '.join(view.answer(sweep))}")
        pairs = view.pairs(sweep)
        if pairs:
            lines[-1] += f" ({pairs.setting.words.capitalize()}.)"
    return lines


def _sweep_section(view: View, sweep: Sweep, figures: Sequence[Figure]) -> list[str]:
    cases = view.measured_cases(sweep)
    if not cases:
        return []
    lines = [f"## {sweep.family.title}", ""]
    lines += [f"![{figure.title}]({figure.name}.png)\n" for figure in figures]
    for setting in view.settings:
        pairs = pairs_of(view.run, sweep, setting)
        if not pairs.rows.empty:
            lines += [f"### Speedups: {setting.words}", ""]
            lines += _table(pair_table(view.run, pairs, list(pairs.rows["case"])))
    pairs_here = view.pairs(sweep)
    if pairs_here:
        by_pairing = {
            name: found
            for name in ("fastest", "one_thread", "naive")
            if (found := view.pairs(sweep, name))
        }
        lines += ["### The same GPU against lesser CPU baselines", ""]
        lines += ["Why larger factors are often quoted: fewer threads, or code nobody tuned.", ""]
        lines += _table(baseline_table(sweep, by_pairing, list(pairs_here.rows["case"])))
        lines += ["### Copies", ""]
        lines += _table(transfer_table(view.run, sweep, list(pairs_here.rows["case"])))
    for cache in ("warm", "cold"):
        table = cpu_table(sweep, view.rates, cache, list(sweep.sizes))
        if table.rows:
            lines += [f"### CPU, {cache} caches: fastest, one thread, naive", "", *_table(table)]
    lines += ["### Implementations", ""]
    reference = reference_case(view, sweep, cases)
    table = implementation_table(view.by_case[reference])
    lines += [f"`{reference}`", "", *_table(table)]
    others = [case for case in cases if case != reference]
    if others:
        lines += [f"<details><summary>{counted(len(others), 'other problem')}</summary>", ""]
        for case in others:
            table = implementation_table(view.by_case[case])
            lines += [f"`{case}`", "", table.markdown(), ""]
        lines += ["</details>", ""]
    return lines


def _section(title: str, table: Table, otherwise: str) -> list[str]:
    body = _table(table) if table.rows else [otherwise, ""]
    return [f"## {title}", "", *body]


def _table(table: Table) -> list[str]:
    lines = [table.markdown(), ""]
    if any(row[0].endswith(FLAG_MARK) for row in table.rows):
        lines += [f"{FLAG_MARK} flagged, not in headlines", ""]
    if len(table.rows) > _OPEN_ROWS:
        summary = f"<details><summary>{counted(len(table.rows), 'row')}</summary>"
        lines = [summary, "", *lines, "</details>", ""]
    return lines


def _pairs_of_words(rows: Sequence[tuple[str, str]]) -> str:
    table = Table(["<", "< "])
    for name, value in rows:
        table.add(name, value)
    return table.markdown()


def _run(run: Run) -> list[tuple[str, str]]:
    header = run.header
    rows = [
        ("Breakeven", f"{header['version']}, git {header['git'] or 'unknown'}"),
        ("Started", header["started"]),
        ("Preset", f"{header['preset']}, {counted(header['repetitions'], 'repetition')}, seed "
                   f"{header['seed']}, inputs: {header['fill']}"),
        ("Rows", status_line(run)),
    ]  # fmt: skip
    for program in run.programs:
        command = shlex.join(program.header["command"])
        end = program.end
        how = "no end row" if end is None else f"exit status {end['exit_status']}"
        rows.append((program.name, f"`{command}`: {how}"))
    rows.append(("File", Path(run.path).name))
    return rows
