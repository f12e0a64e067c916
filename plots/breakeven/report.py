"""One report per run, and a hardware comparison where the runs allow one."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

from breakeven.claims import claims_page
from breakeven.figures import save
from breakeven.figures.all import figures_of
from breakeven.fills import fill_groups, fill_page, fill_table
from breakeven.hardware import comparable, hardware_report
from breakeven.machine import caption
from breakeven.markdown import markdown_report
from breakeven.output import write_text
from breakeven.run import read_run
from breakeven.terminal import terminal_answer, terminal_report
from breakeven.view import View, view_of


def report(sources: Sequence[Path], out: Path | None) -> str:
    """Writes report.md and the figures of each run; returns what a terminal shows."""
    views = [view_of(read_run(source)) for source in sources]
    blocks = []
    for view, directory in zip(views, _directories(views, out), strict=True):
        figures = []
        for figure in figures_of(view):
            save(figure, directory, caption(view.run))
            figures.append(figure)
        path = directory / "report.md"
        write_text(path, markdown_report(view, figures))
        write_text(directory / "claims.md", claims_page(view))
        blocks += [terminal_report(view), f"{terminal_answer(view)}\nReport: {_shown(path)}"]
    blocks += [
        _hardware(cpu, gpu, out) for cpu, gpu in permutations(views, 2) if comparable(cpu, gpu)
    ]
    blocks += [_fills(group, out) for group in fill_groups(views)]
    return "\n\n".join(blocks)


def plot(sources: Sequence[Path], out: Path | None) -> str:
    """Writes the figures of each run; returns their names."""
    views = [view_of(read_run(source)) for source in sources]
    paths: list[Path] = []
    for view, directory in zip(views, _directories(views, out), strict=True):
        for figure in figures_of(view):
            paths += save(figure, directory, caption(view.run))
    return "\n".join(_shown(path) for path in paths) or "Nothing to draw."


def _hardware(cpu: View, gpu: View, out: Path | None) -> str:
    names = [view.run.directory.resolve().name for view in (cpu, gpu)]
    directory = (out or cpu.run.directory) / f"hardware-{names[0]}-{names[1]}"
    text, figures = hardware_report(cpu, gpu)
    for figure in figures:
        save(figure, directory, f"{caption(cpu.run)}; {caption(gpu.run)}")
    path = directory / "report.md"
    write_text(path, text)
    return f"Hardware comparison of two machines (no pair, no headline): {_shown(path)}"


def _fills(views: Sequence[View], out: Path | None) -> str:
    path = (out or views[0].run.directory) / "fills.md"
    write_text(path, fill_page(views))
    table = textwrap.indent(fill_table(views).text(), "  ")
    return f"How the data change the time:\n{table}\nReport: {_shown(path)}"


def _directories(views: Sequence[View], out: Path | None) -> list[Path]:
    """Where each report goes: beside its run, or under `out`, by name where there are several."""
    if out is None:
        return [view.run.directory for view in views]
    if len(views) == 1:
        return [out]
    directories: list[Path] = []
    for view in views:
        name, number = view.run.directory.resolve().name, 1
        while out / name in directories:
            number += 1
            name = f"{view.run.directory.resolve().name}-{number}"
        directories.append(out / name)
    return directories


def _shown(path: Path) -> str:
    """Relative to where the user stands, if it is below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
