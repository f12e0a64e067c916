"""What the compiler made of each kernel: resources and machine code, out of a built library."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

# What identifies a kernel instance: an architecture such as sm_90a, and the mangled name.
Key = tuple[str, str]

_MEMBER = re.compile(r"member .*:(?P<object>[^:]+)\.o:$")
_ARCHITECTURE = re.compile(r"arch = (sm_\w+)$")
_FUNCTION = re.compile(r" Function (\S+):$")
_RESOURCES = re.compile(r"  REG:(\d+) STACK:(\d+) SHARED:(\d+) ")
_EXTRACTED = re.compile(r"Extracting ELF file +\d+: (\S+\.(sm_\w+)\.cubin)$")
_CODE = re.compile(r"\.text\.(\S+):$")
_INSTRUCTION = re.compile(r"\s+/\*[0-9a-f]{4,}\*/\s+(?:@!?U?P[T\d]+\s+)?([A-Z][A-Z0-9_.]*)")
_COMPILER = re.compile(rb"Cuda compilation tools, release [\d.]+, V([\d.]+)")
_KERNEL = re.compile(r"(?:cuda_(\w+)::)?(?:\(anonymous namespace\)::)?(\w+)_kernel(?=[<(])")
# As c++filt writes the types of elements.
_DTYPES = {
    "float": "f32",
    "double": "f64",
    "breakeven::SmallFloat<8, 7, true, (breakeven::Overflow)0>": "bf16",
    "breakeven::SmallFloat<5, 10, true, (breakeven::Overflow)0>": "f16",
    "signed char": "s8",
}


class ToolMissingError(Exception):
    """A program that reads CUDA's binaries is not installed."""


@dataclass(frozen=True)
class Resources:
    """The compiler's own report on one function."""

    source: str  # the file's name: vectorized.cu
    registers: int  # of a thread
    stack: int  # bytes of a thread: spilled registers, in kernels without local arrays
    shared: int  # bytes of a block, static; from sm_90 on with 1024 that the system keeps


@dataclass(frozen=True)
class Code:
    """How often each instruction stands in a function, by its full name with all suffixes."""

    all: Counter[str] = field(default_factory=Counter)
    # Up to the last load from shared memory (LDS, LDSM): without the epilogue.
    to_last_lds: Counter[str] = field(default_factory=Counter)

    def has(self, stated: str) -> bool:
        """Whether it holds an instruction with all parts of this name.

        So `LDS.128` is found in `LDS.U.128`. Loads from global memory count up to the last load
        from shared memory only, where there is one: those behind it read C, 16 bytes at a time in
        every kernel.
        """
        base, *parts = stated.split(".")
        found = self.to_last_lds if base == "LDG" and self.to_last_lds else self.all
        return any(
            name.split(".")[0] == base and set(parts) <= set(name.split(".")[1:]) for name in found
        )


@dataclass(frozen=True)
class Kernel:
    """One instance of a kernel for one architecture."""

    architecture: str
    folder: str  # of its source: gemm
    name: str  # without `_kernel`
    arguments: tuple[str, ...]  # of the template
    resources: Resources
    code: Code

    @property
    def source(self) -> str:
        """With its folder, which an archive does not say: gemm/naive.cu."""
        return f"{self.folder}/{self.resources.source}"

    @property
    def dtype(self) -> str | None:
        """After the first template argument, None without one that is an element's type."""
        return _DTYPES.get(self.arguments[0]) if self.arguments else None

    @property
    def generation(self) -> int:
        """75 for sm_75, 90 for sm_90a."""
        return int(re.sub(r"\D", "", self.architecture))

    def __str__(self) -> str:
        arguments = f"<{', '.join(self.arguments)}>" if self.arguments else ""
        return f"{self.name}_kernel{arguments} on {self.architecture}"


@dataclass(frozen=True)
class Library:
    """All kernels of a build, and the release of nvcc that compiled them, None if unknown."""

    kernels: tuple[Kernel, ...]
    nvcc: str | None

    @property
    def architectures(self) -> list[str]:
        """Those with machine code, oldest first."""
        found = {kernel.architecture: kernel.generation for kernel in self.kernels}
        return sorted(found, key=lambda name: (found[name], name))


