"""Rates of the implementations: medians over repetitions, and shares of the fastest and of the
measured ceiling."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from breakeven.names import label, problem_dtype
from breakeven.run import Run

KEY = ["case", "side", "implementation", "math_mode", "threads", "cache"]


def rates_of(run: Run) -> pd.DataFrame:
    """One row per problem, implementation, threads and cache state that was verified and measured.

    `seconds` is the median over repetitions of their medians (CPU wall time, GPU kernel time),
    `low` and `high` the 95 % t-interval over repetitions of the mean log (NaN with fewer than two);
    `rate`, `rate_low`, `rate_high` are in `unit`, FLOP/s, or B/s where memory bounds the operation;
    `share_of_ceiling` is relative to the measured ceiling of the same side, threads and, of FLOP/s,
    dtype and math mode; `flags` of all repetitions together.
    `dtype` is the one computed in, `problem_dtype` the problem's.
    """
    cases = run.cases[(run.cases["status"] == "ok") & (run.cases["median_s"] > 0)]
    failed = run.cases[run.cases["status"] == "failed"]
    if not failed.empty and not cases.empty:  # one failed repetition voids them all
        void = pd.MultiIndex.from_frame(failed[KEY])
        cases = cases[~pd.MultiIndex.from_frame(cases[KEY]).isin(void)]
    cases = cases.assign(log=np.log(cases["median_s"]))
    grouped = cases.groupby(KEY, sort=False)
    rates = grouped.agg(
        rung=("rung", "first"),
        dtype=("dtype", "first"),
        flops=("flops", "first"),
        bytes=("bytes", "first"),
        judged_by=("judged_by", "first"),
        seconds=("median_s", "median"),
        call_s=("call_s", "median"),
        prepare_s=("prepare_s", "median"),
        pack_s=("pack_s", "median"),
        workspace_bytes=("workspace_bytes", "max"),
        mean_log=("log", "mean"),
        std_log=("log", "std"),
        repetitions=("log", "size"),
        reproduce=("reproduce", "first"),
    ).reset_index()
    flags = [frozenset().union(*every) for every in grouped["flags"].agg(list)]
    rates["flags"] = pd.Series(flags, index=rates.index, dtype=object)
    half = half_width(rates["std_log"].to_numpy(float), rates["repetitions"].to_numpy(float))
    rates["low"] = np.exp(rates["mean_log"] - half)
    rates["high"] = np.exp(rates["mean_log"] + half)
    by_bytes = rates["judged_by"] == "bytes"
    work = rates["flops"].where(~by_bytes, rates["bytes"])
    rates["unit"] = np.where(by_bytes, "B/s", "FLOP/s")
    rates["rate"] = work / rates["seconds"]
    rates["rate_low"] = work / rates["high"]
    rates["rate_high"] = work / rates["low"]
    names = ("unit", "side", "dtype", "threads", "math_mode")
    keys = zip(*(rates[name] for name in names), strict=True)
    rates["share_of_ceiling"] = rates["rate"] / np.array([ceiling(run, *key) for key in keys])
    both = zip(rates["case"], rates["dtype"], strict=True)
    rates["problem_dtype"] = [problem_dtype(case, dtype) for case, dtype in both]
    names = ("implementation", "math_mode", "dtype", "problem_dtype")
    rates["label"] = [label(*row) for row in zip(*(rates[name] for name in names), strict=True)]
    return rates.drop(columns=["mean_log", "std_log", "judged_by"])


def ceiling(
    run: Run, unit: str, side: str, dtype: str, threads: int, math_mode: str = "default"
) -> float:
    """What was measured as the most of that unit; NaN where nothing was."""
    if unit == "B/s":
        return run.byte_ceilings.get((side, threads), math.nan)
    return flop_ceiling(run, side, dtype, threads, math_mode)


def pair_rate(run: Run, row: dict[str, Any], side: str) -> tuple[float, float]:
    """The rate of one side of a pair row, and its share of that side's measured ceiling."""
    work, unit = run.work[row["case"]]
    if side == "cpu":
        rate = work / row["cpu_s"]
        return rate, rate / ceiling(run, f"{unit}/s", "cpu", row["cpu_dtype"], row["cpu_threads"])
    rate = work / row["kernel_s"]
    dtype = problem_dtype(row["case"], row["dtype"])
    return rate, rate / ceiling(run, f"{unit}/s", "cuda", dtype, 0, row["math_mode"])


def flop_ceiling(
    run: Run, side: str, dtype: str, threads: int, math_mode: str = "default"
) -> float:
    """Highest measured FLOP/s of that side with that dtype, so many threads (0 for the GPU) and
    that math mode; NaN where none was measured: none is borrowed."""
    return run.flop_ceilings.get((side, dtype, threads, math_mode), math.nan)


def widest(rates: pd.DataFrame) -> pd.DataFrame:
    """Of each problem, implementation and cache state the row with the most threads."""
    key = [name for name in KEY if name != "threads"]
    return rates.sort_values("threads", kind="stable").drop_duplicates(key, keep="last")


def fastest(rates: pd.DataFrame) -> pd.DataFrame:
    """The fastest row of each problem, flagged or not, indexed by problem."""
    return rates.sort_values("seconds").drop_duplicates("case").set_index("case")


def half_width(std: np.ndarray, repetitions: np.ndarray) -> np.ndarray:
    """Half the 95 % t-interval of a mean; NaN with fewer than two repetitions."""
    freedom = np.where(repetitions > 1, repetitions - 1, np.nan)
    return np.asarray(stats.t.ppf(0.975, freedom) * std / np.sqrt(repetitions))
