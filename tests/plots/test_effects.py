"""Effects and their intervals, against scipy's own tests and by simulation."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from breakeven.compare.effects import effects
from breakeven.compare.subject import ROW

NAME = ("gemm/f32/nn/m64n64k64", "cpu", "openblas", 2, "warm", "default")


def rows(values, status="ok", name=NAME, fastest=None):
    """One repetition per value, each in a round of its own; its fastest sample is the value."""
    table = [
        (*name, i, status, None, (), value, value if fastest is None else fastest[i])
        for i, value in enumerate(values)
    ]
    return pd.DataFrame.from_records(table, columns=ROW)


def only(table):
    (row,) = table.to_dict("records")
    return row


def test_separate_runs_get_welchs_interval():
    random = np.random.default_rng(1)
    base, new = random.lognormal(0, 0.02, 7), random.lognormal(0.05, 0.05, 5)
    row = only(effects(rows(base), rows(new), paired=False))
    theirs = stats.ttest_ind(np.log(new), np.log(base), equal_var=False)
    interval = theirs.confidence_interval(0.95)
    assert row["effect"] == pytest.approx(np.log(new).mean() - np.log(base).mean())
    assert (row["low"], row["high"]) == pytest.approx((interval.low, interval.high))
    assert row["freedom"] == pytest.approx(theirs.df)
    assert (row["base_s"], row["new_s"]) == (np.median(base), np.median(new))
    assert row["repetitions"] == 5


def test_alternating_rounds_get_the_paired_interval():
    random = np.random.default_rng(2)
    drift = np.cumsum(random.normal(0, 0.1, 10))  # far larger than the noise
    base = np.exp(drift + random.normal(0, 0.01, 10))
    new = np.exp(drift + 0.05 + random.normal(0, 0.01, 10))
    row = only(effects(rows(base), rows(new), paired=True))
    differences = np.sort(np.log(new) - np.log(base))
    theirs = stats.mstats.trimmed_mean_ci(differences, limits=(0.1, 0.1), alpha=0.05)
    assert (row["low"], row["high"]) == pytest.approx(tuple(theirs))
    assert row["effect"] == pytest.approx(stats.trim_mean(differences, 0.1))
    apart = only(effects(rows(base), rows(new), paired=False))
    assert apart["high"] - apart["low"] > 5 * (row["high"] - row["low"])


def test_a_disturbed_round_does_not_decide():
    base, new = np.ones(10), np.exp(np.linspace(0.048, 0.052, 10))
    new[4] *= 2
    row = only(effects(rows(base), rows(new), paired=True))
    assert row["effect"] == pytest.approx(0.05, abs=0.001)
    assert row["low"] > 0.045


def test_in_alternation_the_fastest_samples_are_compared():
    base, new = [1.0, 1.0, 1.0], [5.0, 9.0, 7.0]
    found = effects(rows(base, fastest=[0.9] * 3), rows(new, fastest=[0.99] * 3), paired=True)
    assert only(found)["effect"] == pytest.approx(math.log(1.1))
    assert only(found)["new_s"] == 0.99
    without = effects(rows(base, fastest=[math.nan] * 3), rows(new), paired=True)
    assert only(without)["effect"] == pytest.approx(math.log(7), abs=0.3), "medians on both sides"


def test_few_rounds_are_not_trimmed():
    values = np.array([0.01, 0.02, 0.09])
    row = only(effects(rows(np.ones(3)), rows(np.exp(values)), paired=True))
    theirs = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (row["low"], row["high"]) == pytest.approx((theirs.low, theirs.high))


def test_only_rounds_that_both_have_are_paired():
    base, new = rows([1.0, 2.0, 4.0]), rows([1.1, 2.2, 99.0])
    new = new[new["round"] < 2]
    row = only(effects(base, new, paired=True))
    assert row["repetitions"] == 2
    assert row["effect"] == pytest.approx(math.log(1.1))


def test_void_rows_count_for_nothing():
    base = pd.concat([rows([1.0, 1.0]), rows([50.0], status="failed")])
    row = only(effects(base, rows([1.0, 1.0]), paired=False))
    assert row["effect"] == 0


def test_one_repetition_has_no_interval():
    for paired in (False, True):
        row = only(effects(rows([1.0]), rows([1.1]), paired))
        assert row["effect"] == pytest.approx(math.log(1.1))
        assert math.isnan(row["low"])
        assert math.isnan(row["high"])


def test_no_spread_at_all_is_no_spread():
    for paired in (False, True):
        row = only(effects(rows([1.0] * 4), rows([1.0] * 4), paired))
        assert (row["effect"], row["low"], row["high"]) == (0, 0, 0)


@pytest.mark.parametrize("paired", [False, True])
def test_the_interval_covers_95_of_100(paired):
    random = np.random.default_rng(3)
    names = [(f"case{i}", *NAME[1:]) for i in range(2000)]
    sides = []
    for shift in (0.0, 0.03):
        logs = random.normal(shift, 0.02, (len(names), 6))
        sides.append(pd.concat([rows(np.exp(own), name=name) for own, name in
                                zip(logs, names, strict=True)]))  # fmt: skip
    table = effects(*sides, paired)
    covered = ((table["low"] <= 0.03) & (table["high"] >= 0.03)).mean()
    assert 0.935 < covered < 0.965


def test_keys_of_one_side_only_are_left_out():
    other = (*NAME[:2], "onednn", *NAME[3:])
    table = effects(rows([1.0, 1.0]), rows([1.0, 1.0], name=other), paired=False)
    assert table.empty
