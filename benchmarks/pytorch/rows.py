"""Rows as benchmarks/harness/rows.cpp and run_rows.cpp write them."""

from __future__ import annotations

import json
import os
import re
import resource
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from pytorch.cases import Case, Row, RunFile
from pytorch.order_statistics import count_outliers, median_interval, percentile_99
from pytorch.sampling import Samples

PROGRAM = "pytorch_bench"

# Fields that rows of PyTorch share with the file's own rows of the same problem.
_SHARED = (
    *("case", "operation", "tags", "multiplicities", "problem", "dtype"),
    *("flops", "nominal_flops", "bytes", "judged_by", "items"),
)
# Fields of a measurement: null in a row that has none.
_MEASURED = (
    *("order", "reason", "samples_s", "batch", "median_s", "ci_low_s", "ci_high_s", "outliers"),
    *("stop_reason", "warmup_s", "call_s", "latency_s", "latency_p99_s", "latency_calls"),
    *(
        "read_back_s",
        "epoch_step_s",
        "launches",
        "parts",
        "prepare_s",
        "pack_s",
        "plan",
        "workspace_bytes",
    ),
    *("memory", "device_bytes", "clock", "inputs"),
)


class Appender:
    """Appends rows to a run file, each at once: a crash loses nothing that was measured."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self.rows = 0

    def write(self, row: Row) -> None:
        """Appends one row. Raises ValueError for a NaN, which JSON does not have."""
        self._file.write(json.dumps(row, allow_nan=False, separators=(",", ":")).encode() + b"\n")
        self.rows += 1


@dataclass
class Check:
    """The verification of a contender."""

    real: str = "not_run"  # or passed, failed
    after: str = "not_run"
    inputs_unchanged: bool | None = None
    worst: float = 0.0  # distance from the truth by what is allowed
    detail: str | None = None

    def row(self) -> Row:
        """As it stands in a case row."""
        worst = self.worst if 0 < self.worst < float("inf") else None
        return {
            "exact": "not_run",
            "real": self.real,
            "after": self.after,
            "inputs_unchanged": self.inputs_unchanged,
            "worst": worst,
            "elements": None,
            "detail": self.detail,
        }


@dataclass(frozen=True)
class Who:
    """Who computes a case, and where."""

    implementation: str
    side: str
    threads: int | None  # None on CUDA


@dataclass
class SchedulerState:
    """What the scheduler took from the process so far."""

    steal_s: float
    involuntary_switches: int


@dataclass
class Measured:
    """One repetition."""

    repetition: int
    order: int
    samples: Samples
    before: SchedulerState
    after: SchedulerState
    prepare_s: float
    inputs: dict[str, float]
    plan: str | None = None
    call_s: float | None = None
    read_back_s: float | None = None
    latencies: list[float] = field(default_factory=list)  # of single calls


def run_row(
    file: RunFile, command: list[str], budget_s: float | None, planned: int, library: Row
) -> Row:
    """The header of what PyTorch appends: the machine is the file's, the library PyTorch."""
    copied = ("schema_version", "version", "git", "preset", "seed", "repetitions", "fill")
    return {
        "kind": "run",
        "program": PROGRAM,
        **{name: file.header[name] for name in copied},
        "started": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "command": command,
        "budget_s": budget_s,
        "environment": _environment(),
        "planned": planned,
        "passes": {},
        "fingerprint": file.header["fingerprint"],
        "machine": file.header["machine"],
        "libraries": [library],
    }


def unmeasured_row(
    file: RunFile, case: Case, who: Who, status: str, reason: str, check: Check | None = None
) -> Row:
    """A row without times, and why it has none."""
    pattern = f"^{re.escape(case.id)}/{who.side}/{who.implementation}$"
    return {
        "kind": "case",
        **{name: case.row[name] for name in _SHARED if name in case.row},
        "side": who.side,
        "implementation": who.implementation,
        "rung": "library",
        "math_mode": "default",
        "threads": who.threads,
        "cache": "warm",
        "repetition": 0,
        "status": status,
        "flags": [],
        **dict.fromkeys(_MEASURED),
        "reason": reason or None,
        "check": (check or Check()).row(),
        "reproduce": f"python -m pytorch {file.path} --filter '{pattern}'",
    }


def case_row(file: RunFile, case: Case, who: Who, check: Check, measured: Measured) -> Row:
    """A verified repetition."""
    seconds = measured.samples.seconds
    low, high = median_interval(seconds) or (None, None)
    latencies = measured.latencies
    return unmeasured_row(file, case, who, "ok", "", check) | {
        "repetition": measured.repetition,
        "order": measured.order,
        "flags": _flags(file, case, who, measured.samples),
        "samples_s": seconds,
        "batch": measured.samples.batch,
        "median_s": median(seconds),
        "ci_low_s": low,
        "ci_high_s": high,
        "outliers": count_outliers(seconds),
        "stop_reason": measured.samples.stop,
        "warmup_s": measured.samples.warmup_s,
        "call_s": measured.call_s,
        "latency_s": median(latencies) if latencies else None,
        "latency_p99_s": None if case.training else percentile_99(latencies),
        "latency_calls": None if case.training else len(latencies) or None,
        "read_back_s": measured.read_back_s,
        "prepare_s": measured.prepare_s,
        "plan": measured.plan,
        "clock": {
            "before_mhz": None,
            "after_mhz": None,
            "steal_s": measured.after.steal_s - measured.before.steal_s,
            "involuntary_switches": measured.after.involuntary_switches
            - measured.before.involuntary_switches,
        },
        "inputs": measured.inputs,
    }


@dataclass
class Times:
    """What a whole program took [s]."""

    wall_s: float = 0.0
    spent_s: float = 0.0  # of the budget
    context_s: float | None = None  # creating the CUDA context


def end_row(exit_status: int, measured: int, rows: int, times: Times) -> Row:
    """The last row; `rows` were written before it."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "kind": "end",
        "program": PROGRAM,
        "exit_status": exit_status,
        "interrupted": exit_status > 128,
        "problems_measured": measured,
        "rows": rows + 1,
        "wall_s": times.wall_s,
        "peak_memory_bytes": peak * 1024,
        "context_s": times.context_s,
        "budget_spent_s": times.spent_s,
    }


def scheduler_state() -> SchedulerState:
    """As of now; the eighth counter of /proc/stat is the time stolen by the hypervisor."""
    counters = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    return SchedulerState(
        steal_s=int(counters[8]) / os.sysconf("SC_CLK_TCK"),
        involuntary_switches=resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw,
    )


def _flags(file: RunFile, case: Case, who: Who, samples: Samples) -> list[str]:
    flags = []
    ceiling = file.ceilings.get((who.side, who.threads))
    if ceiling and case.row["flops"] / median(samples.seconds) > 1.05 * ceiling:
        flags.append("suspect")
    if samples.stop == "wall":
        flags.append("capped")
    return flags


def _environment() -> dict[str, Any]:
    """Variables that change threads or arithmetic, as set."""
    prefixes = (
        *("OMP_", "GOMP_", "OPENBLAS_", "DNNL_", "ONEDNN_", "CUDA_", "MKL_", "CUBLAS_"),
        *("NVIDIA_TF32_OVERRIDE", "TORCH_", "TORCHINDUCTOR_", "PYTORCH_"),
    )
    return {name: value for name, value in os.environ.items() if name.startswith(prefixes)}
