"""What a report shows of a run, picked once: sweeps, settings, rates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from breakeven.answer import other_setting_answer, pair_answer, weak_cpu_note
from breakeven.cpu_answer import cpu_answer, cpu_rates
from breakeven.families import Sweep, sweeps_of
from breakeven.pairs import Setting, SizedPairs, pairs_of, settings_of
from breakeven.passes import pass_answer
from breakeven.rates import pair_rate, rates_of
from breakeven.rows import records
from breakeven.run import Run


@dataclass
class View:
    """A run prepared for tables and figures."""

    run: Run
    rates: pd.DataFrame
    sweeps: list[Sweep]
    settings: list[Setting]  # of its pairs; the first is the headlines'

    @property
    def cache(self) -> str:
        """Cache state of the headlines."""
        if self.settings:
            return self.settings[0].cache
        return "warm" if self.rates.empty or "warm" in set(self.rates["cache"]) else "cold"

    @cached_property
    def by_case(self) -> dict[str, list[dict[str, Any]]]:
        """The rates in the headlines' cache state by problem."""
        groups: dict[str, list[dict[str, Any]]] = {}
        for row in records(self.rates[self.rates["cache"] == self.cache]):
            groups.setdefault(row["case"], []).append(row)
        return groups

    def pairs(self, sweep: Sweep, pairing: str = "fastest") -> SizedPairs | None:
        """The headline's pairs of a sweep, None without any."""
        if not self.settings:
            return None
        pairs = pairs_of(self.run, sweep, self.settings[0], pairing)
        return None if pairs.rows.empty else pairs

    def measured_cases(self, sweep: Sweep) -> list[str]:
        """The problems of a sweep with a verified CPU or GPU row, ascending in size."""
        return [case for case in sweep.sizes if case in self.by_case]

    def answer(self, sweep: Sweep) -> list[str]:
        """The sweep's answer in words."""
        if sweep.is_pass:
            return pass_answer(self.run, self.rates, sweep)
        pairs = self.pairs(sweep)
        if pairs is None:
            return cpu_answer(sweep, cpu_rates(self.rates, sweep, self.cache))
        sentences = pair_answer(pairs)
        for setting in self.settings[1:]:
            if setting.distance(self.settings[0]) > 1:
                continue  # one change at a time; the tables have all
            other = other_setting_answer(pairs_of(self.run, sweep, setting))
            sentences += [other] if other else []
        note = weak_cpu_note(pairs, self._cpu_shares(pairs))
        return [*sentences, note] if note else sentences

    def _cpu_shares(self, pairs: SizedPairs) -> dict[str, float]:
        return {row["case"]: pair_rate(self.run, row, "cpu")[1] for row in records(pairs.rows)}


def view_of(run: Run) -> View:
    """Prepares a run."""
    return View(run, rates_of(run), sweeps_of(run), settings_of(run))
