"""Measures PyTorch on the whole networks of a run file, and appends its rows to it.

PYTHONPATH=benchmarks .venv-pytorch/bin/python -m pytorch RUN
"""

from __future__ import annotations

import argparse
import random
import re
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from pytorch.cases import RunFile, RunFileError, read_run_file
from pytorch.rows import PROGRAM, Appender, Times, end_row, run_row

BUDGET_S = {"smoke": 20.0, "quick": 60.0, "standard": 600.0, "full": None}


class Interruption:
    """The first SIGINT or SIGTERM is noted; a second one ends the program at once."""

    def __init__(self) -> None:
        self.signal = 0
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)

    def _note(self, number: int, _: FrameType | None) -> None:
        self.signal = number
        signal.signal(number, signal.SIG_DFL)

    def __bool__(self) -> bool:
        return self.signal != 0


def main(words: list[str]) -> int:
    """Exit status: 0 ok, 1 an error in a row, 2 bad input, 3 a result was wrong, 130 or 143."""
    arguments = _parse(words)
    try:
        pattern = re.compile(arguments.filter)
        file = read_run_file(arguments.run)
    except (RunFileError, re.error) as error:
        print(f"{PROGRAM}: {error}", file=sys.stderr)
        return 2
    if not file.cases:
        print(f"{PROGRAM}: no whole network was measured: nothing for PyTorch", file=sys.stderr)
        return 0
    budget_s = arguments.seconds
    if budget_s is None:
        budget_s = BUDGET_S[file.header["preset"]]
    return _measure_all(file, words, budget_s, pattern)


def _parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m pytorch", description=__doc__, allow_abbrev=False
    )
    parser.add_argument("run", type=Path, help="a run.jsonl with whole networks; rows are appended")
    parser.add_argument(
        "--seconds",
        type=float,
        help="time for measuring; compiling and verifying come on top (default: by the preset)",
    )
    parser.add_argument(
        "--filter", default="", help="regular expression over <id>/<side>/<implementation>"
    )
    return parser.parse_args(words)


def _measure_all(
    file: RunFile, words: list[str], budget_s: float | None, pattern: re.Pattern[str]
) -> int:
    start = time.perf_counter()
    interruption = Interruption()
    # Loaded now: what comes before needs no PyTorch.
    from pytorch.library import context_seconds, library_row, set_arithmetic
    from pytorch.measurement import Session, measure

    set_arithmetic()
    times = Times(context_s=context_seconds() if any(case.on_cuda for case in file.cases) else None)
    session = Session(
        file=file,
        out=Appender(file.path),
        wanted=lambda name: pattern.search(name) is not None,
        interrupted=lambda: bool(interruption),
        shuffle=random.Random(file.header["seed"]),
    )
    session.out.write(
        run_row(file, ["python", "-m", "pytorch", *words], budget_s, len(file.cases), library_row())
    )
    done = 0
    for case in file.cases:
        left = len(file.cases) - done
        allowance_s = 1e9 if budget_s is None else max(0.0, budget_s - times.spent_s) / left
        times.spent_s += measure(case, allowance_s, session)
        if interruption:
            break
        done += 1
        print(f"[{done}/{len(file.cases)}] {case.id}  pytorch", file=sys.stderr)
    times.wall_s = time.perf_counter() - start
    status = (
        128 + interruption.signal if interruption else 3 if session.failed else int(session.error)
    )
    session.out.write(end_row(status, done, session.out.rows, times))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
