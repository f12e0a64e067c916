"""`python -m report DIRECTORY [--check]`: docs/detection.md from what measure.sh measured.

Everything is computed from the recorded runs by the code that `compare` and `ab` use; what Google
Benchmark's compare.py said of the same measurements is recorded beside them.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from breakeven.compare.comparison import DEFAULT_MARGIN, Comparison, compare
from breakeven.compare.confirm import confirmed
from breakeven.compare.noise import Noise, measure_noise
from breakeven.compare.subject import Subject, subject_of
from breakeven.compare.verdicts import FASTER, SLOWER
from breakeven.compare.words import change
from breakeven.machine import cpu_caption
from breakeven.output import write_text
from breakeven.quantities import percent
from breakeven.run import read_run
from breakeven.table import Table

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "detection.md"
PLANTED = (5, 10)
LONG_S = 1e-3
_LEVEL = 0.05  # of compare.py's U test, its default


@dataclass
class Study:
    """A recorded study."""

    folder: Path

    def subject(self, name: str) -> Subject:
        """One of its runs."""
        return subject_of(read_run(self.folder / f"{name}.jsonl.gz"), name)

    def pairs(self) -> list[str]:
        """The A/A pairs of separate runs."""
        return sorted(path.name[: -len("-a.jsonl.gz")] for path in
                      self.folder.glob("separate-*-a.jsonl.gz"))  # fmt: skip

    def session(self, name: str, noise: Noise | None = None) -> Comparison:
        """A session in alternation: noise-first, planted_5-again."""
        base, new = (self.subject(f"{name}-{side}") for side in ("base", "new"))
        return compare(base, new, DEFAULT_MARGIN, noise)

    @cached_property
    def theirs(self) -> dict[str, dict[str, dict[str, float]]]:
        """What compare.py said, by pair or session and the name of the benchmark."""
        found: dict[str, Any] = json.loads((self.folder / "compare_py.json").read_text())
        return found


def planted_keys(table: pd.DataFrame, share: int) -> pd.Series:
    """Which keys really did more work: not what packs operands once, nor what has too few rows."""

    def planted(key: tuple[object, ...]) -> bool:
        extents = str(key[0]).rsplit("/", 1)[-1]
        rows = int(extents.split("m")[0].removeprefix("b") or extents.split("m")[1].split("n")[0])
        return key[2] != "onednn_packed" and math.floor(rows * share / 100 + 0.5) >= 3

    return pd.Series([planted(key) for key in table.index], table.index, dtype=bool)


def separate_table(study: Study, noise: Noise) -> Table:
    """False alarms of separate runs that nothing was changed between."""
    table = Table(["<judge", "pairs", "comparisons", "false SLOWER", "false FASTER", "share"])
    pairs = [tuple(study.subject(f"{name}-{side}") for side in "ab") for name in study.pairs()]
    for words, own in (("compare, no noise file", None), ("compare, noise file", noise)):
        found = [compare(*pair, DEFAULT_MARGIN, own) for pair in pairs]
        total = sum(len(one.table) for one in found)
        slower, faster = (sum(len(one.of(v)) for one in found) for v in (SLOWER, FASTER))
        table.add(words, str(len(pairs)), str(total), str(slower), str(faster),
                  percent((slower + faster) / total))  # fmt: skip
    verdicts = [v for name in study.pairs() for v in study.theirs[name].values() if v["p"]]
    slower, faster = (sum(_says(v, up) for v in verdicts) for up in (True, False))
    table.add("compare.py, p < 0.05", str(len(pairs)), str(len(verdicts)), str(slower),
              str(faster), percent((slower + faster) / len(verdicts)))  # fmt: skip
    return table


def _says(verdict: dict[str, float], slower: bool) -> bool:
    return verdict["p"] < _LEVEL and (verdict["change"] > 0) == slower


@dataclass(frozen=True)
class Caught:
    """How many planted slowdowns were found, and what else was called slower."""

    planted: int
    caught: int
    others: int
    false: int

    def cells(self) -> tuple[str, str, str, str]:
        """For a table."""
        share = percent(self.caught / self.planted) if self.planted else "–"
        return str(self.planted), f"{self.caught} ({share})", str(self.others), str(self.false)


def caught_by_ab(study: Study, share: int, noise: Noise, detectable_only: bool) -> Caught:
    """Both stages of `ab` on a planted slowdown."""
    first, again = (
        study.session(f"planted_{share}-{which}", noise) for which in ("first", "again")
    )
    table = confirmed(first, again).table
    table = table[(table["base_s"] >= LONG_S) & (table["reason"] == "")]
    planted = planted_keys(table, share)
    slower = table["verdict"] == SLOWER
    others, false = int((~planted).sum()), int((slower & ~planted).sum())
    if detectable_only:
        seen = noise.table["detectable"].reindex(table.index) <= math.log1p(share / 100)
        planted &= seen
    return Caught(int(planted.sum()), int((slower & planted).sum()), others, false)


def caught_by_compare_py(study: Study, share: int) -> Caught:
    """compare.py on the first session's measurements (warm caches, which are all it has)."""
    table = study.session(f"planted_{share}-first").table
    table = table[(table["base_s"] >= LONG_S) & (table.index.get_level_values("cache") == "warm")]
    theirs = study.theirs[f"planted_{share}"]
    planted = planted_keys(table, share)
    says = pd.Series([_google_says(theirs, key) for key in table.index], table.index, dtype=bool)
    return Caught(int(planted.sum()), int((says & planted).sum()), int((~planted).sum()),
                  int((says & ~planted).sum()))  # fmt: skip


