"""Holm's correction and the verdicts."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from breakeven.compare.noise import Noise
from breakeven.compare.subject import KEY
from breakeven.compare.verdicts import (
    FASTER,
    INVALID,
    SAME,
    SLOWER,
    UNSURE,
    holm,
    judged,
    tail,
    with_margins,
)


def table(*rows):
    """(effect, error, freedom) per key."""
    index = pd.MultiIndex.from_tuples(
        [(f"case{i}", "cpu", "openblas", 2, "warm", "default") for i in range(len(rows))], names=KEY
    )
    frame = pd.DataFrame(rows, index, ["effect", "error", "freedom"])
    half = 2.262 * frame["error"]
    ends = {"low": frame["effect"] - half, "high": frame["effect"] + half}
    spread = frame["error"] * math.sqrt(10)
    return frame.assign(**ends, spread=spread, repetitions=10, reason="")


def verdicts(frame, margin=0.02, noise=None, paired=True):
    return list(judged(with_margins(frame, margin, noise, paired))["verdict"])


def test_holm_by_hand():
    # Sorted 0.01, 0.02, 0.03: times 3, 2, 1, made monotone.
    assert holm(np.array([0.03, 0.01, 0.02])) == pytest.approx([0.04, 0.03, 0.04])
    assert holm(np.array([0.5, 0.9])) == pytest.approx([1.0, 1.0])
    assert holm(np.array([])).size == 0


def test_holm_ignores_what_is_not_known():
    adjusted = holm(np.array([0.01, math.nan, 0.02]))
    assert adjusted[[0, 2]] == pytest.approx([0.02, 0.02])
    assert math.isnan(adjusted[1])


def test_holm_keeps_the_error_of_the_family():
    random = np.random.default_rng(5)
    families = random.uniform(size=(4000, 20))
    lost = np.mean([(holm(family) <= 0.05).any() for family in families])
    assert lost < 0.065


def test_each_verdict():
    frame = table((0.10, 0.005, 9), (-0.10, 0.005, 9), (0.001, 0.002, 9), (0.03, 0.02, 9))
    assert verdicts(frame) == [SLOWER, FASTER, SAME, UNSURE]


def test_a_change_within_the_margin_is_never_slower():
    frame = table((0.019, 1e-6, 9), (0.021, 1e-6, 9))
    assert verdicts(frame) == [SAME, SLOWER]
    assert verdicts(frame, margin=0.05) == [SAME, SAME]


def test_invalid_keys_are_not_judged_and_cost_the_others_nothing():
    frame = table(*[(0.05, 0.006, 9)] * 2, *[(9.0, 0.0, 9)] * 500)
    frame.loc[frame.index[2:], "reason"] = "suspect in NEW"
    found = verdicts(frame)
    assert found[:2] == [SLOWER, SLOWER]
    assert set(found[2:]) == {INVALID}


def test_one_repetition_is_unsure():
    frame = table((1.0, math.nan, math.nan)).assign(repetitions=1, spread=math.nan)
    assert verdicts(frame) == [UNSURE]


def test_without_any_spread_the_change_itself_decides():
    frame = table((0.0, 0.0, 9), (0.5, 0.0, 9), (-0.5, 0.0, 9))
    assert verdicts(frame) == [SAME, SLOWER, FASTER]
    assert list(tail(frame.assign(margin=0.02), slower=True)) == [1.0, 0.0, 1.0]


def test_the_margin_says_where_it_comes_from():
    frame = table((0.0, 0.0001, 9), (0.0, 0.02, 9), (0.0, 0.02, 9))
    filed = pd.DataFrame({"separate": [0.2], "interleaved": [0.1], "detectable": [0.3]},
                         index=frame.index[1:2])  # fmt: skip
    noise = Noise("machine", 10, 0.02, filed)
    for paired, own in ((True, 0.1), (False, 0.2)):
        judged_rows = with_margins(frame, 0.02, noise, paired)
        assert list(judged_rows["margin_from"]) == ["given", "noise file", "spread"]
        assert judged_rows["margin"].iloc[0] == 0.02
        assert judged_rows["margin"].iloc[1] == own
        assert judged_rows["margin"].iloc[2] > 0.02


def test_many_unchanged_keys_rarely_get_a_verdict():
    random = np.random.default_rng(11)
    false = 0
    for _ in range(200):
        draws = random.normal(0, 0.03, (50, 10))
        errors = draws.std(axis=1, ddof=1) / math.sqrt(10)
        rows = zip(draws.mean(axis=1), errors, [9] * 50, strict=True)
        false += any(verdict in (SLOWER, FASTER) for verdict in verdicts(table(*rows), margin=0.0))
    assert false <= 200 * 0.05
