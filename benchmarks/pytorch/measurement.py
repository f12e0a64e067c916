"""A case: who tries, who is verified, and repetitions that alternate over them."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from statistics import median

import torch

from pytorch.cases import Case, RunFile
from pytorch.rows import (
    Appender,
    Check,
    Measured,
    Who,
    case_row,
    scheduler_state,
    unmeasured_row,
)
from pytorch.sampling import Limits, sample, single_calls
from pytorch.steps import Data, Step, data_of
from pytorch.truth import Truth

IMPLEMENTATIONS = ("pytorch_eager", "pytorch_compiled")
MAX_SAMPLES = {"smoke": 10, "quick": 10, "standard": 50, "full": 100}  # as the other programs do
REASON_LENGTH = 300  # of a compiler's words
CLOCK_RAMP_S = 0.01  # what a GPU that idled gets to raise its clocks


@dataclass
class Contender:
    """One of those who compute a case."""

    who: Who
    status: str = "ok"
    reason: str = ""
    check: Check = field(default_factory=Check)
    step: Step | None = None
    prepare_s: float = 0.0
    pilot_s: float = 0.0  # seconds of a call

    def least_cost_s(self) -> float:
        """One call to warm up, one sample, and what a repetition costs around them."""
        return 2 * self.pilot_s + 0.5e-3


@dataclass
class Session:
    """What the measurements of all cases share."""

    file: RunFile
    out: Appender
    wanted: Callable[[str], bool]  # of <id>/<side>/<implementation>
    interrupted: Callable[[], bool]
    shuffle: random.Random
    order: int = 0
    failed: bool = False
    error: bool = False


def measure(case: Case, allowance_s: float, session: Session) -> float:
    """Measures a case within so many seconds, preparing and verifying apart; returns those that it
    took."""
    torch.compiler.reset()  # or a network with another batch would be compiled for any batch
    measurement = Measurement(case, session)
    contenders = []
    for contender in measurement.candidates():
        if session.interrupted():
            return 0.0
        if contender.status == "ok":
            measurement.prepare(contender)
        if contender.status == "ok":
            contenders.append(contender)
        else:
            measurement.write_unmeasured(contender)
    start = time.perf_counter()
    measurement.repeat(contenders, allowance_s)
    return time.perf_counter() - start


class Measurement:
    """One case: its data and its contenders."""

    def __init__(self, case: Case, session: Session) -> None:
        self._case, self._session, self._file = case, session, session.file

    @cached_property
    def _data(self) -> Data:
        return data_of(self._case, self._file.header["seed"])

    @cached_property
    def _truth(self) -> Truth:
        return Truth(self._case, self._data)

    @cached_property
    def _inputs(self) -> dict[str, float]:
        images = self._data.images.double()
        return {
            "mean": images.mean().item(),
            "standard_deviation": images.std(correction=0).item(),
            "zero_fraction": (images == 0).double().mean().item(),
        }

    def candidates(self) -> Iterator[Contender]:
        """On the CPU with each thread count that the file has, most threads first; and on CUDA."""
        places: list[tuple[str, int | None]] = [
            ("cpu", threads) for threads in sorted(self._case.threads, reverse=True)
        ]
        if self._case.on_cuda:
            places.append(("cuda", None))
        for side, threads in places:
            for name in IMPLEMENTATIONS:
                if not self._session.wanted(f"{self._case.id}/{side}/{name}"):
                    continue
                contender = Contender(Who(name, side, threads))
                if side == "cuda" and not torch.cuda.is_available():
                    contender.status = "skipped"
                    contender.reason = "PyTorch has no CUDA device"
                yield contender

    def prepare(self, contender: Contender) -> None:
        """Makes and verifies its step; compiling is part of `prepare_s`, as the first call is."""
        with self._guarded(contender):
            start = time.perf_counter()
            who = contender.who
            compiled = who.implementation == "pytorch_compiled"
            step = Step(self._case, self._data, who.side, who.threads, compiled)
            with step.settings():
                step.wall_seconds(1)
            contender.prepare_s = time.perf_counter() - start
            contender.step = step
            contender.check.real = self._verify(contender, step)
            with step.settings():
                contender.pilot_s = step.wall_seconds(1)

    def repeat(self, contenders: list[Contender], allowance_s: float) -> None:
        """All repetitions, over the contenders in a fresh seeded order each time: what drifts on
        the machine then hits all alike."""
        session = self._session
        repetitions = self._file.header["repetitions"]
        contenders, left_s = self._affordable(contenders, repetitions, allowance_s)
        if not contenders:
            return
        max_samples = MAX_SAMPLES[self._file.header["preset"]]
        for repetition in range(repetitions):
            for contender in session.shuffle.sample(contenders, len(contenders)):
                if session.interrupted():
                    return
                if contender.status != "ok":
                    continue
                useful_s = 3 * max_samples * max(contender.pilot_s, Limits.min_sample_s)
                share_s = 0.75 * left_s / (repetitions * len(contenders))  # the rest: warming up
                limits = Limits(
                    wall_cap_s=contender.least_cost_s() + min(share_s, useful_s),
                    max_samples=max_samples,
                    interrupted=session.interrupted,
                )
                self._measure_once(contender, repetition, limits)

    def write_unmeasured(self, contender: Contender) -> None:
        """Its row without times; the exit status will tell."""
        self._session.failed |= contender.status == "failed"
        self._session.error |= contender.status == "error"
        self._session.out.write(
            unmeasured_row(
                self._file,
                self._case,
                contender.who,
                contender.status,
                contender.reason,
                contender.check,
            )
        )

    def _affordable(
        self, contenders: list[Contender], repetitions: int, allowance_s: float
    ) -> tuple[list[Contender], float]:
        """Those whose repetitions fit, in their order, and what is left besides; the others get
        their rows."""
        fit = []
        left_s = allowance_s
        for contender in contenders:
            cost_s = repetitions * contender.least_cost_s()
            if cost_s <= left_s:
                left_s -= cost_s
                fit.append(contender)
                continue
            contender.status = "skipped"
            contender.reason = (
                f"{contender.pilot_s:.3g} s a call: {repetitions} repetitions do not fit in the "
                f"{max(allowance_s, 0):.3g} s that this problem has of the time budget"
            )
            self.write_unmeasured(contender)
        return fit, left_s

    def _measure_once(self, contender: Contender, repetition: int, limits: Limits) -> None:
        step = contender.step
        assert step is not None
        measured = None
        with self._guarded(contender):
            step.reset()
            with step.settings():
                measured = self._time(contender, step, repetition, limits)
            contender.check.after = self._verify(contender, step)
        if contender.status != "ok" or measured is None:
            self.write_unmeasured(contender)
            return
        self._session.out.write(
            case_row(self._file, self._case, contender.who, contender.check, measured)
        )
        self._session.order += 1

    def _time(self, contender: Contender, step: Step, repetition: int, limits: Limits) -> Measured:
        cuda = step.device == "cuda"
        before = scheduler_state()
        if cuda:
            ramp = replace(limits, min_warmup_s=CLOCK_RAMP_S)
            samples = sample(step.device_seconds, ramp)
        else:
            samples = sample(step.wall_seconds, limits)
        measured = Measured(
            repetition=repetition,
            order=self._session.order,
            samples=samples,
            before=before,
            after=scheduler_state(),
            prepare_s=contender.prepare_s,
            inputs=self._inputs,
        )
        quarter_s, call_s = limits.wall_cap_s / 4, median(samples.seconds)
        if not self._case.training:  # single calls are what matters
            wall_s = max(quarter_s, min(0.1, 300 * call_s))
            measured.latencies = single_calls(step.wall_seconds, wall_s, limits)
        elif cuda:
            one_by_one = replace(limits, wall_cap_s=quarter_s, max_batch=1)
            measured.latencies = sample(step.wall_seconds, one_by_one).seconds
        if cuda:
            calls = min(max(int(quarter_s / call_s), 1), 100)
            measured.call_s = step.wall_seconds(calls) / calls
            if self._case.training:
                measured.read_back_s = step.read_back_seconds(calls) / calls
        return measured

    def _verify(self, contender: Contender, step: Step) -> str:
        """One step from where everyone begins, against float64; the inputs, too."""
        check = contender.check
        passed = self._truth.check(step.outcome(), check)
        check.inputs_unchanged = step.inputs_unchanged()
        if not check.inputs_unchanged:
            check.detail = check.detail or "an input was changed"
        if not (passed and check.inputs_unchanged):
            contender.status, contender.reason = "failed", check.detail or ""
            return "failed"
        return "passed"

    @contextmanager
    def _guarded(self, contender: Contender) -> Iterator[None]:
        """What PyTorch can't do ends the contender, not the program."""
        try:
            yield
        except Exception as error:  # a compiler that fails, memory that does not suffice, …
            words = " ".join(str(error).split())
            contender.status = "error"
            contender.reason = f"{type(error).__name__}: {words[:REASON_LENGTH]}"
            contender.step = None
