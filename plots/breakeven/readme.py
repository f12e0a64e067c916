"""The generated parts of README.md: tables and a picture of one recorded run.

They stand between markers, `<!-- breakeven:table -->` and `<!-- /breakeven:table -->`, and likewise
`picture` and `networks`. Whether they are current is judged by the text and, for the picture, by a
hash of what it shows, which is kept in the file: the pixels differ between versions of matplotlib.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import numpy as np
from PIL import Image

from breakeven.cpu_answer import cpu_rates
from breakeven.errors import InputError
from breakeven.families import Sweep, spread
from breakeven.figures import Figure, save
from breakeven.figures.rate import rate_figure
from breakeven.figures.speedup import speedup_figure
from breakeven.lines import locate
from breakeven.machine import caption, why_no_gpu
from breakeven.networks.brief import brief_table
from breakeven.output import write_text
from breakeven.run import read_run
from breakeven.tables import brief_pair_table, cpu_table
from breakeven.view import View, view_of

_PICTURE = Path("docs") / "images" / "recorded"
_ROWS = 9


def update(readme: Path, source: Path | None) -> str:
    """Writes table and picture from the recorded run; returns what was written."""
    text = _read(readme)
    run = locate(source) if source else _recorded(readme, text)
    view = view_of(read_run(run))
    figure, digest = _picture(view)
    folder = readme.resolve().parent
    save(figure, (folder / _PICTURE).parent, digest)
    write_text(readme, _filled(text, _parts(view, _relative(run, folder), figure)))
    return f"{readme} and {_PICTURE}.png show {run}"


def stale(readme: Path) -> str | None:
    """What is out of date, None if nothing is."""
    text = _read(readme)
    run = _recorded(readme, text)
    view = view_of(read_run(run))
    figure, digest = _picture(view)
    folder = readme.resolve().parent
    again = f"`python -m breakeven readme {_relative(run, folder)}` writes it again"
    if _filled(text, _parts(view, _relative(run, folder), figure)) != text:
        return f"the generated parts of {readme} differ from {run}: {again}"
    picture = (folder / _PICTURE).with_suffix(".png")
    try:
        with Image.open(picture) as image:
            shown = image.info.get("Description")
    except OSError:
        return f"{picture} is missing or unreadable: {again}"
    return None if shown == digest else f"{picture} shows other data than {run}: {again}"


def _read(readme: Path) -> str:
    try:
        text = readme.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{readme} cannot be read: {error.strerror}") from error
    if not _marked("table").search(text):
        raise InputError(f"{readme} lacks the markers <!-- breakeven:table --> and its end")
    return text


def _recorded(readme: Path, text: str) -> Path:
    found = re.search(r"<!-- generated from (\S+) -->", text)
    if not found:
        raise InputError(f"{readme} names no recorded run yet: give one")
    return locate(readme.resolve().parent / found[1])


def _relative(run: Path, folder: Path) -> str:
    run = run.resolve()
    if not run.is_relative_to(folder):
        raise InputError(f"{run} is not below {folder}: a README shows a recorded run")
    return run.relative_to(folder).as_posix()


def _marked(part: str) -> re.Pattern[str]:
    return re.compile(f"(<!-- breakeven:{part} -->\n).*?(<!-- /breakeven:{part} -->)", re.DOTALL)


def _filled(text: str, parts: dict[str, str]) -> str:
    for part, body in parts.items():
        if found := _marked(part).search(text):
            shown = f"{body}\n" if body else ""
            text = text[: found.end(1)] + shown + text[found.start(2) :]
    return text


def _headline(view: View) -> Sweep:
    if not view.sweeps or view.rates.empty:
        raise InputError(f"{view.run.path} holds no measured problem: a README needs some")
    return next((sweep for sweep in view.sweeps if view.pairs(sweep)), view.sweeps[0])


def _parts(view: View, source: str, figure: Figure) -> dict[str, str]:
    run, sweep = view.run, _headline(view)
    pairs = view.pairs(sweep)
    if pairs:
        cases = spread(sweep, list(pairs.rows["case"]), _ROWS)
        table, conditions = brief_pair_table(run, pairs, cases), pairs.setting.words
    else:
        measured = list(cpu_rates(view.rates, sweep, view.cache)["case"].unique())
        table = cpu_table(sweep, view.rates, view.cache, spread(sweep, measured, _ROWS))
        conditions = f"{view.cache} caches"
    answer = list(view.answer(sweep))
    if not run.has_pairs:
        answer.insert(0, f"No GPU was measured: {why_no_gpu(run)}.")
    body = [
        f"<!-- generated from {source} -->",
        f"Measured on {caption(run)}, {run.header['preset']} preset, {run.header['started'][:10]}; "
        f"{sweep.family.title}, {conditions}:",
        table.markdown(),
        " ".join(answer),
    ]
    picture = f"![{figure.title}; {caption(run)}]({_PICTURE.as_posix()}.png)"
    return {"table": "\n\n".join(body), "picture": picture, "networks": _networks(view)}


def _networks(view: View) -> str:
    """Whole networks beside PyTorch; empty where it was not measured."""
    table = brief_table(view)
    if not table.rows:
        return ""
    return (
        f"Training steps on {caption(view.run)}, of the same run, on the most threads measured; "
        "PyTorch was measured after this project's engines, and above 1x it takes longer (Welch's "
        "95 % interval over repetitions; an asterisk: some repetitions carry a flag, such as "
        f"`capped`):\n\n{table.markdown()}"
    )


def _picture(view: View) -> tuple[Figure, str]:
    """The picture and a hash of what it shows."""
    sweep = _headline(view)
    figure = speedup_figure(view, sweep) or rate_figure(view, sweep)
    if figure is None:
        raise InputError(f"{view.run.path} has no figure of {sweep.family.title}")
    figure.name = _PICTURE.name
    return figure, hashlib.sha256("\n".join(content(figure)).encode()).hexdigest()


def content(figure: Figure) -> list[str]:
    """What a figure says, independent of the version that renders it: texts and data."""
    lines = [figure.title]
    for axes in figure.canvas.axes:
        lines += [axes.get_title(loc="left"), axes.get_xlabel(), axes.get_ylabel()]
        lines += axes.get_legend_handles_labels()[1]
        for line in axes.get_lines():
            lines += [f"{x:.6g} {y:.6g}" for x, y in np.asarray(line.get_xydata(), float)]
    return lines