def _google_says(theirs: dict[str, dict[str, float]], key: tuple[object, ...]) -> bool:
    verdict = theirs.get("{}/{}/{}/threads:{}".format(*key))
    return verdict is not None and verdict["p"] is not None and _says(verdict, slower=True)


def caught_table(study: Study, noise: Noise) -> Table:
    """Planted slowdowns by judge."""
    table = Table(["<planted", "<judge", "planted keys", "caught", "other keys", "false SLOWER"])
    for share in PLANTED:
        words = f"{share} % more work"
        table.add(words, "ab, keys that the noise file calls detectable",
                  *caught_by_ab(study, share, noise, True).cells())  # fmt: skip
        table.add(words, "ab, all keys", *caught_by_ab(study, share, noise, False).cells())
        table.add(words, "compare.py, p < 0.05", *caught_by_compare_py(study, share).cells())
    both = [caught_by_ab(study, share, noise, True) for share in PLANTED]
    whole = Caught(*(sum(getattr(one, name) for one in both) for name in
                     ("planted", "caught", "others", "false")))  # fmt: skip
    table.add("both", "ab, keys that the noise file calls detectable", *whole.cells())
    return table


def _on_several_threads(study: Study) -> str:
    """Of the false verdicts of separate runs without a noise file, those on several threads."""
    threads: list[int] = []
    for name in study.pairs():
        table = compare(*(study.subject(f"{name}-{side}") for side in "ab")).table
        false = table[table["verdict"].isin([SLOWER, FASTER])]
        threads += list(false.index.get_level_values("threads"))
    return f"{sum(count > 1 for count in threads)} of {len(threads)}"


def planted_times(study: Study) -> Iterator[str]:
    """How much longer the planted work really took: few rows are less efficient than many."""
    for share in PLANTED:
        table = study.session(f"planted_{share}-first").table
        changed = table["effect"][planted_keys(table, share) & (table["base_s"] >= LONG_S)]
        low, middle, high = (change(changed.quantile(q)) for q in (0.1, 0.5, 0.9))
        yield f"{share} % more work changed times by {middle} in the middle ({low} to {high})."


