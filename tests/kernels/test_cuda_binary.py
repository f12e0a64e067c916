"""Reading what cuobjdump and nvdisasm print, on pieces of what they printed, names shortened."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

import pytest

import cuda_binary
from cuda_binary import Code, Resources, parse_code, parse_name, parse_resources
from kernel_source import newer_than_75, stated_instructions, two_block_kernels

RESOURCES = """
member /build/cuda/libkernels.a:error.cpp.o:

member /build/cuda/libkernels.a:naive.cu.o:

Fatbin ptx code:
================
arch = sm_75
code version = [9,0]
compressed
ptxasOptions =

Fatbin elf code:
================
arch = sm_75
code version = [1,8]
host = linux
compile_size = 64bit

Resource usage:
 Common:
  GLOBAL:0
 Function _Znaive_f64:
  REG:46 STACK:0 SHARED:0 LOCAL:0 CONSTANT[0]:472 TEXTURE:0 SURFACE:0 SAMPLER:0
 Function _Znaive_f32:
  REG:36 STACK:0 SHARED:0 LOCAL:0 CONSTANT[0]:464 TEXTURE:0 SURFACE:0 SAMPLER:0

member /build/cuda/libkernels.a:vectorized.cu.o:

Fatbin elf code:
================
arch = sm_90a
code version = [1,8]

Resource usage:
 Common:
  GLOBAL:0
 Function _Zvectorized:
  REG:128 STACK:24 SHARED:9472 LOCAL:0 CONSTANT[2]:8 CONSTANT[0]:640 TEXTURE:0 SURFACE:0 SAMPLER:0
"""

CODE = """\
	.target	sm_120

//--------------------- .text._Zfirst --------------------------
	.section	.text._Zfirst,"ax",@progbits
.text._Zfirst:
        .type           _Zfirst,@function
_Zfirst:
        /*0000*/                   LDC R1, c[0x0][0x37c] ;
        /*0e00*/              @!P4 LDG.E.128 R28, desc[UR10][R22.64] ;
        /*0ea0*/               @P4 LDG.E.64 R28, desc[UR10][R22.64] ;
.L_x_7:
        /*0eb0*/                   STS.128 [R38], R28 ;
        /*2970*/                   NOP;
        /*0d40*/                   LDS.U.128 R52, [R38.X8+0x1000] ;
        /*0d50*/                   FFMA R5, R52, R56, R5 ;
        /*0d60*/                   LDS.U.128 R56, [R38.X8+0x1010] ;
       /*10d60*/              @UP0 FFMA R6, R52, R57, R6 ;
        /*0f00*/                   LDG.E.128 R8, desc[UR10][R2.64] ;
        /*0f10*/                   STG.E.128 desc[UR10][R2.64], R8 ;

//--------------------- .text._Zsecond --------------------------
	.section	.text._Zsecond,"ax",@progbits
.text._Zsecond:
        /*0cb0*/              @!PT LDGSTS.E.BYPASS.128.ZFILL [R5], desc[UR4][R2.64], P0 ;
        /*0cc0*/                   LDS R56, [R38] ;
