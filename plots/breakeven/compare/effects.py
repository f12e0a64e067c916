"""How much the time of each key changed, with the interval of its repetitions.

The effect is a mean of ln(seconds) of NEW minus that of BASE. The unit is the repetition, never the
sample.

Separate runs: a repetition's value is the median of its samples, as in reports; Welch's interval.

Runs in alternation are paired round by round, so that what drifts on the machine hits both alike. A
repetition's value is its fastest sample: what comes from outside only ever adds time (on a shared
machine medians of ten samples had 1.8 times the spread). Of the differences a tenth at each end is
trimmed, and the interval is Tukey and McLaughlin's (1963) for the trimmed mean: a round that was
disturbed as a whole does not decide.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from breakeven.compare.subject import KEY

LEVEL = 0.95
TRIMMED = 0.1


def effects(base: pd.DataFrame, new: pd.DataFrame, paired: bool) -> pd.DataFrame:
    """One row per key that both have verified times of, indexed by key: `base_s` and `new_s`
    (medians over repetitions), `repetitions` (the lesser of both; of rounds if paired), `effect`,
    `error` (its standard error), `freedom` (degrees of), `low` and `high` (95 %), `spread`
    (standard deviation of ln seconds of a repetition, or of a paired difference). NaN where there
    are too few repetitions for it."""
    base, new = (rows[(rows["status"] == "ok") & (rows["median_s"] > 0)] for rows in (base, new))
    table = _paired(base, new) if paired else _welch(base, new)
    half = stats.t.ppf((1 + LEVEL) / 2, table["freedom"]) * table["error"]
    return table.assign(low=table["effect"] - half, high=table["effect"] + half)


def trimmed(values: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Trimmed mean, its standard error and degrees of freedom of each row's first `count` values,
    which are sorted; NaN where one value is no sample."""
    place = np.arange(values.shape[1])
    cut = np.floor(TRIMMED * count).astype(int)
    inside = (place >= cut[:, None]) & (place < (count - cut)[:, None])
    kept = count - 2 * cut
    mean = np.where(inside, values, 0.0).sum(axis=1) / kept
    # Winsorized: what is cut takes the value at the cut.
    rows = np.arange(len(values))
    low, high = values[rows, cut], values[rows, count - cut - 1]
    winsorized = np.clip(values, low[:, None], high[:, None])
    there = place < count[:, None]
    center = np.where(there, winsorized, 0.0).sum(axis=1) / count
    square = np.where(there, (winsorized - center[:, None]) ** 2, 0.0).sum(axis=1)
    enough = count > 1
    variance = square / np.where(enough, count - 1, np.nan)
    error = np.sqrt(variance) * count / (kept * np.sqrt(count))
    return mean, error, np.where(enough, kept - 1.0, np.nan)


def _welch(base: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    columns = {
        "seconds": ("median_s", "median"),
        "mean": ("log", "mean"),
        "variance": ("log", "var"),
        "count": ("log", "size"),
    }
    one, two = (
        rows.assign(log=np.log(rows["median_s"])).groupby(KEY, sort=False).agg(**columns)
        for rows in (base, new)
    )
    both = one.join(two, how="inner", lsuffix="_base", rsuffix="_new")
    parts = [both[f"variance_{side}"] / both[f"count_{side}"] for side in ("base", "new")]
    square = parts[0] + parts[1]
    weights = [
        part**2 / (both[f"count_{side}"] - 1)
        for part, side in zip(parts, ("base", "new"), strict=True)
    ]
    freedom = square**2 / (weights[0] + weights[1])
    pooled = (both["variance_base"] + both["variance_new"]) / 2
    least = both[["count_base", "count_new"]].min(axis=1)
    return pd.DataFrame({
        "base_s": both["seconds_base"],
        "new_s": both["seconds_new"],
        "repetitions": least,
        "effect": both["mean_new"] - both["mean_base"],
        "error": np.sqrt(square),
        # Both without any spread: no variance to estimate, as many as are certain.
        "freedom": freedom.where(square > 0, least - 1).where(least > 1),
        "spread": np.sqrt(pooled),
    })  # fmt: skip


def _paired(base: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    one, two = (_by_round(rows) for rows in (base, new))
    rounds = one.join(two, how="inner", lsuffix="_base", rsuffix="_new").reset_index()
    # Where one side's samples are not in the file, its medians have to do, and the other's too.
    alike = rounds["fastest_s_base"].notna() & rounds["fastest_s_new"].notna()
    for side in ("base", "new"):
        rounds[side] = rounds[f"fastest_s_{side}"].where(alike, rounds[f"median_s_{side}"])
    rounds["difference"] = np.log(rounds["new"]) - np.log(rounds["base"])
    rounds = rounds.sort_values("difference", kind="stable")
    grouped = rounds.groupby(KEY, sort=False)
    table = grouped.agg(
        base_s=("base", "median"),
        new_s=("new", "median"),
        repetitions=("difference", "size"),
        spread=("difference", "std"),
    )
    count = table["repetitions"].to_numpy()
    values = np.zeros((len(table), int(count.max(initial=1))))
    values[grouped.ngroup(), grouped.cumcount()] = rounds["difference"]
    effect, error, freedom = trimmed(values, count)
    return table.assign(effect=effect, error=error, freedom=freedom)


def _by_round(rows: pd.DataFrame) -> pd.DataFrame:
    grouped = rows.groupby([*KEY, "round"], sort=False)
    return grouped.agg(median_s=("median_s", "median"), fastest_s=("fastest_s", "min"))
