"""Options of the commands: argparse with one line per mistake."""

from __future__ import annotations

import argparse
import difflib
import math
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from breakeven.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / "results" / "local"
LATEST = LOCAL / "latest"
BASELINES = LOCAL / "baselines"
NOISE = LOCAL / "noise"


class Parser(argparse.ArgumentParser):
    """argparse with one line per mistake."""

    def __init__(self, verb: str, description: str) -> None:
        super().__init__(f"breakeven {verb}", description=description, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """Bad input, not the end of the program."""
        raise InputError(f"{message} (see --help)")

    def read(self, arguments: list[str]) -> argparse.Namespace:
        """The options; an unknown one is refused with the nearest known."""
        options, unknown = self.parse_known_intermixed_args(arguments)
        if unknown:
            known = [name for action in self._actions for name in action.option_strings]
            name = unknown[0].partition("=")[0]
            raise InputError(f"unknown option '{name}'{hint(name, known)} (see --help)")
        return options


def hint(word: str, known: Iterable[str]) -> str:
    """What a slip most likely meant."""
    near = difflib.get_close_matches(word, list(known), 1, 0.5)
    return f", did you mean '{near[0]}'?" if near else ""


def margin_share(text: str) -> float:
    """A margin in percent as a share: '2' or '2%' is 0.02."""
    try:
        percent = float(text.strip().removesuffix("%"))
    except ValueError:
        percent = math.nan
    if not 0 <= percent < 1000:
        raise InputError(f"--margin '{text}' must be a percentage from 0 on, such as 2")
    return percent / 100
