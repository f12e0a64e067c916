"""CMake on its own: the CPU half without CUDA, and what is said if something is missing."""

import os
from pathlib import Path

import pytest

# Hides every CUDA toolkit of this machine from CMake.
WITHOUT_CUDA = (
    "-DBREAKEVEN_NVCC=NOTFOUND",
    "-DCMAKE_IGNORE_PATH=/usr/local/cuda/bin",
    "-DCMAKE_IGNORE_PREFIX_PATH=/usr/local/cuda",
)


@pytest.fixture
def cmake(run_command, build_dir: Path, tmp_path: Path):
    """cmake(source, *options, **variables): a fresh configuration with the tools of the build."""
    cache = (build_dir / "CMakeCache.txt").read_text().splitlines()
    known = dict(line.split(":", 1) for line in cache if ":" in line and line[0] not in "#/")
    command, ninja = (
        known[name].split("=", 1)[1] for name in ("CMAKE_COMMAND", "CMAKE_MAKE_PROGRAM")
    )
    compiler = known["CMAKE_CXX_COMPILER"].split("=", 1)[1]

    def run(source: Path, *options: str, **variables: str):
        return run_command(
            command, "-S", source, "-B", tmp_path / "build", "-G", "Ninja",
            f"-DCMAKE_MAKE_PROGRAM={ninja}", f"-DCMAKE_CXX_COMPILER={compiler}", *options,
            cwd=tmp_path, env={**os.environ, **variables},
        )  # fmt: skip

    return run


@pytest.fixture
def configure(cmake, root: Path):
    """configure(*options, **variables): a fresh configuration of this tree."""
    return lambda *options, **variables: cmake(root, *options, **variables)


def path_without_nvcc() -> str:
    return ":".join(
        part for part in os.environ["PATH"].split(":") if not (Path(part) / "nvcc").exists()
    )


def test_the_cpu_half_configures_with_no_cuda_visible(configure, tmp_path: Path):
    result = configure("-DBREAKEVEN_CUDA=AUTO", *WITHOUT_CUDA, PATH=path_without_nvcc(), CUDACXX="")
    assert result.returncode == 0, result.stderr
    assert "only the CPU half" in result.stdout
    rules = (tmp_path / "build/build.ninja").read_text()
    assert "BREAKEVEN_CUDA=0" in rules
    for word in ("BREAKEVEN_CUDA=1", "libkernels", "cudart"):
        assert word not in rules


def test_cuda_on_without_a_compiler_says_where_it_looked(configure):
    result = configure("-DBREAKEVEN_CUDA=ON", *WITHOUT_CUDA, PATH=path_without_nvcc(), CUDACXX="")
    assert result.returncode != 0
    assert "no nvcc works: looked at CUDACXX, PATH, .deps/cuda and /usr/local/cuda" in " ".join(
        result.stderr.split()
    )


NATIVE = """
cmake_minimum_required(VERSION 3.25)
project(native LANGUAGES NONE)
set(BREAKEVEN_CUDA OFF)
include({root}/cmake/cuda.cmake)
breakeven_native_architectures(found)
message(STATUS "native: ${{found}}.")
"""


@pytest.mark.parametrize(
    ("gpus", "expected"),
    [
        (["8.0"], "80-real;80-virtual"),
        (["9.0", "9.0"], "90a-real;90-virtual"),
        (["10.0", "9.0"], "90a-real;100-real;90-virtual"),
        (["12.0", "8.6"], "86-real;120-real;86-virtual"),
        ([], ""),
    ],
)
def test_native_code_comes_with_ptx_of_the_lowest_gpu(
    cmake, root: Path, tmp_path: Path, gpus: list[str], expected: str
):
    """Without it a tree that was built on one GPU has nothing that a newer one can run."""
    smi = tmp_path / "bin/nvidia-smi"
    smi.parent.mkdir()
    smi.write_text("\n".join(["#!/bin/sh", *(f"echo {gpu}" for gpu in gpus)]) + "\n")
    smi.chmod(0o755)
    (tmp_path / "CMakeLists.txt").write_text(NATIVE.format(root=root))
    result = cmake(tmp_path, PATH=f"{smi.parent}:{os.environ['PATH']}")
    assert result.returncode == 0, result.stderr
    assert f"native: {expected}.\n" in result.stdout


def test_a_wrong_value_is_refused(configure):
    result = configure("-DBREAKEVEN_CUDA=maybe")
    assert result.returncode != 0
    assert "must be AUTO, ON or OFF" in result.stderr


def test_all_missing_libraries_are_named_at_once_with_how_to_get_them(configure):
    result = configure(
        "-DBREAKEVEN_CUDA=OFF",
        "-DCMAKE_DISABLE_FIND_PACKAGE_fmt=ON",
        "-DCMAKE_DISABLE_FIND_PACKAGE_CLI11=ON",
    )
    assert result.returncode != 0
    assert "Not found: {fmt}, CLI11." in result.stderr
    if Path("/etc/debian_version").exists() and "CONDA_PREFIX" not in os.environ:
        assert "apt-get install --no-install-recommends libfmt-dev libcli11-dev" in result.stderr
