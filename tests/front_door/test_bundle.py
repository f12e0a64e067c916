"""The bundle, unpacked into an empty folder and run with an empty environment."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Bundle = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def archive(run_command, root: Path, cuda_option: str, tmp_path_factory) -> Path:
    """The archive, made once for all tests here."""
    file = tmp_path_factory.mktemp("archive") / "bundle.tar.gz"
    made = run_command("./breakeven", "bundle", cuda_option, "--out", file, cwd=root)
    assert made.returncode == 0, made.stderr
    return file


@pytest.fixture(scope="module")
def unpacked(archive: Path, tmp_path_factory) -> Path:
    """The one folder that the archive holds."""
    place = tmp_path_factory.mktemp("elsewhere")
    subprocess.run(["tar", "-xf", archive, "-C", place], check=True)
    (folder,) = place.iterdir()
    return folder


@pytest.fixture(scope="module")
def bundle(run_command, unpacked: Path) -> Bundle:
    """bundle(*arguments, **variables): its run script with no other environment."""

    def run(*arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = [f"{name}={value}" for name, value in variables.items()]
        return run_command(
            "env",
            "-i",
            "PATH=/usr/bin:/bin",
            *environment,
            unpacked / "run",
            *arguments,
            cwd=unpacked.parent,
        )

    return run


def test_it_is_small(archive: Path):
    """Machines that it is carried to may take no more than 64 MiB."""
    assert archive.stat().st_size <= 60_000_000


def test_no_program_reaches_out_of_the_bundle_for_a_library(unpacked: Path, run_command):
    system = (
        "libc.so",
        "libm.so",
        "libmvec.so",
        "libdl.so",
        "librt.so",
        "libpthread.so",
        "libresolv.so",
        "ld-linux",
    )
    for program in (unpacked / "bin").iterdir():
        for line in run_command(
            "env", "-i", "/usr/bin/ldd", program, cwd=unpacked
        ).stdout.splitlines():
            name, _, place = line.strip().partition(" => ")
            assert "not found" not in place
            if place and not name.startswith(system):
                assert place.startswith(str(unpacked)), line


def test_doctor_runs(bundle: Bundle):
    result = bundle("doctor", "--json")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)


def test_the_compiled_tests_run(bundle: Bundle):
    result = bundle("test", "--gtest_filter=*GemmProblem*:*List*")
    assert result.returncode == 0, result.stdout
    assert "[  PASSED  ]" in result.stdout
    assert "[  PASSED  ] 0 tests" not in result.stdout


def test_bench_writes_a_run_that_report_reads(
    bundle: Bundle, root: Path, run_command, unpacked: Path
):
    result = bundle(
        "bench", "--preset", "smoke", "--side", "cpu", "--filter", "m64n64k64", "--out", "run"
    )
    assert result.returncode == 0, result.stderr
    run = unpacked.parent / "run"
    kinds = [json.loads(line)["kind"] for line in (run / "run.jsonl").read_text().splitlines()]
    assert {"run", "ceiling", "case", "end"} <= set(kinds)
    assert "./breakeven report" in result.stderr
    drawn = run_command("./breakeven", "report", run, cwd=root)
    assert drawn.returncode == 0, drawn.stderr
    assert (run / "report.md").is_file()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["bnech"], "did you mean bench?"),
        (["bench", "--preset", "fast"], "smoke, quick, standard or full"),
        (["bench", "--out", "/usr"], "already in use"),
        (["bench", "--filter", "no such case"], "no such case"),
        (["bench", "--with-pytorch"], "bench has no option --with-pytorch"),
    ],
)
def test_bad_input_is_refused(bundle: Bundle, arguments, says):
    result = bundle(*arguments)
    assert result.returncode == 2
    assert says in result.stderr


def test_an_older_c_library_gets_a_clear_line(bundle: Bundle, unpacked: Path):
    needed = unpacked / "share/breakeven/glibc"
    before = needed.read_text()
    try:
        needed.write_text("2.99\n")
        result = bundle("doctor")
    finally:
        needed.write_text(before)
    assert result.returncode == 1
    assert "needs glibc 2.99 or newer, and this system has 2." in result.stderr


@pytest.fixture
def cublas(unpacked: Path) -> str:
    """The name of the library that a bundle with CUDA looks for."""
    version = unpacked / "share/breakeven/cuda"
    if not version.exists():
        pytest.skip("this build has no CUDA half")
    return f"libcublas.so.{version.read_text().strip()}"


def test_cublas_is_looked_for_and_its_place_is_named(bundle: Bundle, cublas: str, tmp_path: Path):
    (tmp_path / cublas).touch()
    result = bundle("bench", "--list", LD_LIBRARY_PATH=str(tmp_path))
    assert f"{cublas}: {tmp_path} (LD_LIBRARY_PATH)" in result.stderr


def test_cublas_is_found_in_the_wheels_of_a_python_environment(
    bundle: Bundle, cublas: str, tmp_path: Path
):
    wheel = tmp_path / "lib/python3.11/site-packages/nvidia/cu13/lib"
    wheel.mkdir(parents=True)
    (wheel / cublas).touch()
    result = bundle("bench", "--list", VIRTUAL_ENV=str(tmp_path))
    if "loader's own path" in result.stderr or "/usr/local/cuda" in result.stderr:
        pytest.skip("this system has a cuBLAS that comes first")
    assert f"{cublas}: {wheel}" in result.stderr
