"""The command line: `python -m breakeven COMMAND`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from breakeven.errors import InputError
from breakeven.options import LATEST, ROOT, Parser, hint
from breakeven.output import close_stdout


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
        close_stdout()
        return 0
    except OSError as error:  # a name too long, a folder that may not be entered
        print(f"breakeven: {error}", file=sys.stderr)
        return 2


def _dispatch(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(_usage())
        return 0
    verb, *rest = arguments
    if verb not in _VERBS:
        raise InputError(f"unknown command '{verb}' ({', '.join(_VERBS)}){hint(verb, _VERBS)}")
    return _VERBS[verb](rest)


def _usage() -> str:
    lines = ["usage: breakeven COMMAND [OPTION…]", ""]
    lines += [f"  {verb:<12} {(run.__doc__ or '').splitlines()[0]}" for verb, run in _VERBS.items()]
    return "\n".join(lines)


def _report(arguments: list[str]) -> int:
    """Tables and the answer on the terminal; report.md and figures beside the run."""
    about = "Reads runs and says who wins from which size on; folders of trainings, side by side."
    parser = Parser("report", about)
    _add_runs(parser)
    options = parser.read(arguments)
    sources = _runs(options.run)
    from breakeven.training.history import is_training  # and what needs pandas and matplotlib later

    trainings = [source for source in sources if is_training(source)]
    runs = [source for source in sources if source not in trainings]
    if runs:
        from breakeven.report import report

        print(report(runs, options.out))
    if trainings:
        from breakeven.training.page import training_report

        print(training_report(trainings, options.out))
    return 0


def _plot(arguments: list[str]) -> int:
    """Only the figures, as PNG and SVG."""
    parser = Parser("plot", "Draws the figures of runs.")
    _add_runs(parser)
    options = parser.read(arguments)
    from breakeven.report import plot

    print(plot(_runs(options.run), options.out))
    return 0


def _readme(arguments: list[str]) -> int:
    """The README's table and picture from a recorded run."""
    parser = Parser("readme", "Writes the generated parts of README.md from a recorded run.")
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
    parser = Parser("schema-doc", "Writes the description of the result file from its schema.")
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


def _add_runs(parser: Parser) -> None:
    parser.add_argument(
        "run", nargs="*", type=Path, help="run directory or file; default: results/local/latest"
    )
    parser.add_argument("--out", type=Path, help="where to write; default: beside each run")


def _runs(given: list[Path]) -> list[Path]:
    if not given and not LATEST.exists():
        raise InputError("no run given and none measured here yet: name a run, or bench first")
    return given or [LATEST]


def _verb(module: str, function: str, about: str) -> Callable[[list[str]], int]:
    """A command of its own module, which is loaded when it is called: pandas takes a while."""

    def run(arguments: list[str]) -> int:
        return int(getattr(import_module(module), function)(arguments))

    run.__doc__ = about
    return run


_VERBS: dict[str, Callable[[list[str]], int]] = {
    "report": _report,
    "plot": _plot,
    "compare": _verb(
        "breakeven.compare.command",
        "command",
        "What changed between runs, or machine beside machine.",
    ),
    "gate": _verb("breakeven.gate.command", "command", "Whether NEW may pass."),
    "ab-suspects": _verb(
        "breakeven.compare.command",
        "suspects_command",
        "What a session of ab has to measure again.",
    ),
    "ab-noise": _verb(
        "breakeven.compare.command", "noise_command", "The noise file of an A/A session."
    ),
    "ab-gate": _verb("breakeven.gate.command", "ab_command", "The verdict of a session of ab."),
    "export": _verb("breakeven.export.command", "command", "A run in another tool's format."),
    "readme": _readme,
    "schema-doc": _schema_doc,
}
