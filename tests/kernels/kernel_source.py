"""What a kernel's source states about the machine code that it becomes."""

from __future__ import annotations

import re
from pathlib import Path

_STATED = re.compile(r"^// Instructions: (.+)$", re.MULTILINE)
_BOUNDS = re.compile(r"__launch_bounds__\(([^;{]*?)\)\s+(\w+)_kernel\(")


def stated_instructions(path: Path, dtype: str | None = None) -> list[str]:
    """The names in the header's line `// Instructions:`, none without one.

    They are stated of the kernel that is called as the file, in all its instances; `s8:IMMA` of
    those with that dtype only, and left out for others.
    """
    match = _STATED.search(path.read_text(encoding="utf-8"))
    stated = [name.rpartition(":") for name in match[1].split()] if match else []
    return [name for only, _, name in stated if only in ("", dtype)]


def newer_than_75(path: Path) -> bool:
    """Whether it states instructions that came with sm_80: below, `supports` says no."""
    match = _STATED.search(path.read_text(encoding="utf-8"))
    return match is not None and re.search(r"\b(LDGSTS|HMMA|IMMA)\b", match[1]) is not None


def two_block_kernels(path: Path) -> set[str]:
    """The kernels, without `_kernel`, whose launch bounds promise two blocks a multiprocessor."""
    bounds = _BOUNDS.findall(path.read_text(encoding="utf-8"))
    return {name for arguments, name in bounds if re.search(r", 2$", arguments)}
