"""The parts of the set-up that can be tested without changing the system."""

import os
import re
from pathlib import Path

import pytest


def test_a_run_is_named_after_time_and_host(script):
    name = script("run_name").stdout
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d{6}Z-" + re.escape(os.uname().nodename.split(".")[0]), name
    )


def test_nothing_is_installed_where_nothing_is_missing(script, tmp_path: Path):
    # What this very build was made with is here, one way or the other.
    result = script("deps=$top/.deps; use_unpacked; missing_packages compiler libraries python")
    missing = set(result.stdout.split()) - {"cmake", "ninja-build"}  # those may come from PyPI
    if os.environ.get("CMAKE_PREFIX_PATH"):
        pytest.skip("the libraries come from CMAKE_PREFIX_PATH here")
    if not Path("/usr/bin/apt-get").exists():
        pytest.skip("no apt here")
    assert missing == set()


def test_a_users_prefix_keeps_apt_away(script, tmp_path: Path):
    result = script(
        "missing_packages() { echo asked >&2; }; need_packages libraries",
        CMAKE_PREFIX_PATH=str(tmp_path),
    )
    assert result.returncode == 0
    assert "asked" not in result.stderr


def test_unpacked_links_and_linker_scripts_move_along(script, tmp_path: Path):
    arch = f"{os.uname().machine}-linux-gnu"
    lib = tmp_path / ".deps/root/usr/lib" / arch
    lib.mkdir(parents=True)
    (lib / "libonly_here_nonshared.a").touch()
    (lib / "absolute.so").symlink_to(f"/usr/lib/{arch}/libonly_here_nonshared.a")
    (lib / "of_the_system").symlink_to("/proc/self/exe")
    (lib / "libc.so").write_text(
        f"GROUP ( /proc/version /usr/lib/{arch}/libonly_here_nonshared.a )\n"
    )
    assert script("fit_unpacked").returncode == 0
    assert (lib / "absolute.so").exists()
    assert os.readlink(lib / "of_the_system") == "/proc/self/exe"
    assert (
        lib / "libc.so"
    ).read_text() == f"GROUP ( /proc/version {lib}/libonly_here_nonshared.a )\n"


def test_a_failing_step_shows_the_end_of_its_log_and_where_the_rest_is(script, tmp_path: Path):
    result = script("quietly 'a step' bash -c 'echo the cause; exit 7'; echo not reached")
    assert result.returncode == 1
    assert "the cause" in result.stderr
    assert str(tmp_path / ".deps/log/a_step.log") in result.stderr
    assert result.stdout == ""


def test_without_a_terminal_nobody_agrees_unless_yes_is_given(script):
    assert script("confirm 'Really?' && echo agreed || echo refused").stdout == "refused\n"
    assert script("given[--yes]=1; confirm 'Really?' && echo agreed").stdout == "agreed\n"


def test_no_cuda_builds_the_cpu_half_whatever_is_installed(script):
    assert script("given[--no-cuda]=1; choose_cuda; echo $preset").stdout == "cpu\n"


@pytest.mark.parametrize(
    ("line", "release"),
    [
        ("NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 2024", "535"),
        (
            "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build",
            "580",
        ),
        ("something else", ""),
    ],
)
def test_the_drivers_release_is_read(script, tmp_path: Path, line, release):
    (tmp_path / "version").write_text(line + "\nGCC version:  gcc version 12.2.0\n")
    assert script("driver_release version || true").stdout.strip() == release


def test_a_wrong_cudacxx_is_named(script):
    result = script("choose_cuda", CUDACXX="/no/such/nvcc")
    assert result.returncode == 2
    assert "/no/such/nvcc" in result.stderr


@pytest.mark.parametrize(
    ("word", "meant"),
    [("bnech", "bench"), ("docter", "doctor"), ("bundles", "bundle"), ("zzz", "")],
)
def test_near_miss(script, word, meant):
    expected = f" (did you mean {meant}?)" if meant else ""
    assert script(f"near_miss {word} bench test doctor bundle").stdout == expected


FETCHING = """preset={}; need_venv() {{ :; }}
quietly() {{ echo "fetching with ${{*: -1}}"; mkdir -p "$cuda_headers"; {}; }}
cuda_headers=$deps/cuda-headers  # follows deps, which the tests move
"""
HAVE_THEM = """mkdir -p "$cuda_headers"
cp "$top/setup/requirements-cuda-headers.txt" "$cuda_headers/installed"
"""


@pytest.mark.parametrize(
    ("preset", "before", "fetched"),
    [
        ("cpu", "", True),
        ("cpu", "given[--no-cuda]=1; ", False),
        ("cpu", HAVE_THEM, False),
        ("cpu", 'mkdir -p "$cuda_headers"; ', True),  # cut short before
        ("cuda", "", False),
    ],
)
def test_cudas_headers_are_fetched_where_there_is_no_toolkit(script, preset, before, fetched):
    if os.uname().machine not in ("x86_64", "aarch64"):
        pytest.skip("PyPI has no CUDA for this machine")
    result = script(FETCHING.format(preset, "true") + before + "need_cuda_headers")
    assert result.returncode == 0, result.stderr
    assert ("requirements-cuda-headers.txt" in result.stdout) == fetched


