"""`breakeven export`."""

from __future__ import annotations

from pathlib import Path

from breakeven.errors import InputError
from breakeven.export.export import FORMATS, export
from breakeven.export.tables import KINDS
from breakeven.options import LATEST, Parser, hint
from breakeven.run import read_run


def command(arguments: list[str]) -> int:
    """`export RUN --format FORMAT`."""
    parser = Parser("export", "Writes a run in another tool's format.")
    parser.add_argument("run", nargs="?", type=Path, default=LATEST)
    parser.add_argument("--format", required=True, metavar="FORMAT", help=", ".join(FORMATS))
    parser.add_argument("--rows", default="case", metavar="KIND",
                        help=f"of csv and parquet: {', '.join(KINDS)}")  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="DIR", help="default: the run's directory")
    options = parser.read(arguments)
    for name, value, known in (("--format", options.format, FORMATS),
                               ("--rows", options.rows, KINDS)):  # fmt: skip
        if value not in known:
            wanted = ", ".join(known)
            raise InputError(f"{name} '{value}' must be one of {wanted}{hint(value, known)}")
    run = read_run(options.run)
    for loss in run.losses:
        print(f"note: {loss}")
    for path in export(run, options.format, options.rows, options.out or run.directory):
        print(f"written: {path}")
    return 0
