"""docs/kernel_resources.md, generated from a build: what the compiler made of the kernels.

Usage: PYTHONPATH=plots python tests/kernels/kernel_resources.py BUILD_FOLDER   prints the page.
"""

from __future__ import annotations

import re
import sys
from itertools import groupby
from pathlib import Path

from breakeven.table import Table
from cuda_binary import Kernel, Library, read_library
from kernel_source import newer_than_75

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/kernel_resources.md"

# Those that say how a kernel moves and multiplies; the rest is addresses and control.
_SHOWN = (
    *("LDG", "LDGSTS", "LDS", "LDSM", "STS", "STG", "LDL", "STL"),
    *("FFMA", "DFMA", "HMMA", "IMMA"),
)
_WIDTHS = ("E", "64", "128")  # suffixes that are shown; the others differ between architectures

_INTRODUCTION = """\
# What the compiler makes of the kernels

<!-- Generated from a build by `PYTHONPATH=plots .venv/bin/python
tests/kernels/kernel_resources.py build/cuda > docs/kernel_resources.md`: do not edit. -->

Compiled by nvcc {nvcc}, read with cuobjdump and nvdisasm. Another release gives other numbers;
`tests/kernels/test_kernel_resources.py` holds every build to the bounds, and this page to a build
by this release.

- A cell is **registers of a thread / static shared bytes of a block**, and behind them, where
  there are any, the **bytes of a thread that were spilled** to local memory. Each is the largest
  over the layouts and variants of the kernel. Dynamic shared memory is not in it.
- From sm_90 on, the system keeps 1024 bytes of shared memory in each block, which are counted.
- `–`: a kernel that copies by `LDGSTS` or multiplies on tensor cores is never launched below sm_80.
- Instructions are those that move and multiply, without the suffixes that do not concern the
  width, first those in all instances of the kernel.
"""


def page(library: Library, root: Path = ROOT) -> str:
    """The whole page."""
    blocks = [_INTRODUCTION.format(nvcc=library.nvcc or "of unknown release")]
    # What all of them share comes last.
    folders = sorted(
        {of.folder for of in library.kernels}, key=lambda name: (name == "common", name)
    )
    for folder in folders:
        here = [of for of in library.kernels if of.folder == folder]
        resources = Table(["<kernel", "<dtype", *library.architectures])
        instructions = Table(["<kernel", "<dtype", "<in all", "<in some"])
        for (source, name, dtype), group in groupby(here, _row):
            kernels = list(group)
            runs = [of for of in kernels if runs_there(of, root / "kernels" / source)]
            row = (f"`{name}`", dtype or "–")
            cells = (
                _cell([of for of in runs if of.architecture == architecture])
                for architecture in library.architectures
            )
            resources.add(*row, *cells)
            instructions.add(*row, *_instructions(runs))
        blocks.append(f"## kernels/{folder}\n\n{resources.markdown()}\n")
        blocks.append(f"{instructions.markdown()}\n")
    return "\n".join(blocks)


def runs_there(kernel: Kernel, source: Path) -> bool:
    """Whether its architecture has what it states; below, `supports` says no."""
    return kernel.generation >= 80 or not newer_than_75(source)


def made_with(text: str) -> tuple[str, list[str]]:
    """The release of nvcc and the architectures that a page was generated with."""
    release = re.search(r"Compiled by nvcc ([\d.]+),", text)
    columns = re.search(r"^\| kernel \| dtype \|( sm_.*) \|$", text, re.MULTILINE)
    if not release or not columns:
        raise ValueError("the page names no release of nvcc or no architectures")
    return release[1], [name.strip() for name in columns[1].split("|")]


def _row(kernel: Kernel) -> tuple[str, str, str | None]:
    return kernel.source, kernel.name, kernel.dtype


def _cell(kernels: list[Kernel]) -> str:
    if not kernels:
        return "–"
    resources = [of.resources for of in kernels]
    spilled = max(of.stack for of in resources)
    cell = f"{max(of.registers for of in resources)} / {max(of.shared for of in resources)}"
    return f"{cell} / **{spilled}**" if spilled else cell


def _instructions(kernels: list[Kernel]) -> tuple[str, str]:
    """Those in all of the instances, and those in some only."""
    sets = [{short for name in of.code.all if (short := _short(name))} for of in kernels]
    every = set.intersection(*sets)
    return _text(every), _text(set.union(*sets) - every)


def _short(instruction: str) -> str | None:
    base, *suffixes = instruction.split(".")
    return ".".join([base, *(s for s in suffixes if s in _WIDTHS)]) if base in _SHOWN else None


def _text(names: set[str]) -> str:
    ordered = sorted(names, key=lambda name: (_SHOWN.index(name.split(".")[0]), name))
    return " ".join(f"`{name}`" for name in ordered) or "–"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.stdout.write(page(read_library(Path(sys.argv[1]) / "libkernels.a")))