def test_without_cudas_headers_the_rest_is_tested(script):
    if os.uname().machine not in ("x86_64", "aarch64"):
        pytest.skip("PyPI has no CUDA for this machine")
    result = script(
        FETCHING.format("cpu", "exit 1") + 'need_cuda_headers; echo "on, $(ls -d "$cuda_headers")"'
    )
    assert "not executed on the host" in result.stderr
    assert "on, " in result.stdout
    assert not result.stdout.splitlines()[-1].endswith("cuda-headers")


NEED_PYTORCH = """
pytorch_venv=$deps/venv-pytorch
need_venv() { mkdir -p "$venv/bin"; ln -sf "$(command -v python3)" "$venv/bin/python"; }
quietly() { echo "$1"; }
need_packages() { echo "apt: $*"; }
"""


def test_pytorch_is_installed_apart_and_once(script):
    headers = NEED_PYTORCH + "has_python_headers() { true; }; need_pytorch; echo $venv"
    first, again = script(headers), script(headers)
    assert first.returncode == 0, first.stderr
    installing, venv = first.stdout.splitlines()
    assert "requirements-pytorch.txt into venv-pytorch" in installing
    assert venv.endswith("/.venv"), "the project's own stays what it was"
    assert again.stdout.splitlines() == [venv]


def test_without_pythons_headers_nothing_is_measured(script):
    result = script(NEED_PYTORCH + "has_python_headers() { false; }; need_pytorch; echo measured")
    assert result.returncode == 1
    assert "apt: python_headers" in result.stdout
    assert "measured" not in result.stdout
    assert "python3-dev" in result.stderr
    assert script("missing_packages python_headers").stdout == "python3-dev\n"


@pytest.mark.parametrize(("header", "status"), [("Python.h", 0), ("Other.h", 1)])
def test_pythons_headers_are_looked_for_where_they_are(script, tmp_path: Path, header, status):
    (tmp_path / header).touch()
    venv = "need_venv; mkdir -p sysconfig; " + (
        f"printf 'def get_path(_): return \"{tmp_path}\"' >sysconfig/__init__.py"
    )
    text = NEED_PYTORCH + f"venv=$pytorch_venv; {venv}; PYTHONPATH=$PWD has_python_headers"
    assert script(text).returncode == status


FETCHING_CUDNN = """preset={}; CUDACXX={}; need_venv() {{ :; }}
into=$deps/cudnn-packages/nvidia/cudnn
quietly() {{ echo "fetching with ${{*: -1}}"; mkdir -p "$into/lib"; {}; }}
need_cudnn
"""


@pytest.fixture
def nvcc(tmp_path: Path) -> Path:
    """A toolkit of CUDA 13 without cuDNN."""
    if any(Path("/usr/include").rglob("cudnn_graph.h")):
        pytest.skip("this system has a cuDNN")
    program = tmp_path / "toolkit/bin/nvcc"
    program.parent.mkdir(parents=True)
    (tmp_path / "toolkit/include").mkdir()
    program.write_text('#!/bin/sh\necho "Cuda compilation tools, release 13.0, V13.0.88"\n')
    program.chmod(0o755)
    return program


def test_cudnn_is_fetched_where_the_toolkit_has_none(script, nvcc: Path, tmp_path: Path):
    first = script(FETCHING_CUDNN.format("cuda", nvcc, "true"))
    assert "requirements-cudnn.txt" in first.stdout
    assert (tmp_path / ".deps/cudnn/lib").is_dir()
    again = script(FETCHING_CUDNN.format("cuda", nvcc, "true"))
    assert again.stdout == ""
    assert script(FETCHING_CUDNN.format("cpu", nvcc, "true")).stdout == ""


def test_a_toolkits_own_cudnn_is_taken(script, nvcc: Path):
    (nvcc.parents[1] / "include/cudnn_graph.h").touch()
    assert script(FETCHING_CUDNN.format("cuda", nvcc, "true")).stdout == ""


def test_without_cudnn_the_rest_is_built_and_that_is_said(script, nvcc: Path, tmp_path: Path):
    failed = script(FETCHING_CUDNN.format("cuda", nvcc, "exit 1") + "echo on")
    assert "on" in failed.stdout
    assert "Without cuDNN its rows are skipped" in failed.stderr
    assert not (tmp_path / ".deps/cudnn-packages").exists()
    nvcc.write_text(nvcc.read_text().replace("13.0", "12.9"))
    older = script(FETCHING_CUDNN.format("cuda", nvcc, "true"))
    assert older.stdout == ""
    assert "for CUDA 13 only" in older.stderr
