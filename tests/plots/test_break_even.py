"""The one definition of the break-even size, on synthetic curves."""

from __future__ import annotations

import random

import pytest

from breakeven.break_even import BreakEven, Outcome, Point, break_even

SIZES = [32, 64, 128, 256, 512]


def curve(*estimates: float, half: float = 1.05) -> list[Point]:
    return [Point(n, e, e / half, e * half) for n, e in zip(SIZES, estimates, strict=False)]


def test_monotone_curve_breaks_even_once() -> None:
    answer = break_even(curve(0.1, 0.5, 1.2, 3, 8))
    assert answer == BreakEven(
        Outcome.FROM, size=128, below=64, cpu_up_to=64, largest=curve(0.1, 0.5, 1.2, 3, 8)[-1]
    )


def test_dip_moves_the_break_even_behind_it() -> None:
    answer = break_even(curve(0.5, 2, 0.9, 3, 8))
    assert (answer.size, answer.below, answer.earlier_wins) == (256, 128, (64,))


def test_never_and_always() -> None:
    never = break_even(curve(0.1, 0.2, 0.3, 0.4, 0.5))
    assert (never.outcome, never.size, never.cpu_up_to) == (Outcome.NEVER, None, 512)
    always = break_even(curve(2, 3, 4, 5, 6))
    assert (always.outcome, always.size, always.below) == (Outcome.ALWAYS, 32, None)


def test_losing_at_the_largest_size_leaves_no_break_even() -> None:
    answer = break_even(curve(0.5, 2, 3, 2, 0.8))
    assert (answer.outcome, answer.size) == (Outcome.NOT_LASTING, None)
    assert answer.earlier_wins == (64, 128, 256)


def test_interval_around_one_is_no_win() -> None:
    answer = break_even(curve(0.5, 1.04, 1.2, half=1.05))
    assert (answer.size, answer.cpu_up_to) == (128, 32)


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_without_an_interval_nobody_wins(missing: float | None) -> None:
    answer = break_even([Point(32, 5.0, missing, missing)])
    assert (answer.outcome, answer.cpu_up_to) == (Outcome.NEVER, None)


def test_one_size_needs_all_its_problems() -> None:
    points = [*curve(0.5, 2, 3), Point(64, 0.9, 0.8, 0.95)]
    assert break_even(points).size == 128


def test_nothing_measured() -> None:
    assert break_even([]).outcome is Outcome.UNMEASURED


def test_rule_holds_on_random_curves() -> None:
    """Against the definition, word by word, on 2 000 seeded curves in random order."""
    for seed in range(2000):
        rng = random.Random(seed)
        points = []
        for _ in range(rng.randint(1, 12)):
            estimate = 2 ** rng.uniform(-2, 2)
            half = 2 ** rng.uniform(0, 0.5)
            low, high = (None, None) if rng.random() < 0.05 else (estimate / half, estimate * half)
            points.append(Point(rng.choice(SIZES), estimate, low, high))
        wins = {p.size: True for p in points}
        for p in points:
            wins[p.size] &= p.low is not None and p.low > 1
        candidates = [n for n in wins if all(won for size, won in wins.items() if size >= n)]
        answer = break_even(points)
        assert answer.size == (min(candidates) if candidates else None), f"seed {seed}"
        assert set(answer.earlier_wins) == {
            n for n, won in wins.items() if won and (answer.size is None or n < answer.size)
        }
        if answer.size is not None and answer.below is not None:
            assert not wins[answer.below], f"seed {seed}: the size before it must not win"


def test_raising_a_speedup_never_raises_the_break_even() -> None:
    for seed in range(500):
        rng = random.Random(seed)
        points = curve(*(2 ** rng.uniform(-1, 2) for _ in SIZES))
        better = [Point(p.size, p.estimate * 1.2, p.low * 1.2, p.high * 1.2) for p in points]
        before, after = break_even(points).size, break_even(better).size
        assert before is None or (after is not None and after <= before), f"seed {seed}"
