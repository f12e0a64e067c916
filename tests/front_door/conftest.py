"""Runs the front door's scripts the way a user does."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


def _run(
    *command: str | Path, cwd: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=dict(env) if env is not None else None,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.fixture(scope="session")
def run_command() -> Run:
    """run_command(*command, cwd, env): a command run to its end with its outputs captured."""
    return _run


@pytest.fixture
def fresh(root: Path, tmp_path: Path) -> Path:
    """A tree with the scripts alone: only what comes before any set-up can work in it."""
    tree = tmp_path / "fresh"
    tree.mkdir()
    for name in ("breakeven", "CMakeLists.txt"):
        shutil.copy2(root / name, tree / name)
    shutil.copytree(root / "setup", tree / "setup")
    return tree


@pytest.fixture
def front(fresh: Path) -> Run:
    """front(*arguments): ./breakeven in the fresh tree."""
    return lambda *arguments: _run("./breakeven", *arguments, cwd=fresh)


@pytest.fixture
def script(root: Path, tmp_path: Path) -> Run:
    """script(text, **variables): bash text run with all parts of the front door loaded."""

    def run(text: str, **variables: str) -> subprocess.CompletedProcess[str]:
        prelude = 'set -euo pipefail; top=$1; . "$top/setup/load.sh"; deps=$2/.deps\n'
        return _run(
            "bash",
            "-c",
            prelude + text,
            "_",
            root,
            tmp_path,
            cwd=tmp_path,
            env={**os.environ, **variables},
        )

    return run


@pytest.fixture
def tree(root: Path, tmp_path: Path) -> Path:
    """This tree with its build, but with a results folder of its own. The Python package is a copy:
    it looks for baselines and noise files beside itself."""
    tree = tmp_path / "tree"
    tree.mkdir()
    for entry in root.iterdir():
        if entry.name not in ("breakeven", "results", "plots"):
            (tree / entry.name).symlink_to(entry)
    shutil.copy2(root / "breakeven", tree / "breakeven")
    shutil.copytree(root / "plots", tree / "plots")
    return tree


@pytest.fixture(scope="session")
def cuda_option(build_dir: Path) -> str:
    """What keeps ./breakeven on the build under test."""
    return "--no-cuda" if build_dir.name == "cpu" else "--cuda"
