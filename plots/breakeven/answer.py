"""The question answered in words: who wins, from which size on."""

from __future__ import annotations

import pandas as pd

from breakeven.break_even import BreakEven, Outcome, Point
from breakeven.families import Sweep, evenly
from breakeven.pairs import SizedPairs, break_even_of, points_of
from breakeven.quantities import counted, times_with_interval


def pair_answer(pairs: SizedPairs) -> list[str]:
    """Sentences on one sweep of pairs: end to end first, then with the data on the GPU."""
    unflagged, sound = pairs.unflagged(), pairs.sound()
    if pairs.rows.empty:
        return ["No pair was measured."]
    if sound.empty:
        flags = ", ".join(sorted({flag for flags in pairs.rows["flags"] for flag in flags}))
        return [f"No answer: every size is flagged ({flags})."]
    rows = sound if unflagged.empty else unflagged
    first = _sentence(pairs.sweep, rows, "speedup_end_to_end", "end to end")
    sentences = [first]
    if unflagged.empty:
        note = "(Sampling hit the wall cap at every size: few samples stand behind each figure.)"
        sentences = [f"{first} {note}"]
    elif len(rows) < len(sound):
        other = _sentence(pairs.sweep, sound, "speedup_end_to_end", "end to end")
        if other != first:
            capped = counted(len(sound) - len(rows), "size")
            sentences = [f"{first} With {capped} where sampling hit the wall cap: {other}"]
    if not pairs.sweep.square:
        sentences.append(_counts(rows))
    sentences.append(
        f"With the data on the GPU: {_short(pairs.sweep, rows, 'speedup_call')}; "
        f"the kernel alone: {_short(pairs.sweep, rows, 'speedup_kernel')}."
    )
    sentences += _calls(pairs.sweep, rows)
    doubtful = len(pairs.rows) - len(sound)
    if doubtful:
        sentences.append(f"{counted(doubtful, 'flagged size')} left out.")
    return sentences


def other_setting_answer(pairs: SizedPairs) -> str | None:
    """One sentence on the same sweep under another setting: end to end, or, where that was not
    measured, with the data on the GPU."""
    rows = pairs.sound()
    if rows.empty:
        return None
    window, words = "speedup_end_to_end", "End to end"
    if rows[window].isna().all():
        window, words = "speedup_call", "Data on the GPU,"
    return f"{words} with {pairs.setting.brief}: {_short(pairs.sweep, rows, window)}."


def weak_cpu_note(pairs: SizedPairs, shares: dict[str, float]) -> str | None:
    """Says where the CPU side runs below half of its own measured ceiling: `shares` by problem."""
    sweep = pairs.sweep
    known = [case for case in pairs.rows["case"] if shares.get(case, float("nan")) >= 0]
    weak = [case for case in known if shares[case] < 0.5]
    if not weak:
        return None
    if sweep.square:
        where = f"n = {_ranges([case in weak for case in known], [sweep.name(c) for c in known])}"
    else:
        where = f"{len(weak)} of {counted(len(known), 'problem')}"
    return f"The CPU side stays below half of its own measured ceiling at {where}."


def _sentence(sweep: Sweep, rows: pd.DataFrame, window: str, words: str) -> str:
    answer = break_even_of(rows, window)
    if answer.outcome is Outcome.UNMEASURED:
        return f"Not measured {words}."
    assert answer.largest is not None
    last = f"{_estimate(answer.largest)} at {sweep.at(answer.largest.size)}"
    if answer.size is not None:
        at_start = min(
            (p for p in points_of(rows, window) if p.size == answer.size), key=lambda p: p.estimate
        )
        figures = f"{_estimate(at_start)} there"
        if answer.largest.size != answer.size:
            figures += f", {last}"
        start = f"GPU wins from {sweep.at(answer.size)} on"
        if answer.outcome is Outcome.ALWAYS:
            start = f"GPU wins at every measured size ({sweep.at(answer.size)} and up)"
        return f"{start}, {words}: {figures}.{_before(sweep, answer)}"
    if answer.largest.low is None or answer.largest.low != answer.largest.low:
        return f"Undecided {words}: without two repetitions there is no interval; {last}."
    if answer.cpu_up_to == answer.largest.size:
        return f"CPU wins at every measured size, {words}: GPU speedup {last}."
    verdict = "the CPU wins" if answer.largest.cpu_wins else "the interval holds 1"
    if answer.outcome is Outcome.NEVER:
        return f"GPU wins at no measured size, {words}: {last} ({verdict} there)."
    return f"GPU wins at some sizes, {words}, but not up to the largest: {last} ({verdict} there)."


def _before(sweep: Sweep, answer: BreakEven) -> str:
    """What lies before the break-even size."""
    text = ""
    if answer.cpu_up_to is not None:
        text = f" CPU wins up to {sweep.at(answer.cpu_up_to)}."
    if answer.earlier_wins:
        if sweep.square:
            sizes = ", ".join(f"{size:.0f}" for size in answer.earlier_wins)
            text += f" GPU also wins at n = {sizes}, before a dip."
        else:
            text += f" GPU also wins at {counted(len(answer.earlier_wins), 'smaller size')}."
    return text


def _short(sweep: Sweep, rows: pd.DataFrame, window: str) -> str:
    answer = break_even_of(rows, window)
    if answer.outcome is Outcome.UNMEASURED:
        return "not measured"
    if answer.outcome is Outcome.ALWAYS:
        return "GPU wins at every measured size"
    if answer.size is not None:
        return f"GPU wins from {sweep.at(answer.size)} on"
    if answer.largest and answer.cpu_up_to == answer.largest.size:
        return "CPU wins at every measured size"
    return "no size from which on the GPU wins"


def _calls(sweep: Sweep, rows: pd.DataFrame) -> list[str]:
    """After how many calls on the same data the copies have paid off, where one is not enough."""
    calls = [
        (sweep.at(size), int(value))
        for size, value in zip(rows["size"], rows["break_even_calls"], strict=True)
        if not isinstance(value, str) and value > 1  # neither "never" nor missing
    ]
    if not calls:
        return []
    if sweep.square:
        words = ", ".join(f"{count} calls at {where}" for where, count in evenly(calls, 3))
        return [f"Data copied once and used again pay off after {words}."]
    counts = [count for _, count in calls]
    return [
        f"Data copied once and used again pay off after {min(counts)} to {max(counts)} calls on "
        f"{counted(len(calls), 'problem')}."
    ]


def _counts(rows: pd.DataFrame) -> str:
    points = points_of(rows, "speedup_end_to_end")
    gpu = sum(point.gpu_wins for point in points)
    cpu = sum(point.cpu_wins for point in points)
    return (
        f"Of {counted(len(points), 'problem')}, end to end: GPU wins {gpu}, CPU wins {cpu}, "
        f"undecided {len(points) - gpu - cpu}."
    )


def _estimate(point: Point) -> str:
    nan = float("nan")
    low = nan if point.low is None else point.low
    high = nan if point.high is None else point.high
    return times_with_interval(point.estimate, low, high)


def _ranges(marks: list[bool], names: list[str]) -> str:
    """Names of marked neighbours, runs of three and more as first … last."""
    runs: list[list[str]] = []
    for before, (mark, name) in zip([False, *marks], zip(marks, names, strict=True), strict=False):
        if mark and before:
            runs[-1].append(name)
        elif mark:
            runs.append([name])
    return ", ".join(f"{r[0]} … {r[-1]}" if len(r) > 2 else ", ".join(r) for r in runs)
