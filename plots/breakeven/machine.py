"""The machine of a run in words."""

from __future__ import annotations

import re
from typing import Any

from breakeven.quantities import NOTHING, binary_bytes, counted, significant
from breakeven.run import Run

_WORDS_FOR_STATUS = {
    "not_built": "this build has no CUDA half",
    "no_driver": "there is no NVIDIA driver",
    "no_device": "the driver sees no GPU",
    "driver_too_old": "the driver is too old for the CUDA version of this build",
    "no_permission": "the GPU's device files may not be opened",
    "error": "CUDA failed to start",
}


def cpu_name(machine: dict[str, Any]) -> str:
    """The CPU's model without what every model name carries."""
    model = re.sub(r"\((R|TM|r|tm)\)", "", machine["cpu"]["model"])
    model = re.sub(r"\b(CPU|Processor)\b|@.*$|\b\d+-Core\b", "", model)
    return re.sub(r"\s+", " ", model).strip() or "unnamed CPU"


def cpu_caption(machine: dict[str, Any]) -> str:
    """CPU and the threads that `all` means: AMD EPYC 9B14 (2 threads)."""
    return f"{cpu_name(machine)} ({counted(machine['cpu']['usable_threads'], 'thread')})"


def gpu_name(machine: dict[str, Any]) -> str | None:
    """The measured GPU, if there is one."""
    gpus = machine["gpus"]
    return str(gpus[0]["name"]) if gpus else None


def caption(run: Run) -> str:
    """Both sides of the machine as far as they were measured."""
    names = [cpu_caption(run.machine)]
    gpu = gpu_name(run.machine)
    if gpu and run.measured("cuda"):
        names.append(gpu)
    return " and ".join(names)


def why_no_gpu(run: Run) -> str:
    """Why this run has no pair of CPU and GPU, in words."""
    cuda = run.machine["cuda"]
    if cuda["status"] != "ok":
        return str(cuda["reason"] or _WORDS_FOR_STATUS.get(cuda["status"], cuda["status"]))
    rows = run.cases[run.cases["side"] == "cuda"]
    if rows.empty:
        return "the run was asked for the CPU side only"
    if not (rows["status"] == "ok").any():
        reasons = rows["reason"].dropna()
        return f"no CUDA row was measured ({reasons.iloc[0]})" if len(reasons) else "no CUDA row"
    return "no pair was measured"


def facts(run: Run) -> list[tuple[str, str]]:
    """The machine record as name and value."""
    machine = run.machine
    cpu = machine["cpu"]
    caches = ", ".join(f"L{c['level']} {binary_bytes(c['bytes'])}" for c in cpu["caches"])
    where = [machine["os"], f"kernel {machine['kernel']}"]
    where += [word for word in (machine["container"], machine["virtualization"]) if word]
    rows = [
        ("Host", machine["host"]),
        ("System", ", ".join(where)),
        (
            "CPU",
            f"{cpu['model'].strip()}: {counted(cpu['sockets'], 'socket')}, "
            f"{counted(cpu['cores'], 'core')}, "
            f"{counted(cpu['hardware_threads'], 'hardware thread')}, "
            f"{cpu['usable_threads']} usable",
        ),
        ("Caches", caches or NOTHING),
        ("SIMD", ", ".join(cpu["simd"]) or NOTHING),
        ("Governor", cpu["governor"] or "not readable"),
        ("Memory", binary_bytes(machine["memory_bytes"])),
        ("Compiler", f"{machine['compiler']}, {machine['build']}"),
    ]
    rows += [("GPU", _gpu(gpu)) for gpu in machine["gpus"]]
    cuda = machine["cuda"]
    if cuda["status"] == "ok":
        rows.append(("CUDA", f"toolkit {cuda['toolkit']}, driver {cuda['driver']}"))
    else:
        rows.append(("CUDA", why_no_gpu(run)))
    libraries = [library for program in run.programs for library in program.header["libraries"]]
    for library in {library["name"]: library for library in libraries}.values():
        words = (library["version"], library["threading"], library["detail"], library["problem"])
        rows.append((library["name"], ", ".join(word for word in words if word) or NOTHING))
    return rows


def _gpu(gpu: dict[str, Any]) -> str:
    words = [
        gpu["name"],
        f"compute capability {gpu['compute_capability']}",
        counted(gpu["sms"], "SM"),
        binary_bytes(gpu["memory_bytes"]),
    ]
    if gpu["power_limit_w"] is not None:
        words.append(f"{significant(gpu['power_limit_w'])} W")
    if gpu["link_now"]:
        words.append(f"PCIe {gpu['link_now']}")
    if gpu["ecc"] is not None:
        words.append("ECC on" if gpu["ecc"] else "ECC off")
    return ", ".join(words)
