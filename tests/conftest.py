"""What the tests of every room share: where the built programs are."""

import os
import signal
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# A script's job in the background ignores Ctrl-C, and so would every program tested here.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the source tree."""
    return ROOT


@pytest.fixture(scope="session")
def build_dir() -> Path:
    """The build under test: BREAKEVEN_BUILD_DIR (./breakeven test sets it), else the newest."""
    if named := os.environ.get("BREAKEVEN_BUILD_DIR"):
        return Path(named)
    built = [path for path in (ROOT / "build").glob("*/bin") if path.parent.name in ("cuda", "cpu")]
    if not built:
        pytest.fail("nothing is built: run ./breakeven build, or set BREAKEVEN_BUILD_DIR")
    return max(built, key=lambda path: path.stat().st_mtime).parent


@pytest.fixture(scope="session")
def program(build_dir: Path):
    """program(name): the path of a program of the build, the benchmarks' or the tests' own."""

    def find(name: str) -> Path:
        for folder in ("bin", "tests"):
            if (path := build_dir / folder / name).is_file():
                return path
        pytest.fail(
            f"{name} is not in {build_dir}/bin nor {build_dir}/tests: run ./breakeven build"
        )

    return find
