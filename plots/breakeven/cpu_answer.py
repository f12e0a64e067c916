"""Which CPU implementation is fastest, from which size on, and how near to the ceiling it comes."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from breakeven.families import Sweep
from breakeven.quantities import counted, giga, percent, significant
from breakeven.rates import fastest
from breakeven.rows import doubtful, flagged


def cpu_rates(rates: pd.DataFrame, sweep: Sweep, cache: str) -> pd.DataFrame:
    """The CPU's rows of a sweep, ascending in size."""
    rows = rates[
        (rates["side"] == "cpu") & (rates["cache"] == cache) & rates["case"].isin(list(sweep.sizes))
    ]
    return rows.assign(size=rows["case"].map(sweep.sizes)).sort_values(["size", "case"])


def cpu_answer(sweep: Sweep, rows: pd.DataFrame) -> list[str]:
    """Sentences on one sweep of the CPU."""
    if rows.empty:
        return ["No CPU implementation was measured."]
    sentences = _fastest(sweep, rows)
    sound = rows[~doubtful(rows)]
    if sweep.square:
        words = ", ".join(f"{name} from {sweep.at(n)} on" for n, name in fastest_ranges(sound))
    else:
        wins = Counter(fastest(sound)["label"]).most_common()
        words = ", ".join(f"{name} on {counted(count, 'problem')}" for name, count in wins)
    if sound["case"].nunique() > 1:
        sentences.append(f"Fastest by size: {words}." if sweep.square else f"Fastest: {words}.")
    return sentences


def fastest_ranges(rows: pd.DataFrame) -> list[tuple[float, str]]:
    """(size, implementation and threads) from each of which on those are the fastest: they stay so
    until others are faster by more than both intervals, so that noise changes nothing."""
    threads = [counted(int(count), "thread") for count in rows["threads"]]
    rows = rows.assign(
        who=[f"{label} on {count}" for label, count in zip(rows["label"], threads, strict=True)],
        low=rows["low"].fillna(rows["seconds"]),
        high=rows["high"].fillna(rows["seconds"]),
    )
    ranges: list[tuple[float, str]] = []
    for _, group in rows.groupby("size"):
        best = group.sort_values("seconds").iloc[0]
        if ranges:
            holder = group[group["who"] == ranges[-1][1]]
            if not holder.empty and holder.iloc[0]["low"] <= best["high"]:
                continue
        ranges.append((float(best["size"]), best["who"]))
    return ranges


def _fastest(sweep: Sweep, rows: pd.DataFrame) -> list[str]:
    """The highest rate without a flag, and what flagged rows say where they say more."""
    sentences: list[str] = []
    highest = 0.0
    for pool, words in (
        (rows[~flagged(rows)], "Fastest on the CPU"),
        (rows[~doubtful(rows)], "With rows where sampling hit the wall cap"),
        (rows, "Flagged and faster"),
    ):
        if pool.empty or pool["rate"].max() <= highest:
            continue
        best = pool.sort_values("rate").iloc[-1]
        highest = best["rate"]
        flags = f" ({', '.join(sorted(best['flags']))})" if best["flags"] else ""
        sentences.append(f"{words}: {_rate(sweep, best)}{flags}.")
    return sentences


def _rate(sweep: Sweep, row: pd.Series) -> str:
    interval = ""
    if row["repetitions"] > 1:
        low, high = (significant(row[name] / 1e9) for name in ("rate_low", "rate_high"))
        interval = f" [{low}, {high}]"
    ceiling = ""
    if row["share_of_ceiling"] >= 0:
        ceiling = f", {percent(row['share_of_ceiling'])} of the measured ceiling"
    where = f"n = {sweep.name(row['case'])}" if sweep.square else sweep.name(row["case"])
    return (
        f"{row['label']} on {counted(int(row['threads']), 'thread')}, "
        f"{giga(row['rate'])} G{row['unit']}{interval}{ceiling}, at {where}"
    )
