"""What the compiler made of every kernel of the build: the stated instructions, within bounds."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import kernel_resources
from cuda_binary import Code, Kernel, Library, Resources, ToolMissingError, read_library
from kernel_source import stated_instructions, two_block_kernels

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {f"{path.parent.name}/{path.name}": path for path in sorted(ROOT.glob("kernels/*/*.cu"))}
STATING = [
    source
    for source, path in SOURCES.items()
    if any(stated_instructions(path, dtype) for dtype in (None, "f32"))
]

REGISTERS = 255  # of a thread: what the hardware can name
SHARED = 48 * 1024  # bytes of a block that can be static
# Two blocks of 256 threads share the 65536 registers of a multiprocessor.
REGISTERS_FOR_TWO_BLOCKS = 128
# Bytes of a thread. A few f32 tiles need just over 128 registers and put some of them away, the
# page lists which; a tile that does not fit spills its sums, which are hundreds of bytes.
SPILLED = 32


@pytest.fixture(scope="session")
def library(build_dir: Path) -> Library:
    path = build_dir / "libkernels.a"
    if not path.is_file():
        pytest.skip(f"{build_dir.name} has no libkernels.a: its CUDA half is not built")
    try:
        return read_library(path)
    except ToolMissingError as error:
        pytest.skip(str(error))


def those(kernels: list[Kernel], measure: str) -> str:
    return "; ".join(f"{of}: {getattr(of.resources, measure)} {measure}" for of in kernels)


def test_every_source_has_kernels_for_every_architecture(library: Library) -> None:
    found = {(of.source, of.architecture) for of in library.kernels}
    assert found == {(name, of) for name in SOURCES for of in library.architectures}


@pytest.mark.parametrize("source", STATING)
def test_stated_instructions_are_there(library: Library, source: str) -> None:
    path = SOURCES[source]
    kernels = [of for of in library.kernels if of.source == source and of.name == path.stem]
    assert kernels, f"{source} has no {path.stem}_kernel"
    missing = [
        f"{of}: no {name}"
        for of in kernels
        if kernel_resources.runs_there(of, path)
        for name in stated_instructions(path, of.dtype)
        if not of.code.has(name)
    ]
    assert not missing


def test_asynchronous_copies_are_of_16_bytes_where_an_operand_allows_it(library: Library) -> None:
    """A tile along k is turned on its way, element by element; the other layout is not.

    Kernels whose tiles are turned in neither state LDGSTS.E.128 and are held to that.
    """
    sources = [source for source in STATING if "LDGSTS" in stated_instructions(SOURCES[source])]
    kernels = [of for of in library.kernels if of.source in sources]
    kernels = [of for of in kernels if of.generation >= 80]
    if not kernels:
        pytest.skip("the build has machine code for no architecture with LDGSTS")
    wrong = [
        str(of)
        for of in kernels
        if of.code.has("LDGSTS.E.128") != (of.arguments[-2:] != ("true", "true"))
    ]
    assert not wrong


def test_registers_stay_within_what_there_is(library: Library) -> None:
    over = [of for of in library.kernels if of.resources.registers > REGISTERS]
    assert not over, those(over, "registers")


def test_two_blocks_fit_where_the_launch_bounds_promise_it(library: Library) -> None:
    promised = {name: two_block_kernels(path) for name, path in SOURCES.items()}
    kernels = [of for of in library.kernels if of.name in promised[of.source]]
    found = {(of.source, of.name) for of in kernels}
    assert len(found) == sum(len(names) for names in promised.values()) > 0
    over = [of for of in kernels if of.resources.registers > REGISTERS_FOR_TWO_BLOCKS]
    assert not over, those(over, "registers")


def test_next_to_nothing_is_spilled(library: Library) -> None:
    over = [of for of in library.kernels if of.resources.stack > SPILLED]
    assert not over, those(over, "stack")


def test_static_shared_memory_stays_within_what_every_device_has(library: Library) -> None:
    over = [of for of in library.kernels if of.resources.shared > SHARED]
    assert not over, those(over, "shared")


def test_document_is_current(library: Library) -> None:
    text = kernel_resources.PAGE.read_text(encoding="utf-8")
    nvcc, architectures = kernel_resources.made_with(text)
    if library.nvcc != nvcc:
        pytest.skip(f"docs/kernel_resources.md is of nvcc {nvcc}, this build of {library.nvcc}")
    if library.architectures != architectures:
        built = " ".join(library.architectures)
        pytest.skip(
            f"docs/kernel_resources.md is of {' '.join(architectures)}, this build of {built}"
        )
    assert text == kernel_resources.page(library), "its head says what writes it again"


def test_page_shows_the_largest_and_what_is_in_all() -> None:
    def kernel(architecture: str, layout: str, *found: str, registers: int, stack: int) -> Kernel:
        resources = Resources("double_buffered.cu", registers, stack, shared=4096)
        code = Code(Counter(found), Counter(found))
        return Kernel(architecture, "gemm", "double_buffered", ("float", layout), resources, code)

    text = kernel_resources.page(
        Library(
            (
                kernel("sm_75", "true", "BPT.TRAP", registers=9, stack=0),
                kernel("sm_80", "false", "LDGSTS.E.BYPASS.128", "LDS.U.128", registers=90, stack=8),
                kernel("sm_80", "true", "LDGSTS.E", "LDS.128", registers=80, stack=16),
                kernel("sm_90a", "true", "LDGSTS.E.ZFILL", "LDS.128", registers=70, stack=0),
            ),
            nvcc="1.2.3",
        )
    )
    assert kernel_resources.made_with(text) == ("1.2.3", ["sm_75", "sm_80", "sm_90a"])
    assert "| `double_buffered` | f32 | – | 90 / 4096 / **16** | 70 / 4096 |" in text
    assert "| `double_buffered` | f32 | `LDS.128` | `LDGSTS.E` `LDGSTS.E.128` |" in text
    with pytest.raises(ValueError, match="names no release"):
        kernel_resources.made_with(text.replace("nvcc", "gcc"))
