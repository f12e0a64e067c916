"""training.md: trainings of one network beside each other, a picture and a table."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

from breakeven.errors import InputError
from breakeven.figures import save
from breakeven.figures.losses import loss_figure
from breakeven.networks.tables import images
from breakeven.output import write_text
from breakeven.quantities import NOTHING, counted, percent, significant
from breakeven.table import Table
from breakeven.training.history import History, read_history

_NOTE = """\
*final loss* is the mean over the last epoch's images, each before its step's update. *steps
apart* is the largest difference of a step's loss to that of the first row, relative to it, over
the first epoch: where network, data, dtype, batch, optimiser and seed are the same, the sides
differ by rounding alone, which grows from step to step. *images/s* is the median epoch's: loading
batches, copying them and the steps, without the test images."""
_SAME = ("dtype", "batch", "lr", "momentum", "weight_decay", "seed")


def training_report(sources: Sequence[Path], out: Path | None) -> str:
    """Writes training.md and its figures, into `out` or beside the first; returns what a terminal
    shows."""
    histories: list[History] = []
    for source in sources:
        one = read_history(source)
        if any(one.folder.resolve() == other.folder.resolve() for other in histories):
            raise InputError(f"{source} is given twice")
        histories.append(one)
    directory = out or histories[0].folder
    lines = ["# Breakeven: trainings", ""]
    shown: list[str] = []
    groups: dict[tuple[str, str], list[History]] = {}
    for one in histories:
        groups.setdefault(one.subject, []).append(one)
    for group in groups.values():
        figure = loss_figure(group)
        save(figure, directory)
        table = training_table(group)
        network, data = group[0].subject
        lost = [loss for one in group for loss in one.losses]
        lines += [f"## {network} on {data}", "", *(f"> **Incomplete:** {loss}.\n" for loss in lost)]
        lines += [f"![{figure.title}]({figure.name}.png)", "", table.markdown(), ""]
        shown += [f"WARNING: {loss}." for loss in lost]
        shown += [f"{network} on {data}:", textwrap.indent(table.text(), "  "), ""]
    path = directory / "training.md"
    write_text(path, "\n".join([*lines, _NOTE]) + "\n")
    here = Path.cwd()
    return "\n".join(
        [*shown, f"Report: {path.relative_to(here) if path.is_relative_to(here) else path}"]
    )


def training_table(histories: Sequence[History]) -> Table:
    """One row per training."""
    table = Table(
        ["<engine", "batch", "<optimiser", "seed", "epochs", "final loss", "best test accuracy",
         "images/s", "steps apart"]
    )  # fmt: skip
    for one in histories:
        about = one.settings
        optimiser = f"lr {about['lr']:g}, momentum {about['momentum']:g}"
        if about["weight_decay"]:
            optimiser += f", weight decay {about['weight_decay']:g}"
        best = max(one.epochs, key=lambda epoch: epoch.test_accuracy)
        table.add(
            one.who,
            str(about["batch"]),
            optimiser,
            str(about["seed"]),
            counted(len(one.epochs), "epoch").split()[0],
            significant(one.epochs[-1].loss),
            f"{100 * best.test_accuracy:.1f} % (epoch {best.number})",
            images(one.images_per_second),
            apart(histories[0], one),
        )
    return table


def apart(first: History, other: History) -> str:
    """The largest relative difference of a step's loss over the first epoch; nothing where the two
    had not to be the same."""
    alike = all(first.settings[name] == other.settings[name] for name in _SAME)
    starts = first.epochs[0].number == other.epochs[0].number == 1
    if first is other or not alike or not starts:
        return NOTHING
    pairs = zip(first.epochs[0].losses, other.epochs[0].losses, strict=False)
    return percent(max((abs(b - a) / abs(a) for a, b in pairs if a), default=float("nan")))
