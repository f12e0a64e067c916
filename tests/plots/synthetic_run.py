"""Run files made by a small model of a CPU and a GPU: schema-valid, seeded, with every kind of row.

The times are invented; only the shape of the data is that of a real run.
"""

from __future__ import annotations

import json
import math
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from synthetic_machine import (
    BYTES,
    CPU,
    CPU_MODEL,
    CUDA,
    GPU_MODEL,
    MATRIX_UNITS,
    ROOT,
    TF32,
    Implementation,
    Problem,
    list_rows,
    list_words,
    machine_record,
    square,
)

__all__ = ["CPU_MODEL", "EVERY_DTYPE", "GPU_MODEL", "OTHERS", "ROOT", "SQUARES", "Synthetic"]

SQUARES = [32, 33, 64, 65, 96, 128, 129, 192, 256, 257, 384, 512, 513, 768, 1024, 1025, 1536, 2048]
OTHERS = [(1760, 16, 1760), (5124, 700, 2048), (35, 700, 2048), (4096, 7000, 4096), (16, 16, 16),
          (2560, 32, 2560), (7680, 64, 2560), (1024, 128, 500000), (512, 24000, 2816)]  # fmt: skip
EVERY_DTYPE: dict[str, Any] = {
    "dtypes": ("f32", "f64", "bf16", "f16", "e4m3", "s8"), "tf32": True, "repetitions": 2,
    "squares": [64, 512, 1024], "caches": ("warm", "cold"), "memories": ("pageable",),
    "lists": ("llama3_8b_decode", "bert_base"), "noise": 0.0,
}  # fmt: skip
INPUTS = {
    "normal": {"mean": 0.0, "standard_deviation": 1.0, "zero_fraction": 0.0},
    "integers": {"mean": 0.0, "standard_deviation": 2.2, "zero_fraction": 0.0},
    "zeros": {"mean": 0.0, "standard_deviation": 0.0, "zero_fraction": 1.0},
}


