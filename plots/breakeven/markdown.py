"""report.md: the whole run for people, the answer first."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from breakeven.figures import Figure
from breakeven.machine import caption, facts, why_no_gpu
from breakeven.networks.section import networks_section
from breakeven.quantities import counted
from breakeven.run import Run
from breakeven.sections import precision_section, roofline_section, sweep_section, table_lines
from breakeven.table import Table
from breakeven.tables import (
    ceiling_table,
)
from breakeven.troubles import failed_commands, flag_table, status_line, void_table
from breakeven.view import View

_OPEN_ROWS = 40  # longer tables are folded

_CLAIMS = """\
[Claims checked](claims.md): “tens to hundreds of times faster” held against naive code, one thread
and the fastest CPU code, with and without copies."""

_HOW_TO_READ = """\
- **Verified or void.** Every figure belongs to an implementation whose result was checked before
  timing and again afterwards. What failed has no time, enters no figure and is listed above.
- **GFLOP/s** are the operations of the problem's definition over the median of the repetitions'
  medians, a multiply-add being two, also of integers; an interval is the 95 % t-interval over
  repetitions, not over samples.
- **GB/s** stand in their place where memory bounds an operation: each input read once and each
  output written once, by that time, compared with the better of triad and copy.
- **of ceiling** compares with the highest rate *measured* on this machine in this run for the
  same dtype, number of threads and math mode, in vectors or in matrix units, not with a data sheet.
- A dtype in parentheses, as in *onednn (f32)*: the CPU computed the problem in that dtype, since
  nothing on it does in the problem's own. *tf32*: f32 whose inputs the GPU rounds to 11 bits.
  *winograd*: fewer multiplications than the definition has, whose operations its rate counts.
- **kernel** is the GPU's own time, **call** what the host waits for per call with the data on the
  GPU, **end to end** one measured region of copy in, compute, copy out. A speedup is CPU time
  over GPU time, the CPU side being the fastest verified implementation on all usable cores.
- **copies** is the copies' share of the end-to-end time. **pays after** is the number of calls on
  the same data from which on the GPU is faster although the data had to be copied once.
- **GPU wins from** a size **on** when the whole interval lies above 1 there and at every larger
  measured size: the smallest such size. Nothing is interpolated.
- **A pass** through a network or a training step is the sum of its GEMMs or convolutions, each as
  often as the pass has it, on the GPU of its kernels alone with the data there; what is neither is
  not in it. With warm caches a layer's weights may stay where a real pass would have to read them
  from memory again.
- **pack** is time an implementation needs once per set of operands for a layout of its own; it is
  not in its rate. **prepare** is everything done once per problem. **memory** is what it needs
  beside the problem's tensors, where it tells.
- Flags keep a row out of headlines: *suspect* (faster than the measured ceiling allows), *open*
  (the parts of the end-to-end time do not add up), *throttled* (the clock fell), *capped* (few
  samples, because the time for them ran out)."""


def markdown_report(view: View, figures: Sequence[Figure]) -> str:
    """The report; figures are linked by the names of their files beside it."""
    run = view.run
    lines = [f"# Breakeven: {caption(run)}", ""]
    lines += [f"> **Incomplete:** {loss}.\n" for loss in run.losses]
    lines += [f"> {note}.\n" for program in run.programs if (note := program.shortfall())]
    lines += ["## Answer", "", *_answers(view), "", _CLAIMS, ""]
    lines += ["## Machine", "", _pairs_of_words(facts(run)), ""]
    for sweep in view.sweeps:
        lines += sweep_section(view, sweep, [f for f in figures if f.sweep == sweep.family])
    lines += networks_section(view, figures)
    lines += precision_section(view)
    lines += roofline_section([f for f in figures if f.sweep is None])
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


def _section(title: str, table: Table, otherwise: str) -> list[str]:
    body = table_lines(table) if table.rows else [otherwise, ""]
    return [f"## {title}", "", *body]


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
