"""What a kernel's source states about the machine code that it becomes."""

from __future__ import annotations

import re
from pathlib import Path

_STATED = re.compile(r"^// Instructions: (.+)$", re.MULTILINE)
_BOUNDS = re.compile(r"__launch_bounds__\(([^;{]*?)\)\s+(\w+)_kernel\(")


def stated_instructions(path: Path) -> list[str]:
    """The names in the header's line `// Instructions:`, none without one.

    They are stated of the kernel that is called as the file, in all its instances.
    """
    match = _STATED.search(path.read_text(encoding="utf-8"))
    return match[1].split() if match else []


def two_block_kernels(path: Path) -> set[str]:
    """The kernels, without `_kernel`, whose launch bounds promise two blocks a multiprocessor."""
    bounds = _BOUNDS.findall(path.read_text(encoding="utf-8"))
    return {name for arguments, name in bounds if re.search(r", 2$", arguments)}