@dataclass
class Synthetic:
    """A run to be written; change the fields, then `rows()` or `write(path)`."""

    gpu: bool = True
    squares: list[int] = field(default_factory=lambda: list(SQUARES))
    others: list[tuple[int, int, int]] = field(default_factory=list)
    dtypes: tuple[str, ...] = ("f32",)
    lists: tuple[str, ...] = ()  # of this project, with their multiplicities
    tf32: bool = False  # f32 on the GPU also in that math mode
    fill: str = "normal"
    repetitions: int = 5
    caches: tuple[str, ...] = ("warm",)
    memories: tuple[str, ...] = ("pageable", "pinned")
    cpu_model: str = CPU_MODEL
    host: str = "build-1"
    noise: float = 0.01
    seed: int = 7
    # Case id: factor on the GPU's end-to-end time, to bend the curve.
    slow_gpu: dict[str, float] = field(default_factory=dict)
    # (case id, implementation): (status, reason) or a flag.
    faults: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    flags: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    # (case id, implementation): factor on its time.
    factors: dict[tuple[str, str], float] = field(default_factory=dict)
    started: str = "2025-01-02T03:04:05Z"
    cuda_status: str = "no_driver"
    cuda_reason: str = "there is no NVIDIA driver on this machine"

    def write(self, directory: Path) -> Path:
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / "run.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in self.rows()))
        return path

    def rows(self) -> list[dict[str, Any]]:
        self.random = random.Random(self.seed)
        problems = self.problems()
        ceilings = self.ceilings()
        measured = [row for problem in problems for row in self.problem_rows(*problem)]
        return [
            self.run_row("ceiling_bench", len(ceilings)), *ceilings,
            self.end_row("ceiling_bench", len(ceilings), len(ceilings) + 2),
            self.run_row("gemm_bench", len(problems)), *measured,
            self.end_row("gemm_bench", len(problems), len(measured) + 2),
        ]  # fmt: skip

    def problems(self) -> list[tuple[Problem, dict[str, int]]]:
        """The distinct problems, with multiplicities by tag."""
        rows = []
        for dtype in self.dtypes:
            rows += [(f"squares:{n}x{n}x{n}", square(dtype, n), 1) for n in self.squares]
            rows += [(f"deepbench:{m}x{n}x{k}", Problem(dtype, "nn", 1, m, n, k), 1)
                     for m, n, k in self.others]  # fmt: skip
        for name in self.lists:
            rows += list_rows(name)
        found: dict[Problem, dict[str, int]] = {}
        for tag, problem, count in rows:
            found.setdefault(problem, {})[tag] = count
        return list(found.items())

    def problem_rows(self, problem: Problem, counts: dict[str, int]) -> list[dict[str, Any]]:
        inputs, output = (
            problem.batch * BYTES[problem.dtype] * count
            for count in ((problem.m + problem.n) * problem.k, problem.m * problem.n)
        )
        self.common = {
            "case": problem.case,
            "operation": "gemm",
            "tags": list(counts),
            "multiplicities": counts,
            "dtype": problem.dtype,
            "flops": problem.flops,
            "bytes": float(inputs + output),
        }
        self.problem = {name: str(getattr(problem, name)) for name in ("batch", "m", "n", "k")}
        self.copies = (float(inputs), float(output))
        rows: list[dict[str, Any]] = []
        for cache in self.caches:
            for implementation in self.implementations(problem.dtype):
                for threads in implementation.threads:
                    rows += self.case_rows(implementation, threads, cache)
        if not self.gpu:
            return rows
        modes = [("default", self.fastest_cuda(CUDA))]
        if self.tf32 and problem.dtype == "f32":
            modes.append(("tf32", self.fastest_cuda(TF32)))
        for memory in self.memories:
            rows += self.transfer_rows(memory)
            for cache in self.caches:
                rows += [pair for _, cuda in modes for pair in self.pair_rows(memory, cache, cuda)]
        return rows

    def implementations(self, dtype: str) -> list[Implementation]:
        return [one for one in CPU + CUDA + TF32 * self.tf32 if dtype in one.peaks]

    def fastest_cuda(self, of: list[Implementation]) -> Implementation:
        return [one for one in of if self.common["dtype"] in one.peaks][-1]

    def case_rows(self, what: Implementation, threads: int, cache: str) -> list[dict[str, Any]]:
        case = self.common["case"]
        status, reason = self.faults.get((case, what.name), ("ok", None))
        if what.side == "cuda" and not self.gpu:
            status, reason = "skipped", self.cuda_reason
        base = {
            "kind": "case", **self.common, "dtype": self.computed(what), "side": what.side,
            "implementation": what.name, "rung": what.rung, "problem": self.problem,
            "math_mode": what.math_mode,
            "threads": threads if what.side == "cpu" else None, "cache": cache, "repetition": 0,
            "order": None, "status": status, "reason": reason, "flags": [], "samples_s": None,
            "batch": None, "median_s": None, "ci_low_s": None, "ci_high_s": None, "outliers": None,
            "stop_reason": None, "warmup_s": None, "call_s": None, "latency_s": None,
            "prepare_s": None, "pack_s": None, "device_bytes": None, "check": None, "clock": None,
            "inputs": None, "reproduce": f"build/bin/gemm_bench --filter '^{case}/{what.name}$'",
        }  # fmt: skip
        if status != "ok":
            return [base]
        rows = []
        for repetition in range(self.repetitions):
            seconds = self.noisy(self.time_of(what, threads))
            seconds *= self.factors.get((case, what.name), 1.0)
            rows.append({
                **base, "repetition": repetition, "order": repetition, "median_s": seconds,
                "flags": self.flags.get((case, what.name), []), "samples_s": [seconds] * 12,
                "inputs": INPUTS[self.fill], "batch": 1,
                "ci_low_s": seconds * 0.999, "ci_high_s": seconds * 1.001,
                "outliers": 0, "stop_reason": "interval", "warmup_s": 0.01, "prepare_s": 2e-5,
                "call_s": seconds + 2e-6 if what.side == "cuda" else None,
                "latency_s": seconds + 9e-6 if what.side == "cuda" else None,
                "pack_s": seconds / 5 if what.name == "onednn_packed" else None,
                "check": {"exact": "passed", "real": "passed", "after": "passed",
                          "inputs_unchanged": True, "worst": 0.1, "elements": 64, "detail": ""},
            })  # fmt: skip
        return rows

    def transfer_rows(self, memory: str) -> list[dict[str, Any]]:
        rows = []
        for repetition in range(self.repetitions):
            h2d, d2h = (self.noisy(self.copy(count, memory)) for count in self.copies)
            cuda = self.fastest_cuda(CUDA)
            compute = self.noisy(self.time_of(cuda, 0))
            factor = self.slow_gpu.get(self.common["case"], 1.0)
            rows.append({
                "kind": "transfer", "case": self.common["case"], "implementation": cuda.name,
                "host_memory": memory, "repetition": repetition, "status": "ok", "reason": None,
                "flags": [], "h2d_bytes": int(self.copies[0]), "d2h_bytes": int(self.copies[1]),
                "h2d_s": h2d, "d2h_s": d2h, "h2d_wall_s": h2d * 1.02, "d2h_wall_s": d2h * 1.02,
                "pin_s": 1e-4 if memory == "pinned" else None, "allocate_s": 2e-4,
                "end_to_end_s": (h2d + d2h + compute) * factor + 6e-6,
                "parts": {"h2d_s": h2d * factor, "compute_s": compute * factor,
                          "d2h_s": d2h * factor, "host_s": 6e-6},
                "closure": 1.0,
            })  # fmt: skip
        return rows

    def pair_rows(self, memory: str, cache: str, cuda: Implementation) -> list[dict[str, Any]]:
        case = self.common["case"]
        default = cuda.math_mode == "default"
        warm = cache == "warm"  # calls are measured warm
        if (case, cuda.name) in self.faults:
            return []
        kernel = self.time_of(cuda, 0)
        h2d, d2h = (self.copy(count, memory) for count in self.copies)
        call, whole = kernel + 2e-6, (h2d + kernel + d2h) * self.slow_gpu.get(case, 1.0) + 6e-6
        rows = []
        for pairing in ("fastest", "one_thread", "naive"):
            threads = 2 if pairing == "fastest" else 1
            pool = [one for one in CPU if self.common["dtype"] in one.peaks]
            pool = pool[:1] if pairing == "naive" else pool[1:]
            cpu = min(pool, key=lambda one: self.time_of(one, threads))
            cpu_s = self.time_of(cpu, threads)
            calls = math.floor((h2d + d2h) / (cpu_s - call)) + 1 if cpu_s > call else "never"
            rows.append({
                "kind": "pair", **self.common, "pairing": pairing, "cache": cache,
                "math_mode": cuda.math_mode, "cpu_dtype": self.computed(cpu),
                "cpu_implementation": cpu.name, "cpu_threads": threads,
                "cuda_implementation": cuda.name, "host_memory": memory, "cpu_s": cpu_s,
                "kernel_s": kernel, "call_s": call if warm else None,
                "end_to_end_s": whole if default else None,
                "h2d_s": h2d, "d2h_s": d2h, "speedup_kernel": self.speedup(cpu_s / kernel),
                "speedup_call": self.speedup(cpu_s / call) if warm else None,
                "speedup_end_to_end": self.speedup(cpu_s / whole) if default else None,
                "speedup_amortised": [
                    {"calls": 10, "speedup": 10 * cpu_s / (h2d + 10 * call + d2h)}
                ] if warm else [],
                "transfer_share": (h2d + d2h) / whole if default else None,
                "break_even_calls": calls if warm else None,
                "flags": self.flags.get((case, "pair"), []),
                "reason": None if default else "copies are measured in the default math mode",
            })  # fmt: skip
        return rows

    def ceilings(self) -> list[dict[str, Any]]:
        rows = []
        for dtype, factor in (("f32", 1), ("f64", 2)):
            for threads in (1, 2):
                rows.append(self.ceiling("fma", "cpu", dtype, threads, "flop/s",
                                         114e9 * threads / factor))  # fmt: skip
        rows.append(self.ceiling("triad", "cpu", None, 2, "B/s", 41e9))
        rows.append(self.ceiling("cache_read_l1", "cpu", None, 2, "B/s", 586e9))
        rows.append(self.ceiling("cache_read_l2", "cpu", None, 2, "B/s", 340e9))
        for (side, dtype, mode), value in MATRIX_UNITS.items():
            counts = (1, 2) if side == "cpu" else (None,)
            if self.gpu or side == "cpu":
                rows += [
                    self.ceiling(
                        "matrix", side, dtype, threads, "flop/s", value * (threads or 1), mode
                    )
                    for threads in counts
                ]
        if self.gpu:
            rows.append(self.ceiling("copy", "cuda", None, None, "B/s", 3.9e12))
            rows.append(self.ceiling("cache_read_l2", "cuda", None, None, "B/s", 8.1e12))
            rows.append(self.ceiling("fma", "cuda", "f32", None, "flop/s", 52e12))
            rows.append(self.ceiling("fma", "cuda", "f64", None, "flop/s", 26e12))
            rows.append(self.ceiling("link_h2d_pinned", "cuda", None, None, "B/s", 52e9))
            rows.append(self.ceiling("launch_floor", "cuda", None, None, "s", 2.1e-6))
        return rows

    def ceiling(self, name: str, side: str, dtype: str | None, threads: int | None, unit: str,
                value: float, mode: str = "default") -> dict[str, Any]:  # fmt: skip
        return {
            "kind": "ceiling", "name": name, "side": side, "dtype": dtype, "threads": threads,
            "unit": unit, "value": value, "values": [value] * 3, "status": "ok", "reason": None,
            "detail": "synthetic", "math_mode": mode,
        }  # fmt: skip

    def run_row(self, program: str, planned: int) -> dict[str, Any]:
        cuda = {"status": self.cuda_status, "reason": self.cuda_reason, "toolkit": "13.0",
                "driver": None, "driver_cuda": None}  # fmt: skip
        if self.gpu:
            cuda = {"status": "ok", "reason": None, "toolkit": "13.0", "driver": "580.65",
                    "driver_cuda": "13.0"}  # fmt: skip
        return {
            "kind": "run", "schema_version": 1, "program": program, "version": "0.1.0",
            "git": "0123abc", "started": self.started, "command": [program],
            "preset": "quick", "budget_s": 180, "seed": self.seed,
            "repetitions": self.repetitions, "fill": self.fill, "environment": {},
            "planned": planned, "passes": {name: list_words(name) for name in self.lists},
            "fingerprint": f"{self.cpu_model}/{GPU_MODEL if self.gpu else ''}",
            "machine": machine_record(self.host, self.cpu_model, cuda),
            "libraries": [{"name": "OpenBLAS", "version": "0.3.21", "threading": "OpenMP",
                           "detail": "SkylakeX", "problem": ""}],
        }  # fmt: skip

    def end_row(self, program: str, problems: int, rows: int) -> dict[str, Any]:
        return {
            "kind": "end", "program": program, "exit_status": 0, "interrupted": False,
            "problems_measured": problems, "rows": rows, "wall_s": 170.0,
            "peak_memory_bytes": 400_000_000, "context_s": 0.2 if self.gpu else None,
            "budget_spent_s": 160.0,
        }  # fmt: skip

    def time_of(self, what: Implementation, threads: int) -> float:
        faster = 0.8 if self.fill == "zeros" and what.side == "cuda" else 1.0
        common = self.common
        seconds = what.seconds(common["dtype"], common["flops"], common["bytes"], threads)
        return seconds * faster

    def computed(self, what: Implementation) -> str:
        return what.computes.get(self.common["dtype"], self.common["dtype"])

    def copy(self, count: float, memory: str) -> float:
        return 8e-6 + count / (11e9 if memory == "pageable" else 50e9)

    def noisy(self, seconds: float) -> float:
        return seconds * math.exp(self.random.gauss(0, self.noise))

    def speedup(self, ratio: float) -> dict[str, Any]:
        """Centre exact, so that a test knows on which side of 1 it lies; interval of ±2 %."""
        if self.repetitions < 2:
            return {"estimate": ratio, "low": None, "high": None, "repetitions": 1}
        half = 1.02
        return {"estimate": ratio, "low": ratio / half, "high": ratio * half,
                "repetitions": self.repetitions}  # fmt: skip