"""


def code(text: str) -> Code:
    return parse_code(f".text._Z:\n{text}".splitlines())["_Z"]


def test_resources_are_told_apart_by_object_architecture_and_function() -> None:
    assert parse_resources(RESOURCES.splitlines()) == {
        ("sm_75", "_Znaive_f64"): Resources("naive.cu", registers=46, stack=0, shared=0),
        ("sm_75", "_Znaive_f32"): Resources("naive.cu", registers=36, stack=0, shared=0),
        ("sm_90a", "_Zvectorized"): Resources(
            "vectorized.cu", registers=128, stack=24, shared=9472
        ),
    }


def test_instructions_are_counted_by_function_with_and_without_predicates() -> None:
    parsed = parse_code(CODE.splitlines())
    assert list(parsed) == ["_Zfirst", "_Zsecond"]
    before = {"LDC": 1, "LDG.E.128": 1, "LDG.E.64": 1, "STS.128": 1, "NOP": 1, "LDS.U.128": 2}
    assert parsed["_Zfirst"].to_last_lds == Counter(before | {"FFMA": 1})
    assert parsed["_Zfirst"].all == Counter(before | {"LDG.E.128": 2, "FFMA": 2, "STG.E.128": 1})
    copy = Counter({"LDGSTS.E.BYPASS.128.ZFILL": 1, "LDS": 1})
    assert parsed["_Zsecond"].all == parsed["_Zsecond"].to_last_lds == copy


def test_stated_instruction_is_found_whatever_other_suffixes_it_has() -> None:
    first, second = parse_code(CODE.splitlines()).values()
    for stated in ("LDG.E.128", "LDS.128", "STS", "STG.E.128", "FFMA"):
        assert first.has(stated), stated
    for stated in ("LDGSTS", "LDS.64", "STG.E.64", "DFMA"):
        assert not first.has(stated), stated
    assert second.has("LDGSTS")
    assert second.has("LDGSTS.E.128")
    assert not second.has("LDG.E.128")


def test_loads_of_c_do_not_pass_for_loads_of_the_operands() -> None:
    load = "        /*0e00*/                   LDG.E.128 R28, desc[UR10][R22.64] ;"
    shared = "        /*0e10*/                   LDS.128 R52, [R38.X8+0x1000] ;"
    assert code(f"{load}\n{shared}").has("LDG.E.128")
    assert not code(f"{shared}\n{load}").has("LDG.E.128")


def test_loads_before_a_matrix_is_read_are_of_the_operands() -> None:
    load = "        /*0e00*/                   LDG.E.128 R28, desc[UR10][R22.64] ;"
    shared = "        /*0e10*/                   LDSM.16.M88.4 R52, [R38+0x1000] ;"
    assert code(f"{load}\n{shared}").has("LDG.E.128")
    assert not code(f"{shared}\n{load}").has("LDG.E.128")


def test_names_of_kernels_and_of_others() -> None:
    scope = "breakeven::cuda_gemm::(anonymous namespace)::"
    name = f"void {scope}split_k_kernel<double, true, false, true>({scope}Tile<double, true>::BM)"
    assert parse_name(name) == ("gemm", "split_k", ("double", "true", "false", "true"))
    bf16 = "breakeven::SmallFloat<8, 7, true, (breakeven::Overflow)0>"
    name = f"void {scope}mma_sync_kernel<{bf16}, true, false>({scope}Arguments<{bf16}, float>, int)"
    assert parse_name(name) == ("gemm", "mma_sync", (bf16, "true", "false"))
    assert parse_name("breakeven::(anonymous namespace)::empty_kernel()") == ("common", "empty", ())
    assert parse_name(f"{scope}copy_kernel({scope}A<int, int>, int)") == ("gemm", "copy", ())
    other = "breakeven::cuda_gemm_epilogue::(anonymous namespace)::"
    name = f"void {other}naive_kernel<float>(breakeven::cuda_gemm::Arguments<float>, int)"
    assert parse_name(name) == ("gemm_epilogue", "naive", ("float",))
    with pytest.raises(ValueError, match="is no kernel"):
        parse_name("void breakeven::helper<float>(float*)")


def test_what_a_source_states(tmp_path: Path) -> None:
    path = tmp_path / "some.cu"
    path.write_text("""\
// Why: because.
// Instructions: LDG.E.128 STS

template <class T>
__global__ void __launch_bounds__(Tile<T>::threads, 2)
    some_kernel(Arguments<T> g) {}
__global__ void __launch_bounds__(BM* BN) other_kernel(int* to) {}
""")
    assert stated_instructions(path) == ["LDG.E.128", "STS"]
    assert two_block_kernels(path) == {"some"}
    assert not newer_than_75(path)
    path.write_text("// Instructions: bf16:HMMA s8:IMMA LDSM\n")
    assert stated_instructions(path) == ["LDSM"]
    assert stated_instructions(path, "s8") == ["IMMA", "LDSM"]
    assert newer_than_75(path)
    path.write_text("// Why: because.\n")
    assert stated_instructions(path) == []


def test_missing_tool_says_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(cuda_binary.ToolMissingError, match=r"requirements-disassembly\.txt"):
        cuda_binary.find_tool("no_such_tool")


def test_unreadable_library_is_an_error(tmp_path: Path) -> None:
    try:
        cuda_binary.find_tool("cuobjdump")
    except cuda_binary.ToolMissingError as error:
        pytest.skip(str(error))
    (tmp_path / "libkernels.a").write_text("no archive")
    with pytest.raises(subprocess.CalledProcessError):
        cuda_binary.read_library(tmp_path / "libkernels.a")
