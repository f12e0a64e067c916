"""The part of report.md on whole networks."""

from __future__ import annotations

from collections.abc import Sequence

from breakeven.figures import Figure
from breakeven.networks.copies import COPIES_NOTE, copies_table
from breakeven.networks.crossing import crossing_of
from breakeven.networks.engines import engines_of
from breakeven.networks.pytorch import PYTORCH_NOTE, pytorch_table
from breakeven.networks.subjects import BatchSweep, networks_of
from breakeven.networks.tables import (
    latency_table,
    launch_table,
    memory_table,
    speedup_table,
    throughput_table,
)
from breakeven.pairs import WINDOWS, SizedPairs, pairs_of, points_of
from breakeven.sections import table_lines
from breakeven.table import Table
from breakeven.view import View

_NOTE = """\
A step is a forward pass, the gradients and the optimiser's update of one batch; inference is the
forward pass alone. Images a second are those of calls one after the other with the data in place,
on the GPU as the host sees it (*call*; the GPU's own time for a row that has no such time).
**Bold**: the best of its side at that batch, whoever it is. PyTorch's rows come from its own
program and stand under its name; pairs and these charts' best lines are of this project's
engines. An asterisk marks what carries a flag. *wins from* a batch on is a measured batch;
*crossing at about* lies between two of them, interpolated, and decides nothing. *epoch*: steps on
batches that are loaded from a data set, and on the GPU copied, one after the other."""
_MEMORY_NOTE = """\
Of the best engine of each side. *activations* is the most that is in use at once: values that do
not live at the same time share memory. *workspace* is what the engine needs beside."""
_LAUNCH_NOTE = """\
*step* leaves the loss on the GPU; *loss read back* copies it to the host after each step, before
the next one begins, as programs do that print it."""
_LATENCY_NOTE = """\
Latency of one call by itself, the median of the repetitions' p50 and p99: of each side the engine
with the shortest p50, and beside it what it does in a sequence."""


def networks_section(view: View, figures: Sequence[Figure]) -> list[str]:
    """The whole part; nothing where no network was measured."""
    engines = [(sweep, engines_of(view, sweep)) for sweep in networks_of(view.run)]
    engines = [(sweep, rows) for sweep, rows in engines if not rows.empty]
    if not engines:
        return []
    sweeps = [sweep for sweep, _ in engines]
    lines = ["## Whole networks", "", _NOTE, ""]
    for sweep, rows in engines:
        own = [figure for figure in figures if figure.sweep == sweep.family]
        lines += [f"### {sweep.title}", ""]
        lines += [f"![{figure.title}]({figure.name}.png)\n" for figure in own]
        lines += _speedups(view, sweep)
        lines += ["Images a second:", "", *table_lines(throughput_table(rows))]
        if not sweep.trains:
            lines += _titled(_LATENCY_NOTE, latency_table(rows))
    lines += _part("Memory plan", _MEMORY_NOTE, memory_table(engines))
    lines += _part("Launches, and reading the loss back", _LAUNCH_NOTE, launch_table(engines))
    lines += _part("Copies of batches", COPIES_NOTE, copies_table(view.run, sweeps))
    lines += _part("Against PyTorch", PYTORCH_NOTE, pytorch_table(view, sweeps))
    return lines


def crossing_words(pairs: SizedPairs) -> str:
    """From which batch on the GPU wins, each window."""
    rows = pairs.unflagged() if len(pairs.unflagged()) else pairs.sound()
    parts = [
        f"{words}: {crossing_of(points_of(rows, window)).words}"
        for window, words in WINDOWS.items()
    ]
    return f"The GPU against the fastest on the CPU ({pairs.setting.brief}). {'; '.join(parts)}."


def _speedups(view: View, sweep: BatchSweep) -> list[str]:
    """The pairs of the headlines' setting; of other memory and math modes what they say."""
    lines: list[str] = []
    for setting in view.settings:
        pairs = pairs_of(view.run, sweep, setting)
        if setting.cache == view.cache and not pairs.rows.empty:
            lines += [crossing_words(pairs), ""]
            if setting == view.settings[0]:
                lines += table_lines(speedup_table(view.run, sweep, pairs))
    return lines


def _titled(note: str, table: Table) -> list[str]:
    return [note, "", *table_lines(table)] if table.rows else []


def _part(title: str, note: str, table: Table) -> list[str]:
    return [f"### {title}", "", *_titled(note, table)] if table.rows else []
