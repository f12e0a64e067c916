"""The command line: `python -m breakeven report|plot|readme|schema-doc`."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NoReturn

from breakeven.errors import InputError

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str]) -> int:
    """Runs one verb. 0: done; 1: `--check` found something out of date; 2: bad input."""
    for stream in (sys.stdout, sys.stderr):  # a terminal that is not UTF-8 gets "?" for "×"
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        return _dispatch(list(arguments))
    except InputError as error:
        print(f"breakeven: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # `report | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _dispatch(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(_usage())
        return 0
    verb, *rest = arguments
    if verb not in _VERBS:
        raise InputError(f"unknown command '{verb}' ({', '.join(_VERBS)}){_hint(verb, _VERBS)}")
    return _VERBS[verb](rest)


class _Parser(argparse.ArgumentParser):
    """argparse with one line per mistake."""

    def __init__(self, verb: str, description: str) -> None:
        super().__init__(f"breakeven {verb}", description=description, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message} (see --help)")

    def read(self, arguments: list[str]) -> argparse.Namespace:
        """The options; an unknown one is refused with the nearest known."""
        options, unknown = self.parse_known_args(arguments)
        if unknown:
            known = [name for action in self._actions for name in action.option_strings]
            name = unknown[0].partition("=")[0]
            raise InputError(f"unknown option '{name}'{_hint(name, known)} (see --help)")
        return options


def _hint(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), 1, 0.5)
    return f", did you mean '{near[0]}'?" if near else ""


def _usage() -> str:
    lines = ["usage: breakeven COMMAND [OPTION…]", ""]
    lines += [f"  {verb:<11} {(run.__doc__ or '').splitlines()[0]}" for verb, run in _VERBS.items()]
    return "\n".join(lines)


def _report(arguments: list[str]) -> int:
    """Tables and the answer on the terminal; report.md and figures beside the run."""
    parser = _Parser("report", "Reads runs and says who wins from which size on.")
    _add_runs(parser)
    options = parser.read(arguments)
    from breakeven.report import report  # pandas and matplotlib: only where they are needed

    print(report(_runs(options.run), options.out))
    return 0


def _plot(arguments: list[str]) -> int:
    """Only the figures, as PNG and SVG."""
    parser = _Parser("plot", "Draws the figures of runs.")
    _add_runs(parser)
    options = parser.read(arguments)
    from breakeven.report import plot

    print(plot(_runs(options.run), options.out))
    return 0


def _readme(arguments: list[str]) -> int:
    """The README's table and picture from a recorded run."""
    parser = _Parser("readme", "Writes the generated parts of README.md from a recorded run.")
    parser.add_argument("run", nargs="?", type=Path, help="default: the one named in the file")
    parser.add_argument("--file", type=Path, default=ROOT / "README.md", help="default: README.md")
    parser.add_argument("--check", action="store_true", help="only say whether it is current")
    options = parser.read(arguments)
    from breakeven import readme

    if not options.check:
        print(readme.update(options.file, options.run))
        return 0
    return _complain(readme.stale(options.file))


def _schema_doc(arguments: list[str]) -> int:
    """docs/result_file.md from the JSON Schema of a run file."""
    parser = _Parser("schema-doc", "Writes the description of the result file from its schema.")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "result_file.md")
    parser.add_argument("--check", action="store_true", help="only say whether it is current")
    options = parser.read(arguments)
    from breakeven import schema_doc

    if not options.check:
        print(schema_doc.update(options.out))
        return 0
    return _complain(schema_doc.stale(options.out))


def _complain(complaint: str | None) -> int:
    if complaint:
        print(f"breakeven: {complaint}", file=sys.stderr)
    return 1 if complaint else 0


def _add_runs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "run", nargs="*", type=Path, help="run directory or file; default: results/local/latest"
    )
    parser.add_argument("--out", type=Path, help="where to write; default: beside each run")


def _runs(given: list[Path]) -> list[Path]:
    latest = ROOT / "results" / "local" / "latest"
    if not given and not latest.exists():
        raise InputError("no run given and none measured here yet: name a run, or bench first")
    return given or [latest]


_VERBS: dict[str, Callable[[list[str]], int]] = {
    "report": _report,
    "plot": _plot,
    "readme": _readme,
    "schema-doc": _schema_doc,
}
