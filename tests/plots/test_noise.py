"""Noise: what unchanged code differs by, and the file that keeps it."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from breakeven.compare.noise import (
    Noise,
    between_runs,
    from_spread,
    noise_path,
    read_noise,
    write_noise,
)
from breakeven.compare.subject import KEY
from breakeven.compare.verdicts import SAME, SLOWER, UNSURE, judged, with_margins
from breakeven.errors import InputError


def effects_of(values: dict[tuple[str, int], list[float]]) -> pd.DataFrame:
    """Keys by (problem, threads): the effects of its implementations; tight intervals."""
    keys = {
        (case, "cpu", f"implementation{i}", threads, "warm", "default"): effect
        for (case, threads), effects in values.items() for i, effect in enumerate(effects)
    }  # fmt: skip
    frame = pd.DataFrame({"effect": list(keys.values())},
                         pd.MultiIndex.from_tuples(list(keys), names=KEY))  # fmt: skip
    return frame.assign(error=0.001, freedom=8.0, spread=0.002, repetitions=5, reason="",
                        low=frame["effect"] - 0.003, high=frame["effect"] + 0.003)  # fmt: skip


def calm(threads: int = 1) -> dict[tuple[str, int], list[float]]:
    random = np.random.default_rng(4)
    return {(f"case{i}", threads): list(random.normal(0, 0.004, 3)) for i in range(6)}


def verdict_of(table: pd.DataFrame, case: str) -> str:
    found = judged(with_margins(table, 0.02, None, paired=False))["verdict"]
    return str(found[found.index.get_level_values("case") == case].iloc[0])


def test_from_spread():
    table = pd.DataFrame(
        {"spread": [0.01, 0.01], "error": [0.003, 0.003], "freedom": [7, math.nan]}
    )
    separate = from_spread(table, paired=False)
    assert separate[0] == pytest.approx(2.5758 * math.sqrt(2) * 0.01, rel=1e-4)
    alternating = from_spread(table, paired=True)
    assert alternating[0] == pytest.approx(2.3646 * 0.003, rel=1e-4)
    assert math.isnan(alternating[1])


def test_a_problem_that_stands_out_from_calm_others_is_slower():
    assert verdict_of(effects_of({**calm(), ("slow", 1): [0.06]}), "slow") == SLOWER


def test_a_shift_that_others_show_as_well_is_no_verdict():
    random = np.random.default_rng(5)
    restless = {(f"case{i}", 2): list(random.normal(0, 0.15, 3)) for i in range(8)}
    table = effects_of({**calm(), **restless, ("slow", 2): [0.18]})
    assert verdict_of(table, "slow") == UNSURE
    # One thread is another matter: its keys were calm.
    assert verdict_of(effects_of({**calm(), **restless, ("slow", 1): [0.18]}), "slow") == SLOWER


def test_an_implementation_that_is_slower_everywhere_is_no_noise():
    random = np.random.default_rng(8)
    values = {(f"case{i}", 2): [*random.normal(0, 0.005, 3), random.normal(2, 0.005)]
              for i in range(8)}  # fmt: skip
    found = judged(with_margins(effects_of(values), 0.02, None, paired=False))["verdict"]
    slower = found.index.get_level_values("implementation") == "implementation3"
    assert set(found[slower]) == {SLOWER}
    assert SLOWER not in set(found[~slower])


def test_where_runs_are_known_to_differ_nothing_is_called_the_same():
    random = np.random.default_rng(6)
    restless = {(f"case{i}", 2): list(random.normal(0, 0.15, 3)) for i in range(8)}
    table = effects_of({**restless, ("quiet", 2): [0.0]})
    assert verdict_of(table, "quiet") == UNSURE
    assert verdict_of(effects_of({**calm(2), ("quiet", 2): [0.0]}), "quiet") == SAME


def test_between_runs_is_by_hand():
    values = {("a", 1): [0.1, -0.1], ("b", 1): [0.2, 0.0], ("c", 1): [0.0, 0.1], ("d", 1): [0.3]}
    found = between_runs(effects_of(values))
    # Of d: the first implementation's median is 0.15, the second's 0.
    others = [-0.05, -0.1, 0.05, 0.0, -0.15, 0.1]
    assert found.iloc[-1] == pytest.approx(2.5758 * np.sqrt(np.square(others).sum() / 5), rel=1e-4)
    assert np.isnan(between_runs(effects_of({("a", 1): [0.1] * 9}))).all(), "no other problem"


def test_flagged_keys_do_not_count():
    table = effects_of({**calm(), ("wild", 1): [5.0], ("slow", 1): [0.06]})
    table.loc[table.index.get_level_values("case") == "wild", "reason"] = "suspect in NEW"
    assert verdict_of(table, "slow") == SLOWER


def noise() -> Noise:
    table = effects_of(calm())
    columns = {"separate": 0.03, "interleaved": 0.01, "detectable": 0.04}
    return Noise("AMD EPYC|2|none", 10, 0.02, table[[]].assign(**columns))


def test_the_file_reads_back(tmp_path: Path):
    path = noise_path(tmp_path, noise().fingerprint)
    assert path.name == "AMD-EPYC-2-none.json"
    write_noise(noise(), path)
    again = read_noise(path)
    assert (again.fingerprint, again.rounds, again.margin) == ("AMD EPYC|2|none", 10, 0.02)
    pd.testing.assert_frame_equal(again.table, noise().table)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda content: [], "no noise file"),
        (lambda content: {**content, "kind": "run"}, "no noise file"),
        (lambda content: {**content, "schema_version": 2}, "version 2"),
        (lambda content: {**content, "keys": 3}, "damaged"),
        (lambda content: {**content, "keys": [{"case": "x"}]}, "damaged"),
        (lambda content: {**content, "rounds": "many"}, "damaged"),
        (lambda content: {**content, "keys": [{**content["keys"][0], "separate": -1}]}, "positive"),
        (
            lambda content: {**content, "keys": [{**content["keys"][0], "separate": None}]},
            "positive",
        ),
        (lambda content: {k: v for k, v in content.items() if k != "margin"}, "damaged"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, change, complaint):
    path = tmp_path / "noise.json"
    write_noise(noise(), path)
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    with pytest.raises(InputError, match=complaint):
        read_noise(path)
    path.write_text("{")
    with pytest.raises(InputError, match="no JSON"):
        read_noise(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_noise(tmp_path)
