"""What a machine does to a measurement that nothing was changed in: the noise file.

`./breakeven ab --noise` measures one build against itself (A/A). Per key the file keeps

- `separate`: by how much two runs made at different times differ in one A/A pair of a hundred;
- `interleaved`: the largest A/A effect that a session of so many rounds leaves plausible;
- `detectable`: the smallest slowdown that `ab` finds in 95 of 100 sessions of so many rounds.

All three are ln ratios. Normal theory over repetitions; the margin is on top of the intervals, so
that a verdict asks for more than either alone.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from breakeven.compare.effects import LEVEL, effects
from breakeven.compare.subject import KEY, Subject
from breakeven.errors import InputError
from breakeven.output import write_text

KIND = "breakeven-noise"
VERSION = 1
COLUMNS = ("separate", "interleaved", "detectable")

# Two single values of the spread s differ by more than √2 times this times s in one case of a
# hundred.
_NORMAL = float(stats.norm.ppf(0.995))
_ONE_IN_A_HUNDRED = _NORMAL * math.sqrt(2)
# Of the second stage's one-sided test where two candidates share Holm's 5 %.
_TEST_LEVEL = 0.0125
# What the second stage misses is 4 of 100, what the first one's wide net misses less than 1.
_POWER = 0.96


@dataclass(frozen=True)
class Noise:
    """A noise file: of which machine, with how many rounds, and its COLUMNS by key."""

    fingerprint: str
    rounds: int
    margin: float  # ln ratio, that `detectable` is for
    table: pd.DataFrame


def from_spread(table: pd.DataFrame, paired: bool) -> pd.Series:
    """The same margins from the repetitions of the two runs at hand: of keys in no noise file."""
    return half_width(table) if paired else _ONE_IN_A_HUNDRED * table["spread"]


def between_runs(table: pd.DataFrame) -> pd.Series:
    """The margin that separate runs of unknown noise need on top: repetitions of a problem are
    taken within seconds, so that their spread does not show what changes on a machine from minute
    to minute (on a virtual machine products on two threads were a third slower for whole runs). The
    other problems show it: 2.58 times the standard deviation of their effects on the
    same side with as many threads, each about the median of its implementation, since one that
    changed on all of its problems is no noise. NaN with fewer than five such keys."""
    kind = ["side", "threads"]
    frame = table[["effect"]].where(table["reason"] == "").reset_index()
    middle = frame.groupby([*kind, "implementation"])["effect"].transform("median")
    frame["square"] = (frame["effect"] - middle) ** 2
    alike, own = (frame.groupby(by)["square"] for by in (kind, [*kind, "case"]))
    count = alike.transform("count") - own.transform("count")
    total = alike.transform("sum") - own.transform("sum")
    variance = total.clip(lower=0) / (count - 1).where(count >= 5)
    return pd.Series(_NORMAL * np.sqrt(variance).to_numpy(), table.index)


def half_width(table: pd.DataFrame) -> pd.Series:
    """Half the intervals of the effects."""
    return pd.Series(stats.t.ppf((1 + LEVEL) / 2, table["freedom"]) * table["error"], table.index)


def measure_noise(base: Subject, new: Subject, margin: float) -> Noise:
    """The noise that an A/A session shows; `margin` is the ln ratio below which nothing counts."""
    both = pd.concat([base.rows, new.rows])
    both = both[(both["status"] == "ok") & (both["median_s"] > 0)]
    single = both.assign(log=np.log(both["median_s"])).groupby(KEY, sort=False)["log"].std()
    table = effects(base.rows, new.rows, paired=True)
    table = table[table["repetitions"] > 1]
    count, freedom = table["repetitions"], table["freedom"]
    needed = stats.t.ppf(1 - _TEST_LEVEL, freedom) + stats.t.ppf(_POWER, freedom)
    interleaved = half_width(table)
    found = pd.DataFrame({
        "separate": _ONE_IN_A_HUNDRED * single.reindex(table.index),
        "interleaved": interleaved,
        "detectable": np.maximum(margin, interleaved) + needed * table["error"],
    })  # fmt: skip
    rounds = int(count.max()) if len(count) else 0
    return Noise(base.fingerprint, rounds, margin, found)


def write_noise(noise: Noise, path: Path) -> None:
    """Writes the file whole or not at all."""
    keys = [
        {**dict(zip(KEY, key, strict=True)), **values}
        for key, values in zip(
            noise.table.index, noise.table[list(COLUMNS)].to_dict("records"), strict=True
        )
    ]
    content = {
        "kind": KIND, "schema_version": VERSION, "fingerprint": noise.fingerprint,
        "rounds": noise.rounds, "margin": noise.margin, "keys": keys,
    }  # fmt: skip
    write_text(path, json.dumps(content, indent=1, allow_nan=False) + "\n")


def read_noise(path: Path) -> Noise:
    """Reads a noise file; InputError for what is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no JSON: a noise file comes from 'ab --noise'") from error
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise InputError(f"{path} is no noise file: those come from 'ab --noise'")
    if content.get("schema_version") != VERSION:
        raise InputError(
            f"{path} has version {content.get('schema_version')} of the noise file, "
            f"this program reads {VERSION}: measure it again with 'ab --noise'"
        )
    try:
        table = pd.DataFrame.from_records(content["keys"], columns=[*KEY, *COLUMNS])
        table[list(COLUMNS)] = table[list(COLUMNS)].astype(float)
        margins = table[list(COLUMNS)].to_numpy()
        if not ((margins >= 0) & (margins < np.inf)).all():
            raise ValueError("a margin that is no positive number")
        table["threads"] = table["threads"].astype(int)
        return Noise(
            str(content["fingerprint"]), int(content["rounds"]), float(content["margin"]),
            table.drop_duplicates(KEY).set_index(KEY),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{path} is damaged ({error}): measure it again with 'ab --noise'"
        ) from error


def noise_path(folder: Path, fingerprint: str) -> Path:
    """Where a machine's noise file is kept."""
    return folder / (re.sub(r"[^A-Za-z0-9.]+", "-", fingerprint).strip("-") + ".json")
