"""The recorded study of what is detected: its page is current, and what it claims holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from report import (
    PAGE,
    Study,
    caught_by_ab,
    detectable,
    noise_of,
    page,
    planted_keys,
    separate_table,
)


@pytest.fixture(scope="module")
def study(root: Path) -> Study:
    (folder,) = (root / "results/recorded").glob("detection-*")
    return Study(folder)


def test_the_page_is_current(study: Study):
    assert PAGE.read_text() == "\n".join(page(study))


def test_nothing_changed_is_rarely_called_a_change(study: Study):
    table = separate_table(study, noise_of(study))
    for row in table.rows[:2]:
        pairs, comparisons, slower, faster = map(int, row[1:5])
        assert pairs >= 20
        assert comparisons >= 200
        assert slower + faster <= 0.01 * comparisons


def test_detectable_slowdowns_are_caught(study: Study):
    noise = noise_of(study)
    found = [caught_by_ab(study, share, noise, detectable_only=True) for share in (5, 10)]
    assert sum(one.planted for one in found) >= 40
    assert sum(one.caught for one in found) >= 0.95 * sum(one.planted for one in found)
    assert sum(one.false for one in found) == 0
    # Of the keys of 1 ms or more that ten rounds fitted for.
    assert noise.rounds == 10
    assert all(share >= 0.8 for share in detectable(noise, study, noise.rounds).shares.values())


def test_what_was_not_slowed_down_is_known(study: Study):
    table = study.session("planted_5-first").table
    planted = planted_keys(table, 5)
    names = {(key[0].rsplit("/", 1)[-1], key[2]) for key in table.index[~planted]}
    assert ("m1024n1024k1024", "onednn_packed") in names
    assert ("m1024n1024k1024", "openblas") not in names
    few_rows = table.rename({"gemm/f32/nn/m512n512k512": "gemm/f32/nt/m16n4096k4096"})
    assert not planted_keys(few_rows, 5)["gemm/f32/nt/m16n4096k4096"].any()
