"""Two stages of `ab`: what looks slower in the first session is measured again, and only what the
second confirms is SLOWER.

The first stage is a wide net, the second an independent test among few: together they find smaller
changes at fewer false alarms than one session of the same length.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from breakeven.compare.comparison import Comparison, in_order
from breakeven.compare.subject import TRIP
from breakeven.compare.verdicts import judged, tail

# One-sided, not corrected: what passes here is only measured again.
SCREEN_ALPHA = 0.1
# A longer pattern is no longer safe with every regular expression library: all is measured again.
_LONGEST_PATTERN = 20_000


def suspects(first: Comparison) -> pd.Index:
    """The keys that look slower than their margin allows."""
    valid = (first.table["reason"] == "").to_numpy()
    with np.errstate(invalid="ignore"):
        looks_slower = tail(first.table, slower=True) <= SCREEN_ALPHA
    return first.table.index[valid & looks_slower]


def pattern_of(keys: pd.Index) -> str:
    """A --filter that selects these keys' implementations; '.' where it would be too long."""
    # Whole trips are measured with the CUDA implementation that they go to.
    names = {
        f"{case}/{'cuda' if side == TRIP else side}/{implementation}"
        for case, side, implementation, *_ in keys
    }
    pattern = f"^({'|'.join(re.escape(name) for name in sorted(names))})$"
    return pattern if len(pattern) <= _LONGEST_PATTERN else "."


def confirmed(first: Comparison, again: Comparison) -> Comparison:
    """The first comparison with the suspects' rows from the second session, judged among
    themselves. A suspect that the second session did not measure keeps its first row."""
    keys = suspects(first).intersection(again.table.index)
    second = judged(again.table.loc[keys].drop(columns=["p", "verdict"]))
    table = pd.concat([first.table.drop(keys).assign(session=1), second.assign(session=2)])
    failing = pd.concat([first.failing, again.failing])
    return replace(
        first, table=in_order(table), failing=failing[~failing.index.duplicated(keep="last")]
    )