def parse_resources(lines: Iterable[str]) -> dict[Key, Resources]:
    """What `cuobjdump -res-usage` says of each function."""
    found: dict[Key, Resources] = {}
    source = architecture = function = ""
    for line in lines:
        if match := _MEMBER.match(line):
            source = match["object"]
        elif match := _ARCHITECTURE.match(line):
            architecture = match[1]
        elif match := _FUNCTION.match(line):
            function = match[1]
        elif match := _RESOURCES.match(line):
            found[architecture, function] = Resources(source, *map(int, match.groups()))
    return found


def parse_code(lines: Iterable[str]) -> dict[str, Code]:
    """The instructions of each function in what `nvdisasm -c` writes."""
    found: dict[str, Code] = {}
    code = Code()
    since_lds = Counter[str]()
    for line in lines:
        if match := _INSTRUCTION.match(line):
            code.all[match[1]] += 1
            since_lds[match[1]] += 1
            if match[1].split(".")[0] in ("LDS", "LDSM"):
                code.to_last_lds.update(since_lds)
                since_lds.clear()
        elif match := _CODE.match(line):
            code = found[match[1]] = Code()
            since_lds.clear()
    return found


def parse_name(demangled: str) -> tuple[str, str, tuple[str, ...]]:
    """The folder of a kernel's source, which its namespace is named after (cuda_gemm), its name
    without `_kernel`, and its template arguments."""
    if not (match := _KERNEL.search(demangled)):
        raise ValueError(f"{demangled} is no kernel: its name does not end in _kernel")
    rest = demangled[match.end() :]
    arguments = tuple(_arguments(rest)) if rest.startswith("<") else ()
    return match[1] or "common", match[2], arguments


def _arguments(text: str) -> Iterator[str]:
    """What stands between the `<` that it begins with and its `>`, cut at commas of that level."""
    depth = start = 0
    for i, character in enumerate(text):
        if depth == 1 and character in ",>":
            yield text[start:i].strip()
        depth += (character in "<(") - (character in ">)")
        if depth == 0:
            return
        if depth == 1 and character in "<,":
            start = i + 1


def find_tool(name: str) -> str:
    """Where it is: the pinned one beside this Python, else the toolkit's."""
    pinned = Path(sysconfig.get_path("purelib")) / "nvidia/cu13/bin" / name
    if found := shutil.which(pinned) or shutil.which(name):
        return found
    raise ToolMissingError(f"no {name}: pip install -r setup/requirements-disassembly.txt")


def read_library(path: Path) -> Library:
    """All kernels of a static library; raises ToolMissingError."""
    cuobjdump, nvdisasm = find_tool("cuobjdump"), find_tool("nvdisasm")
    path = path.resolve()
    resources = parse_resources(_lines(cuobjdump, "-res-usage", str(path)))
    with tempfile.TemporaryDirectory() as folder:
        listed = _lines(cuobjdump, "-xelf", "all", str(path), folder=folder)
        binaries = [
            (match[2], Path(folder) / match[1])
            for line in listed
            if (match := _EXTRACTED.match(line))
        ]
        # Without the analysis of the data flow, which only names branch targets.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            codes = list(
                pool.map(
                    lambda of: parse_code(_lines(nvdisasm, "-c", "-ndf", str(of[1]))), binaries
                )
            )
        releases = {_release(binary) for _, binary in binaries}
    code = {
        (architecture, function): code
        for (architecture, _), functions in zip(binaries, codes, strict=True)
        for function, code in functions.items()
    }
    if code.keys() != resources.keys():
        odd = sorted(code.keys() ^ resources.keys())
        raise ValueError(f"{path}: without either its resources or its code: {odd}")
    names = sorted({function for _, function in resources})
    demangled = subprocess.run(
        ["c++filt"], input="\n".join(names), capture_output=True, text=True, check=True
    ).stdout.splitlines()
    readable = dict(zip(names, demangled, strict=True))
    kernels = (
        Kernel(key[0], *parse_name(readable[key[1]]), resources[key], code[key])
        for key in resources
    )
    ordered = sorted(
        kernels,
        key=lambda of: (of.source, of.name, of.dtype or "", of.arguments, of.generation),
    )
    return Library(tuple(ordered), releases.pop() if len(releases) == 1 else None)


def _release(binary: Path) -> str | None:
    match = _COMPILER.search(binary.read_bytes())
    return match[1].decode() if match else None


def _lines(*command: str, folder: str | None = None) -> Iterator[str]:
    """What the command prints, while it does: machine code is long."""
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            yield line.rstrip("\n")
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command)
