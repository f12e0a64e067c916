"""Small questions to the rows of a table."""

from __future__ import annotations

from typing import Any, cast

import pandas as pd

# Measured soundly, only for less long than wished; rows with other flags are in doubt.
_CAPPED = frozenset({"capped"})


def flagged(rows: pd.DataFrame) -> pd.Series:
    """Which rows carry a flag."""
    return rows["flags"].map(bool).astype(bool)


def doubtful(rows: pd.DataFrame) -> pd.Series:
    """Which rows carry a flag other than `capped`."""
    return rows["flags"].map(lambda flags: not _CAPPED.issuperset(flags)).astype(bool)


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as dictionaries by column."""
    return cast(list[dict[str, Any]], rows.to_dict("records"))
