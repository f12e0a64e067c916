"""claims.md: an often heard claim, held against the run at hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from breakeven.machine import caption, why_no_gpu
from breakeven.names import label, place_of, problem_dtype
from breakeven.pairs import WINDOWS, Setting
from breakeven.quantities import counted, percent, times
from breakeven.rates import fastest
from breakeven.rows import doubtful
from breakeven.table import Table
from breakeven.view import View

BASELINES = {
    "naive": "the naive loop on one thread",
    "one_thread": "the fastest code on one thread",
    "fastest": "the fastest code on all cores",
}

_INTRODUCTION = """\
“The GPU is tens to hundreds of times faster.” Faster than what, and with which copies? Each row
below is over all problems of this run, whatever their size, so the smallest stand beside the
largest: the range is what a claim leaves out. Problems whose rows are in doubt are left out."""

_PAIR_NOTE = "Figures of the pair rows: CPU time over GPU time, repetition by repetition"

_CPU_NOTE = """\
What of such a claim is the CPU's code and not the GPU: the fastest CPU code on all usable cores
against lesser baselines, from the medians of this run. A speedup claimed over a naive or a
single-threaded CPU carries these factors."""


@dataclass(frozen=True)
class Summary:
    """Ratios over problems."""

    ratios: pd.Series
    cpu_dtypes: frozenset[str] = frozenset()  # that the CPU computed in

    @property
    def cells(self) -> tuple[str, ...]:
        """Count, and least, median, greatest."""
        values = self.ratios
        return (
            str(len(values)),
            *(times(f) for f in (values.min(), values.median(), values.max())),
        )

    def share_above(self, bound: float) -> str:
        """Share of the problems with at least that ratio."""
        return percent(float((self.ratios >= bound).mean()))


def claims_page(view: View) -> str:
    """The page; it says what it can of a run without a GPU, too."""
    lines = [f"# Claims checked: {caption(view.run)}", "", _INTRODUCTION, ""]
    if view.settings:
        setting = view.settings[0]
        lines += ["## The GPU over the CPU", "", f"{_PAIR_NOTE}; {setting.words}.", ""]
        lines += [*_verdict(view, setting), ""]
        lines += [claim_table(view).markdown(), ""]
    else:
        lines += [f"No GPU was measured: {why_no_gpu(view.run)}. Nothing can be said here about a "
                  "GPU; what can be said is how much of such a claim may be the CPU's side.", ""
                  ]  # fmt: skip
    table = cpu_claim_table(view)
    lines += ["## The CPU over itself", "", _CPU_NOTE, ""]
    lines += [table.markdown() if table.rows else "No problem has two of them.", ""]
    lines += ["[Back to the report](report.md)", ""]
    return "\n".join(lines)


def claim_table(view: View) -> Table:
    """Speedups by dtype and math mode, baseline and window."""
    table = Table(
        ["<dtype", "<CPU baseline", "<GPU time", "problems", "least", "median", "greatest",
         "10x and more", "100x and more"]
    )  # fmt: skip
    for setting in _modes(view):
        for dtype in _dtypes(view, setting):
            for pairing, words in BASELINES.items():
                for window in ("speedup_kernel", "speedup_end_to_end"):
                    found = _summary(view, setting, pairing, window, dtype)
                    if len(found.ratios):
                        name = label(dtype, setting.math_mode, "", "")
                        name += _stand_ins(dtype, found)
                        shares = found.share_above(10), found.share_above(100)
                        table.add(name, words, WINDOWS[window], *found.cells, *shares)
    return table


def cpu_claim_table(view: View) -> Table:
    """The fastest CPU code on all cores over one thread and over the naive loop."""
    table = Table(["<dtype", "<over", "problems", "least", "median", "greatest"])
    rates = view.rates
    rates = rates[(rates["side"] == "cpu") & (rates["cache"] == view.cache) & ~doubtful(rates)]
    for dtype in sorted(set(rates["problem_dtype"]), key=place_of):
        rows = rates[rates["problem_dtype"] == dtype]
        best = fastest(rows)["seconds"]
        others = {"one_thread": rows[rows["threads"] == 1], "naive": rows[rows["rung"] == "naive"]}
        for name, slower in others.items():
            ratios = (fastest(slower)["seconds"] / best).dropna()
            if len(ratios):
                found = Summary(ratios, frozenset(rows["dtype"]))
                table.add(dtype + _stand_ins(dtype, found), BASELINES[name], *found.cells)
    return table


def _verdict(view: View, setting: Setting) -> Iterator[str]:
    """The claim in three sentences, over all dtypes in their own arithmetic."""
    for pairing, window, words in (
        ("naive", "speedup_kernel", "Against naive code on one thread, without copies"),
        ("fastest", "speedup_kernel", "Against the fastest CPU code on all cores, without copies"),
        ("fastest", "speedup_end_to_end", "Against the fastest CPU code, with copies each time"),
    ):
        found = _summary(view, setting, pairing, window, None)
        if len(found.ratios):
            slower = percent(float((found.ratios < 1).mean()))
            yield (
                f"- {words}: {times(found.ratios.median())} in the middle, at least ten times on "
                f"{found.share_above(10)} of {counted(len(found.ratios), 'problem')}, a hundred "
                f"times on {found.share_above(100)}, slower on {slower}."
            )


def _modes(view: View) -> list[Setting]:
    """The headline's setting in each math mode."""
    first = view.settings[0]
    alike = (first.cache, first.host_memory)
    return [one for one in view.settings if (one.cache, one.host_memory) == alike]


def _dtypes(view: View, setting: Setting) -> list[str]:
    pairs = view.run.pairs[view.run.pairs["math_mode"] == setting.math_mode]
    both = zip(pairs["case"], pairs["dtype"], strict=True)
    return sorted({problem_dtype(*one) for one in both}, key=place_of)


def _summary(view: View, setting: Setting, pairing: str, window: str, dtype: str | None) -> Summary:
    pairs = view.run.pairs
    rows = pairs[
        (pairs["pairing"] == pairing)
        & (pairs["cache"] == setting.cache)
        & (pairs["host_memory"] == setting.host_memory)
        & (pairs["math_mode"] == setting.math_mode)
        & ~doubtful(pairs)
    ]
    if dtype is not None:
        rows = rows[[problem_dtype(case, dtype) == dtype for case in rows["case"]]]
    return Summary(rows[window].dropna(), frozenset(rows["cpu_dtype"]))


def _stand_ins(dtype: str, found: Summary) -> str:
    """What the CPU computed in where that is not the problem's dtype."""
    others = sorted(found.cpu_dtypes - {dtype}, key=place_of)
    return f" (CPU: {', '.join(others)})" if others else ""
