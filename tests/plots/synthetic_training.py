"""Run files of whole networks made by a small model: a step takes its engine's overhead and so much
for each image, and a copy likewise. The times are invented."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from synthetic_run import Synthetic

MEMORY = ("parameters", "gradients", "momentum", "batch", "activations", "workspace")


@dataclass
class Engine:
    side: str
    name: str
    rung: str
    overhead_s: float
    image_s: float  # of one thread, or of the GPU
    threads: tuple[int, ...] = (1, 2)

    def seconds(self, batch: int, threads: int) -> float:
        return self.overhead_s * max(threads, 1) + self.image_s * batch / (
            1.9 if threads > 1 else 1
        )


CPU = [
    Engine("cpu", "naive", "naive", 1e-6, 4e-4, (1,)),
    Engine("cpu", "tuned", "tuned", 8e-6, 3e-5),
    Engine("cpu", "library", "library", 2e-5, 2e-5),
]
CUDA = [
    Engine("cuda", "naive", "naive", 9e-5, 6e-6, (0,)),
    Engine("cuda", "tuned", "tuned", 1.2e-4, 1e-6, (0,)),
    Engine("cuda", "library_graph", "library", 1.6e-4, 5e-7, (0,)),
]
PYTORCH = [
    Engine("cpu", "pytorch_eager", "library", 1.5e-4, 2.4e-5, (2,)),
    Engine("cpu", "pytorch_compiled", "library", 6e-5, 2.1e-5, (2,)),
]
PYTORCH_CUDA = [
    Engine("cuda", "pytorch_eager", "library", 6e-4, 8e-7, (0,)),
    Engine("cuda", "pytorch_compiled", "library", 2.2e-4, 6e-7, (0,)),
]


@dataclass
class SyntheticTraining(Synthetic):
    """Training steps and inference of `networks` at `batches`."""

    networks: tuple[str, ...] = ("cnn",)
    batches: tuple[int, ...] = (4, 8, 16, 32, 64, 128)
    kinds: tuple[str, ...] = ("train", "infer")
    pytorch: bool = False
    cuda: list[Engine] = field(default_factory=lambda: list(CUDA))

    def rows(self) -> list[dict[str, Any]]:
        super().rows()  # for its generator of noise
        cases = [
            (kind, network, batch)
            for kind in self.kinds
            for network in self.networks
            for batch in self.batches
        ]
        own = [row for case in cases for row in self.network_rows(*case)]
        files = [("train_bench", own)]
        if self.pytorch:
            engines = PYTORCH + PYTORCH_CUDA * self.gpu
            files.append(
                (
                    "pytorch",
                    [
                        row
                        for case in cases
                        for one in engines
                        for row in self.engine_rows(self.about(*case), one)
                    ],
                )
            )
        rows: list[dict[str, Any]] = []
        for program, written in files:
            rows += [
                self.run_row(program, len(cases)),
                *written,
                self.end_row(program, len(cases), len(written) + 2),
            ]
        return rows  # fmt: skip

    def about(self, kind: str, network: str, batch: int) -> dict[str, Any]:
        ending = "/step" if kind == "train" else ""
        flops = 4e6 * batch * (3 if kind == "train" else 1)
        return {
            "case": f"{kind}/f32/{network}/b{batch}{ending}", "operation": kind, "dtype": "f32",
            "tags": [f"steps:{network}_b{batch}"], "multiplicities": {}, "flops": flops,
            "bytes": 4e5 + 12e3 * batch, "problem": {"network": network, "batch": batch},
        }  # fmt: skip

    def network_rows(self, kind: str, network: str, batch: int) -> list[dict[str, Any]]:
        about = self.about(kind, network, batch)
        engines = CPU + (self.cuda if self.gpu else [])
        rows = [row for one in engines for row in self.engine_rows(about, one)]
        if not self.gpu or not self.cuda:
            return rows
        best = min(self.cuda, key=lambda one: one.seconds(batch, 0))
        if (about["case"], best.name) in self.faults:
            return rows
        for memory in self.memories:
            rows += self.copies_of(about, best, memory) + self.pairs_with(about, best, memory)
        return rows

    def engine_rows(self, about: dict[str, Any], one: Engine) -> list[dict[str, Any]]:
        batch = about["problem"]["batch"]
        trains = about["operation"] == "train"
        status, reason = self.faults.get((about["case"], one.name), ("ok", None))
        names = MEMORY if trains else (MEMORY[0], *MEMORY[3:])
        rows = []
        for threads in one.threads:
            base = {
                "kind": "case", **about, "side": one.side, "implementation": one.name,
                "rung": one.rung, "math_mode": "default", "threads": threads or None,
                "cache": "warm", "repetition": 0, "order": None, "status": status,
                "reason": reason, "flags": [], "samples_s": None, "batch": None,
                "median_s": None, "ci_low_s": None, "ci_high_s": None, "outliers": None,
                "stop_reason": None, "warmup_s": None, "call_s": None, "latency_s": None,
                "prepare_s": None, "pack_s": None, "device_bytes": None, "check": None,
                "clock": None, "inputs": None, "items": batch, "latency_p99_s": None,
                "latency_calls": None, "read_back_s": None, "launches": None, "memory": None,
                "reproduce": f"build/bin/train_bench --filter '^{about['case']}/'",
            }  # fmt: skip
            if status != "ok":
                rows.append(base)
                continue
            for repetition in range(self.repetitions):
                seconds = self.noisy(one.seconds(batch, threads) * (1 if trains else 0.3))
                cuda, own = one.side == "cuda", "pytorch" not in one.name
                rows.append({
                    **base, "repetition": repetition, "order": repetition, "median_s": seconds,
                    "batch": 1,
                    "call_s": seconds + 2e-6 if cuda and own else None,
                    "read_back_s": seconds + 2.5e-5 if cuda and trains else None,
                    "launches": (1 if "graph" in one.name else 57) if cuda and own else None,
                    "latency_s": None if trains else seconds * 1.1,
                    "latency_p99_s": None if trains else seconds * 1.4,
                    "latency_calls": None if trains else 300,
                    "memory": {name: 1000 * (place + 1) * (batch if place > 2 else 1)
                               for place, name in enumerate(names)} if own else None,
                })  # fmt: skip
        return rows

    def sizes_of(self, batch: int, memory: str) -> tuple[float, float]:
        return self.copy(12288.0 * batch, memory), self.copy(4.0, memory)

    def copies_of(self, about: dict[str, Any], one: Engine, memory: str) -> list[dict[str, Any]]:
        batch = about["problem"]["batch"]
        rows = []
        for repetition in range(self.repetitions):
            h2d, d2h = (self.noisy(seconds) for seconds in self.sizes_of(batch, memory))
            compute = one.seconds(batch, 0) * (1 if about["operation"] == "train" else 0.3)
            pinned = memory == "pinned"
            rows.append({
                "kind": "transfer", "case": about["case"], "implementation": one.name,
                "host_memory": memory, "repetition": repetition, "status": "ok", "reason": None,
                "flags": [], "h2d_bytes": 12288 * batch, "d2h_bytes": 4, "h2d_s": h2d,
                "d2h_s": d2h, "h2d_wall_s": h2d * 1.02, "d2h_wall_s": d2h * 1.02,
                "pin_s": 1e-4 if pinned else None, "allocate_s": 2e-4,
                "end_to_end_s": h2d + d2h + compute + 6e-6,
                "parts": {"h2d_s": h2d, "compute_s": compute, "d2h_s": d2h, "host_s": 6e-6},
                "closure": 1.0, "sequence_s": h2d + compute,
                "overlapped_s": 0.25 * h2d + compute if pinned else None,
            })  # fmt: skip
        return rows

    def pairs_with(self, about: dict[str, Any], cuda: Engine, memory: str) -> list[dict[str, Any]]:
        batch, factor = about["problem"]["batch"], 1 if about["operation"] == "train" else 0.3
        kernel = cuda.seconds(batch, 0) * factor
        h2d, d2h = self.sizes_of(batch, memory)
        call, whole = kernel + 2e-6, h2d + kernel + d2h + 6e-6
        common = {name: value for name, value in about.items() if name != "problem"}
        rows = []
        for pairing, threads in (("fastest", 2), ("one_thread", 1), ("naive", 1)):
            pool = CPU[:1] if pairing == "naive" else CPU[1:]
            cpu = min(pool, key=lambda one: one.seconds(batch, threads))
            cpu_s = cpu.seconds(batch, threads) * factor
            calls = math.floor((h2d + d2h) / (cpu_s - call)) + 1 if cpu_s > call else "never"
            rows.append({
                "kind": "pair", **common, "pairing": pairing, "cache": "warm",
                "math_mode": "default", "cpu_dtype": "f32", "cpu_implementation": cpu.name,
                "cpu_threads": threads, "cuda_implementation": cuda.name, "host_memory": memory,
                "cpu_s": cpu_s, "kernel_s": kernel, "call_s": call, "end_to_end_s": whole,
                "h2d_s": h2d, "d2h_s": d2h, "speedup_kernel": self.speedup(cpu_s / kernel),
                "speedup_call": self.speedup(cpu_s / call),
                "speedup_end_to_end": self.speedup(cpu_s / whole),
                "speedup_epoch": self.speedup(0.5 * cpu_s / whole) if factor == 1 else None,
                "speedup_amortised": [],
                "transfer_share": (h2d + d2h) / whole, "break_even_calls": calls,
                "flags": self.flags.get((about["case"], "pair"), []), "reason": None,
            })  # fmt: skip
        return rows


def history(path: Path, epochs: int = 4, **settings: Any) -> Path:
    """A training folder: losses that fall, accuracies that rise. Every keyword replaces a
    setting; None leaves it out."""
    about = {
        **{"network": "cnn_8x8", "side": "cpu", "engine": "tuned", "dtype": "f32"},
        **{"data": "digits", "batch": 32, "lr": 0.05, "momentum": 0.9, "weight_decay": 0.0},
        **{"seed": 0, **settings},
    }
    rows: list[dict[str, Any]] = [{name: one for name, one in about.items() if one is not None}]
    for epoch in range(1, epochs + 1):
        losses = [2.3 * math.exp(-(20 * (epoch - 1) + step) / 30) for step in range(20)]
        rows.append({"epoch": epoch, "loss": sum(losses) / 20, "losses": losses, "images": 640,
                     "test_accuracy": 1 - 0.8 ** epoch, "seconds": 0.02})  # fmt: skip
    path.mkdir(parents=True, exist_ok=True)
    file = path / "history.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file
