"""The CPU and the GPU of the synthetic runs: invented rates with the shape of real ones."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CPU_MODEL = "AMD EPYC 9R14 96-Core Processor"
GPU_MODEL = "NVIDIA H200"
BANDWIDTH = {"cpu": 40e9, "cuda": 3.8e12}  # B/s
BYTES = {"f32": 4, "f64": 8, "bf16": 2, "f16": 2, "e4m3": 1, "s8": 1}


@dataclass
class Implementation:
    side: str
    name: str
    rung: str
    peaks: dict[str, float]  # FLOP/s of one thread, or of the GPU, by the problem's dtype
    overhead_s: float
    threads: tuple[int, ...] = (1,)
    computes: dict[str, str] = field(default_factory=dict)  # problem's dtype: its own, if another
    math_mode: str = "default"

    def seconds(self, dtype: str, flops: float, count_bytes: float, threads: int) -> float:
        rate = self.peaks[dtype] * max(threads, 1) * (0.97 if threads > 1 else 1)
        reading = count_bytes / BANDWIDTH[self.side]
        return max(flops / rate, reading) + self.overhead_s * max(threads, 1)


def halved(peak: float, **others: float) -> dict[str, float]:
    return {"f32": peak, "f64": peak / 2, **others}


CPU = [
    Implementation("cpu", "naive", "naive", halved(1.4e9, bf16=1.1e9, f16=0.9e9, e4m3=0.5e9,
                                                   s8=1.6e9), 2e-8),
    Implementation("cpu", "reordered", "tuned", halved(18e9), 2e-7, (1, 2)),
    Implementation("cpu", "openblas", "library", halved(101e9), 3e-7, (1, 2)),
    Implementation("cpu", "onednn", "library", halved(98e9, bf16=205e9, s8=400e9), 2e-6, (1, 2)),
    Implementation("cpu", "onednn_packed", "library", halved(108e9), 1.5e-6, (1, 2)),
    Implementation("cpu", "onednn_f32", "library", {"f16": 95e9, "e4m3": 93e9}, 2e-6, (1, 2),
                   {"f16": "f32", "e4m3": "f32"}),
    Implementation("cpu", "onednn_bf16", "library", {"f16": 190e9, "e4m3": 188e9}, 2e-6, (1, 2),
                   {"f16": "bf16", "e4m3": "bf16"}),
]  # fmt: skip
CUDA = [
    Implementation("cuda", "naive", "naive", halved(0.4e12, bf16=0.5e12, f16=0.5e12, s8=0.6e12),
                   5e-6),
    Implementation("cuda", "coalesced", "tuned", halved(4.6e12, bf16=4.9e12, f16=4.9e12), 4e-6),
    Implementation("cuda", "wmma", "tuned", {"bf16": 210e12, "f16": 212e12}, 5e-6),
    Implementation("cuda", "mma_multistage", "tuned", {"bf16": 480e12, "f16": 482e12, "s8": 7e14},
                   5e-6),
    Implementation("cuda", "cublas", "library", halved(45e12, bf16=640e12, f16=650e12), 6e-6),
    Implementation("cuda", "cublaslt", "library", {"bf16": 690e12, "f16": 700e12, "e4m3": 1.2e15,
                                                   "s8": 1.3e15}, 6e-6),
]  # fmt: skip
TF32 = [
    Implementation("cuda", "mma_multistage_tf32", "tuned", {"f32": 210e12}, 5e-6, math_mode="tf32"),
    Implementation("cuda", "cublas_tf32", "library", {"f32": 330e12}, 6e-6, math_mode="tf32"),
]
# (name, side, dtype, math mode): value of one thread, or of the GPU.
MATRIX_UNITS = {
    ("cpu", "bf16", "default"): 230e9, ("cpu", "s8", "default"): 460e9,
    ("cuda", "bf16", "default"): 800e12, ("cuda", "f16", "default"): 800e12,
    ("cuda", "e4m3", "default"): 1.6e15, ("cuda", "s8", "default"): 1.6e15,
    ("cuda", "f32", "tf32"): 400e12,
}  # fmt: skip


@dataclass(frozen=True)
class Problem:
    dtype: str
    layout: str
    batch: int
    m: int
    n: int
    k: int

    @property
    def case(self) -> str:
        batch = f"b{self.batch}" if self.batch > 1 else ""
        return f"gemm/{self.dtype}/{self.layout}/{batch}m{self.m}n{self.n}k{self.k}"

    @property
    def flops(self) -> float:
        return 2.0 * self.batch * self.m * self.n * self.k


def square(dtype: str, n: int) -> Problem:
    return Problem(dtype, "nn", 1, n, n, n)


def list_rows(name: str) -> list[tuple[str, Problem, int]]:
    """Tag, problem and multiplicity of the rows of a list of this project."""
    text = (ROOT / f"operations/lists/gemm/{name}.csv").read_text()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    rows = []
    for row in csv.DictReader(lines):
        _, dtype, layout, sizes = row["problem"].split("/")
        extents = {key: int(count) for key, count in re.findall(r"([bmnk])(\d+)", sizes)}
        problem = Problem(dtype, layout, extents.get("b", 1), *(extents[key] for key in "mnk"))
        rows.append((f"{name}:{row['name']}", problem, int(row["multiplicity"])))
    return rows


def list_words(name: str) -> str:
    """What a list of this project says it is a pass of."""
    first = (ROOT / f"operations/lists/gemm/{name}.csv").read_text().splitlines()[0]
    return first.removeprefix("# pass: ")


def machine_record(host: str, cpu_model: str, cuda: dict[str, Any]) -> dict[str, Any]:
    gpu = {
        "name": GPU_MODEL, "compute_capability": "9.0", "sms": 132,
        "memory_bytes": 150_754_820_096, "l2_bytes": 62_914_560, "sm_clock_mhz": 1980,
        "sm_clock_max_mhz": 1980, "memory_clock_mhz": 3201, "power_limit_w": 700,
        "link_now": "gen 5 x16", "link_max": "gen 5 x16", "ecc": True, "mig": False,
        "other_processes": 0,
    }  # fmt: skip
    return {
        "host": host, "os": "Debian GNU/Linux 12", "kernel": "6.1.0",
        "container": None, "virtualization": "kvm",
        "cpu": {
            "model": cpu_model, "sockets": 1, "cores": 2, "hardware_threads": 2,
            "usable_threads": 2, "affinity": "0-1", "quota": None, "smt": False,
            "simd": ["avx2", "fma", "avx512f"], "numa_nodes": 1,
            "caches": [{"level": 1, "bytes": 32768, "shared_by": 1},
                       {"level": 2, "bytes": 1048576, "shared_by": 1},
                       {"level": 3, "bytes": 33554432, "shared_by": 2}],
            "governor": None, "max_mhz": None,
        },
        "memory_bytes": 8_000_000_000, "load_1min": 0.1, "steal_fraction": 0.0,
        "compiler": "GCC 12.2.0", "build": "Release", "cuda": cuda,
        "gpus": [gpu] if cuda["status"] == "ok" else [],
    }  # fmt: skip
