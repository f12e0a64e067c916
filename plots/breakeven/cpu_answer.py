"""Which CPU implementation is fastest, from which size on, and how near to the ceiling it comes."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from breakeven.families import Sweep
from breakeven.quantities import counted, gflops, percent, significant
from breakeven.rates import fastest, widest
from breakeven.rows import doubtful, flagged


def cpu_rates(rates: pd.DataFrame, sweep: Sweep, cache: str) -> pd.DataFrame:
    """The CPU's rows of a sweep, ascending in size, each implementation on its most threads."""
    rows = rates[
        (rates["side"] == "cpu") & (rates["cache"] == cache) & rates["case"].isin(list(sweep.sizes))
    ]
    rows = widest(rows)
    return rows.assign(size=rows["case"].map(sweep.sizes)).sort_values(["size", "case"])


def cpu_answer(sweep: Sweep, rows: pd.DataFrame) -> list[str]:
    """Sentences on one sweep of the CPU."""
    if rows.empty:
        return ["No CPU implementation was measured."]
    sentences = [_best(sweep, rows)]
    if sweep.square:
        ranges = fastest_ranges(sweep, rows)
        if len(ranges) > 1 or len(sweep.sizes) > 1:
            words = ", ".join(f"{name} from n = {size:.0f} on" for size, name in ranges)
            sentences.append(f"Fastest by size: {words}.")
    else:
        wins = Counter(fastest(rows)["label"]).most_common()
        words = ", ".join(f"{name} {count}" for name, count in wins)
        sentences.append(f"Fastest on so many of {counted(len(sweep.sizes), 'problem')}: {words}.")
    return sentences


def fastest_ranges(sweep: Sweep, rows: pd.DataFrame) -> list[tuple[float, str]]:
    """(size, implementation) from each of which on that implementation is the fastest: it stays so
    until another one is faster by more than both intervals, so that noise changes nothing."""
    ranges: list[tuple[float, str]] = []
    rows = rows.assign(
        low=rows["low"].fillna(rows["seconds"]), high=rows["high"].fillna(rows["seconds"])
    )
    for _, group in rows.groupby("size"):
        best = group.sort_values("seconds").iloc[0]
        if ranges:
            holder = group[group["label"] == ranges[-1][1]]
            if not holder.empty and holder.iloc[0]["low"] <= best["high"]:
                continue
        ranges.append((float(best["size"]), best["label"]))
    return ranges


def _best(sweep: Sweep, rows: pd.DataFrame) -> str:
    """The highest rate of the sweep; without flags if there is one."""
    unflagged = rows[~flagged(rows)]
    sound = rows[~doubtful(rows)]
    pool, note = (unflagged, "") if not unflagged.empty else (sound, " (few samples: wall cap)")
    if pool.empty:
        return "No answer: every row is flagged."
    best = pool.sort_values("rate").iloc[-1]
    interval = ""
    if best["repetitions"] > 1:
        low, high = (significant(best[name] / 1e9) for name in ("rate_low", "rate_high"))
        interval = f" [{low}, {high}]"
    ceiling = ""
    if best["share_of_ceiling"] >= 0:
        ceiling = f", {percent(best['share_of_ceiling'])} of the measured ceiling"
    return (
        f"Fastest on the CPU: {best['label']} on {counted(int(best['threads']), 'thread')}, "
        f"{gflops(best['rate'])} GFLOP/s{interval}{ceiling}, at {_at(sweep, best['case'])}{note}."
    )


def _at(sweep: Sweep, case: str) -> str:
    return f"n = {sweep.name(case)}" if sweep.square else sweep.name(case)