@dataclass(frozen=True)
class Detectable:
    """Of keys of 1 ms or more: how many there are, and on what share of them a slowdown of so many
    percent is detectable."""

    keys: int
    shares: dict[int, float]


def detectable(noise: Noise, study: Study, rounds: int) -> Detectable:
    """Of the keys with that many rounds at least."""
    table = study.session("noise-first").table
    keys = table.index[(table["base_s"] >= LONG_S) & (table["repetitions"] >= rounds)]
    least = noise.table["detectable"].reindex(keys).fillna(math.inf)
    shares = {share: float((least <= math.log1p(share / 100)).mean()) for share in PLANTED}
    return Detectable(len(keys), shares)


def noise_of(study: Study) -> Noise:
    """The study's noise file."""
    base, new = (study.subject(f"noise-first-{side}") for side in ("base", "new"))
    return measure_noise(base, new, float(np.log1p(DEFAULT_MARGIN)))


def page(study: Study) -> Iterator[str]:
    """The lines of docs/detection.md."""
    noise = noise_of(study)
    run = study.subject("noise-first-base").run
    assert run is not None
    whole, every = (detectable(noise, study, rounds) for rounds in (noise.rounds, 1))
    yield from (
        "# What is detected", "",
        "<!-- Generated by tests/detection/report.py from the recorded study: do not edit. -->", "",
        f"Measured on {cpu_caption(run.machine)}, a shared virtual machine ({run.machine['os']}, "
        f"{run.header['started'][:10]}, commit {run.header['git']}) by "
        "`tests/detection/measure.sh`, recorded in "
        f"`{study.folder.relative_to(ROOT)}/`. Problems from the lists of the standard preset, f32 "
        "and bf16, own implementations and libraries, one thread and all, warm and cold caches. "
        "Google Benchmark's compare.py judged the same measurements; its U test was taken at 0.05, "
        "and it exits with 0 whatever it finds.", "",
        "## Nothing changed", "",
        "Pairs of separately started runs of one build, five repetitions each. Every SLOWER and "
        "FASTER is false.", "",
        separate_table(study, noise).markdown(), "",
        f"{_on_several_threads(study)} false ones without a noise file are on two threads: some "
        "products run at another speed for a whole run there, all repetitions alike. Why was not "
        "shown. `ab` measures both sides within seconds of each other.", "",
        "## Planted slowdowns", "",
        "Builds whose implementations really compute 5 % or 10 % of their rows twice, with the "
        "same verified result, against the plain build: ten rounds in alternation, and ten more "
        "for what looked slower, as `ab` does. Keys of 1 ms or more. Keys that were left as they "
        "were (operands packed once, fewer rows than a part can be of) are the other keys.", "",
        caught_table(study, noise).markdown(), "",
        " ".join(planted_times(study)), "",
        f"The noise file of an A/A session calls 5 % detectable on {percent(whole.shares[5])} and "
        f"10 % on {percent(whole.shares[10])} of the {whole.keys} keys of 1 ms or more with all of "
        f"its {noise.rounds} rounds. {every.keys - whole.keys} more got fewer "
        "rounds within the time budget of the quick preset, so that their intervals are wide: "
        f"of all {every.keys} it is {percent(every.shares[5])} and "
        f"{percent(every.shares[10])}.", "",
        "## Doing it again", "",
        "```sh", "tests/detection/measure.sh results/recorded/detection-mine",
        "export PYTHONPATH=plots:tests/detection",
        "python -m ask_compare_py results/recorded/detection-mine /path/to/compare.py",
        "python -m report results/recorded/detection-mine", "```", "",
    )  # fmt: skip


def main(arguments: list[str]) -> int:
    """Writes the page, or with --check says whether it is current."""
    check = "--check" in arguments
    (folder,) = [word for word in arguments if word != "--check"]
    text = "\n".join(page(Study(Path(folder).resolve())))
    if not check:
        write_text(PAGE, text)
        return 0
    return int(PAGE.read_text() != text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
