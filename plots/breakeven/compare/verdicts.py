"""Verdicts on the keys that two runs of one machine have in common.

SLOWER and FASTER: the change is beyond the key's margin, tested by its t-statistic, Holm-corrected
over all keys judged, at 5 % for all of them together. SAME: the 95 % interval lies within the
margin asked for, and separate runs are not known to differ by more. UNSURE: neither. INVALID: no
comparison, with the reason.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from scipy import stats

from breakeven.compare.noise import Noise, between_runs, from_spread

SLOWER: Final = "SLOWER"
FASTER: Final = "FASTER"
SAME: Final = "SAME"
UNSURE: Final = "UNSURE"
INVALID: Final = "INVALID"
VERDICTS: Final = (SLOWER, FASTER, UNSURE, INVALID, SAME)  # the order in which they matter

ALPHA = 0.05


def holm(p_values: np.ndarray) -> np.ndarray:
    """Holm's step-down adjustment: reject where it is at most alpha, and no more than alpha of all
    families of true hypotheses lose any (Holm 1979). NaN stays NaN and counts for nothing."""
    adjusted = np.full(len(p_values), np.nan)
    known = np.flatnonzero(~np.isnan(p_values))
    order = known[np.argsort(p_values[known], kind="stable")]
    factors = len(order) - np.arange(len(order))
    steps = np.minimum(1.0, factors * p_values[order])
    adjusted[order] = np.maximum.accumulate(steps) if len(order) else steps
    return adjusted


def with_margins(
    table: pd.DataFrame, margin: float, noise: Noise | None, paired: bool
) -> pd.DataFrame:
    """With `margin` (ln ratio) of each key, `margin_from` (given, noise file, spread or other
    problems), and `tolerance`: within which it is SAME."""
    own = from_spread(table, paired)
    source = pd.Series("spread", table.index)
    if not paired:
        others = between_runs(table)
        source = source.mask(others > own.fillna(0.0), "other problems")
        own = own.where(~(others > own.fillna(0.0)), others)
    if noise is not None:
        filed = noise.table["interleaved" if paired else "separate"].reindex(table.index)
        own = filed.fillna(own)
        source = source.where(filed.isna(), "noise file")
    own = own.fillna(0.0)
    source = source.where(own > margin, "given")
    known_noise = source.isin(["noise file", "other problems"]) & (not paired)
    return table.assign(
        margin=np.maximum(margin, own),
        margin_from=source,
        tolerance=pd.Series(margin, table.index).mask(known_noise),
    )


def tail(table: pd.DataFrame, slower: bool) -> np.ndarray:
    """One-sided p-value of each key against a change of no more than its margin."""
    effect = table["effect"] if slower else -table["effect"]
    beyond = (effect - table["margin"]).to_numpy(float)
    error, freedom = table["error"].to_numpy(float), table["freedom"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        p_values = stats.t.sf(beyond / error, freedom)
    certain = np.where(beyond > 0, 0.0, 1.0)  # no spread at all: no test, a plain comparison
    return np.where(np.isnan(freedom), np.nan, np.where(error > 0, p_values, certain))


def judged(table: pd.DataFrame) -> pd.DataFrame:
    """With `p` (Holm-corrected, two-sided) and `verdict`; `reason` where one is INVALID already."""
    valid = (table["reason"] == "").to_numpy()
    p_slower, p_faster = (tail(table, slower) for slower in (True, False))
    both = np.where(valid, np.minimum(1.0, 2 * np.minimum(p_slower, p_faster)), np.nan)
    p_values = holm(both)
    within = (table["high"] <= table["tolerance"]) & (table["low"] >= -table["tolerance"])
    verdict = np.select(
        [
            ~valid,
            (p_values <= ALPHA) & (p_slower < p_faster),
            (p_values <= ALPHA) & (p_faster < p_slower),
            within.to_numpy(),
        ],
        [INVALID, SLOWER, FASTER, SAME],
        UNSURE,
    )
    return table.assign(p=p_values, verdict=verdict)
