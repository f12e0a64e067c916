"""`breakeven gate`, and the verdict of `breakeven ab`."""

from __future__ import annotations

import argparse
from pathlib import Path

from breakeven.compare.command import (
    AGAIN,
    ab_comparison,
    add_comparison,
    noise_for,
    subjects_of,
    write_comparison,
)
from breakeven.compare.comparison import Comparison, compare
from breakeven.compare.page import dumped
from breakeven.errors import InputError
from breakeven.gate.decision import decide
from breakeven.gate.floors import check_floors, parse_floor, regular_expression
from breakeven.gate.junit import junit
from breakeven.gate.page import gate_json, gate_markdown, gate_terminal
from breakeven.options import Parser
from breakeven.output import close_stdout, write_text, write_whole


def _add_gate(parser: Parser) -> None:
    parser.add_argument("--floor", action="append", default=[], type=parse_floor,
                        metavar="RE=SPEEDUP",
                        help="speedups that match must be at least so much")  # fmt: skip
    parser.add_argument("--allow-missing", metavar="RE", help="keys that may be missing")
    parser.add_argument("--strict", action="store_true", help="lack of evidence fails (status 4)")
    parser.add_argument("--out", type=Path, help="where to write (default: beside NEW)")
    add_comparison(parser)


def command(arguments: list[str]) -> int:
    """`gate BASE NEW`."""
    parser = Parser("gate", "Says whether NEW may pass: 0 yes, 1 regression, 3 wrong, 4 unsure.")
    parser.add_argument("run", nargs="*", type=Path, help="BASE NEW")
    parser.add_argument("--baseline", type=Path, metavar="NAME", help="a saved baseline as BASE")
    _add_gate(parser)
    options = parser.read(arguments)
    subjects = subjects_of(options.run, options.baseline)
    if len(subjects) != 2:
        raise InputError(f"gate takes two runs, BASE and NEW, not {len(subjects)}")
    base, new = subjects
    if base.fingerprint != new.fingerprint:
        raise InputError(
            f"{base.name} and {new.name} are of different machines ({base.fingerprint}; "
            f"{new.fingerprint}): a gate needs one machine, 'compare' sets machines side by side"
        )
    one = compare(base, new, options.margin, noise_for(base, options.noise))
    return _finish(one, options, options.out or new.path.parent)


def ab_command(arguments: list[str]) -> int:
    """`ab-gate DIR`: the verdict of an `ab` folder, of its second session where there is one."""
    parser = Parser("ab-gate", "Says whether NEW may pass, from a session of 'ab'.")
    parser.add_argument("folder", type=Path)
    _add_gate(parser)
    options = parser.read(arguments)
    one = ab_comparison(options.folder, options)
    write_comparison(one, options.folder)
    if (options.folder / AGAIN).is_dir():
        print("What looked slower was measured again; SLOWER is what the second session confirms.")
    return _finish(one, options, options.out or options.folder)


def _finish(one: Comparison, options: argparse.Namespace, folder: Path) -> int:
    allow = options.allow_missing
    gate = decide(
        one,
        check_floors(one.new.run, options.floor),
        regular_expression("--allow-missing", allow) if allow is not None else None,
        options.strict,
    )
    write_text(folder / "gate.md", gate_markdown(gate))
    write_text(folder / "gate.json", dumped(gate_json(gate)))
    write_whole(folder / "junit.xml", lambda path: path.write_bytes(junit(gate)))
    try:
        print(gate_terminal(gate))
        print(f"\nwritten: {folder}/gate.md, gate.json, junit.xml", flush=True)
    except BrokenPipeError:  # the status counts, whoever reads the words
        close_stdout()
    return gate.status
