"""`breakeven compare`, and the steps of `breakeven ab` that read results."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from breakeven.compare.comparison import DEFAULT_MARGIN, Comparison, compare
from breakeven.compare.confirm import confirmed, pattern_of, suspects
from breakeven.compare.machines import machines_json, machines_page, machines_terminal
from breakeven.compare.noise import (
    Noise,
    measure_noise,
    noise_path,
    read_noise,
    write_noise,
)
from breakeven.compare.page import as_json, dumped, markdown, terminal
from breakeven.compare.read import read_subjects
from breakeven.compare.subject import Subject
from breakeven.compare.words import change, key_name
from breakeven.errors import InputError
from breakeven.figures.base import save
from breakeven.figures.effects import effects_figure
from breakeven.options import BASELINES, LATEST, NOISE, Parser, margin_share
from breakeven.output import write_text
from breakeven.quantities import counted, percent

FIRST, AGAIN = Path("first"), Path("again")  # the sessions of an `ab` folder


def add_comparison(parser: Parser) -> None:
    """The options that compare, gate and ab have in common."""
    parser.add_argument("--margin", type=margin_share, default=DEFAULT_MARGIN, metavar="PCT",
                        help="no smaller change counts (default 2)")  # fmt: skip
    parser.add_argument("--noise-file", dest="noise", type=Path, metavar="FILE",
                        help="noise file of 'ab --noise' (default: this machine's)")  # fmt: skip


def command(arguments: list[str]) -> int:
    """`compare BASE NEW [MORE…]`."""
    parser = Parser("compare", "Compares runs: code on one machine, or machine with machine.")
    parser.add_argument("run", nargs="*", type=Path, help="BASE NEW [MORE…]")
    parser.add_argument("--baseline", type=Path, metavar="NAME", help="a saved baseline as BASE")
    parser.add_argument("--out", type=Path, help="where to write (default: beside NEW)")
    add_comparison(parser)
    options = parser.read(arguments)
    base, *others = subjects_of(options.run, options.baseline)
    if all(one.fingerprint == base.fingerprint for one in others):
        for one in others:
            folder = (options.out or one.path.parent) / (one.name if len(others) > 1 else "")
            print(_compare(base, one, options, folder))
        return 0
    folder = options.out or others[-1].path.parent
    every = [base, *others]
    write_text(folder / "compare.md", machines_page(every))
    write_text(folder / "compare.json", dumped(machines_json(every)))
    print(machines_terminal(every))
    print(f"\nwritten: {folder}/compare.md, compare.json")
    return 0


def subjects_of(runs: list[Path], baseline: Path | None) -> list[Subject]:
    """BASE and what is compared with it; NEW is the latest run where only a baseline is named."""
    sources = [baseline, *(runs or [LATEST])] if baseline else runs
    if len(sources) < 2:
        raise InputError("two runs are needed: BASE and NEW, or --baseline NAME and NEW")
    if not runs and not LATEST.exists():
        raise InputError("no run is given and none was measured here yet: name a run as NEW")
    return read_subjects(sources, BASELINES)


def noise_for(subject: Subject, given: Path | None) -> Noise | None:
    """The noise file asked for, else this machine's if it has one."""
    if given is not None:
        noise = read_noise(given)
        if noise.fingerprint != subject.fingerprint:
            raise InputError(f"{given} is the noise of another machine ({noise.fingerprint})")
        return noise
    path = noise_path(NOISE, subject.fingerprint)
    return read_noise(path) if path.is_file() else None


def write_comparison(one: Comparison, folder: Path) -> str:
    """compare.md with its figure, and compare.json; returns their names."""
    write_text(folder / "compare.json", dumped(as_json(one)))
    figure = effects_figure(one)
    if figure is not None:
        save(figure, folder, one.overall())
    write_text(folder / "compare.md", markdown(one, f"{figure.name}.png" if figure else None))
    return "compare.md, compare.json" + (f", {figure.name}.png" if figure else "")


def _compare(base: Subject, new: Subject, options: argparse.Namespace, folder: Path) -> str:
    one = compare(base, new, options.margin, noise_for(base, options.noise))
    names = write_comparison(one, folder)
    return f"{terminal(one)}\n\nwritten: {folder}/{names}"


def session(folder: Path, options: argparse.Namespace) -> Comparison:
    """The comparison of a session of `ab`: base/ and new/ in a folder."""
    base, new = read_subjects([folder / "base", folder / "new"], BASELINES)
    return compare(base, new, options.margin, noise_for(base, options.noise))


def ab_comparison(folder: Path, options: argparse.Namespace) -> Comparison:
    """The comparison of an `ab` folder, with its second session where there is one."""
    first = session(folder / FIRST, options)
    if (folder / AGAIN).is_dir():
        return confirmed(first, session(folder / AGAIN, options))
    return first


def suspects_command(arguments: list[str]) -> int:
    """`ab-suspects DIR`: prints the filter of what looks slower, nothing where nothing does."""
    parser = Parser("ab-suspects", "What a session has to measure again.")
    parser.add_argument("folder", type=Path)
    add_comparison(parser)
    options = parser.read(arguments)
    keys = suspects(session(options.folder / FIRST, options))
    if len(keys):
        print(pattern_of(keys))
    return 0


def noise_command(arguments: list[str]) -> int:
    """`ab-noise DIR`: writes the machine's noise file from an A/A session."""
    parser = Parser("ab-noise", "Writes the noise file of an A/A session.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, help="default: this machine's place")
    add_comparison(parser)
    options = parser.read(arguments)
    one = session(options.folder / FIRST, options)
    if not one.paired:
        raise InputError(f"{options.folder} is no session in alternation of two rounds or more")
    noise = measure_noise(one.base, one.new, float(np.log1p(options.margin)))
    if noise.table.empty:
        raise InputError(f"{options.folder} has no key with two rounds: measure more of them")
    path = options.out or noise_path(NOISE, noise.fingerprint)
    write_noise(noise, path)
    print(_noise_words(noise))
    print(f"\nwritten: {path}")
    return 0


def _noise_words(noise: Noise) -> str:
    """What this machine can see, the noisiest keys named."""
    detectable = noise.table["detectable"].sort_values(ascending=False)
    lines = [
        f"A/A over {counted(len(detectable), 'key')}, {counted(noise.rounds, 'round')}; smallest "
        f"slowdown that 'ab' finds in 95 of 100 sessions:",
        f"  median {change(detectable.median())}, 90 % of the keys "
        f"{change(detectable.quantile(0.9))} or less",
    ]
    for share in (0.05, 0.1):
        seen = float((detectable <= np.log1p(share)).mean())
        lines.append(f"  {percent(share)} slower is detectable on {percent(seen)} of the keys")
    lines += ["  noisiest:"]
    lines += [f"    {change(value)}  {key_name(key)}" for key, value in detectable.head(5).items()]  # type: ignore[arg-type]
    return "\n".join(lines)
