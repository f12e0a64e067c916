"""PyTorch itself: what it is, and what it is told about arithmetic."""

from __future__ import annotations

import re
import time

import torch

from pytorch.cases import Row


def library_row() -> Row:
    """PyTorch as a library of a run row."""
    build = torch.__config__.show()
    parts = [
        f"kernels for {torch.backends.cpu.get_cpu_capability()}",
        *(f"{name} {found[1]}" for name, found in _parts(build) if found),
        f"CUDA {torch.version.cuda}" if torch.version.cuda else "no CUDA",
    ]
    return {
        "name": "PyTorch",
        "version": torch.__version__,
        "threading": "OpenMP" if torch.backends.openmp.is_available() else "",
        "detail": ", ".join(parts),
        "problem": "",
    }


def set_arithmetic() -> None:
    """f32 is f32, also in cuDNN, which would take TF32; and cuDNN finds its plans by their times,
    as shapes stay the same: its first guess would be no fair witness."""
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True


def context_seconds() -> float | None:
    """Creates the CUDA context; None without a device."""
    if not torch.cuda.is_available():
        return None
    start = time.perf_counter()
    torch.cuda.init()
    torch.cuda.synchronize()
    return time.perf_counter() - start


def _parts(build: str) -> list[tuple[str, re.Match[str] | None]]:
    return [
        ("oneDNN", re.search(r"MKL-DNN v(\S+)", build)),
        ("MKL", re.search(r"Math Kernel Library Version (\S+)-Product", build)),
        ("cuDNN", re.search(r"CUDNN_VERSION=([\d.]+)", build)),
    ]
