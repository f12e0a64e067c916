"""The shell lines of examples/ci are executed, so that they cannot rot."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

# What a CI system would provide; small, so that the lines are checked and not the machine.
SMALL = {"PRESET": "smoke", "FILTER": "m64n64k64/cpu/(naive|openblas)$", "ROUNDS": "2"}


@pytest.fixture
def shell(tree: Path, tmp_path: Path, cuda_option: str):
    """shell(lines): status and output; ./breakeven stays on the build under test."""

    def run(lines: str, **variables: str) -> subprocess.CompletedProcess[str]:
        lines = re.sub(r"(\./breakeven (bench|ab)) ", rf"\1 {cuda_option} ", lines)
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", lines], cwd=tree, capture_output=True, text=True,
            timeout=600, check=False, stdin=subprocess.DEVNULL,
            env={**os.environ, **SMALL, "GITHUB_STEP_SUMMARY": str(tmp_path / "page.md"),
                 **variables},
        )  # fmt: skip

    return run


def recipe(root: Path, name: str) -> dict[str, Any]:
    return yaml.safe_load((root / "examples/ci" / name).read_text())


def steps(job: dict[str, Any]) -> list[str]:
    return [step["run"] for step in job["steps"] if "run" in step]


def passes(result: subprocess.CompletedProcess[str], *statuses: int) -> None:
    assert result.returncode in (statuses or (0,)), result.stdout + result.stderr


def test_github_actions(root: Path, shell, tree: Path, tmp_path: Path):
    jobs = recipe(root, "github-actions.yml")["jobs"]
    for line in steps(jobs["baseline"]):
        passes(shell(line))
    measure, gate, page = steps(jobs["gate"])
    passes(shell(measure))
    passes(shell(gate), 0, 1)  # a loaded machine may well be slower
    passes(shell(page))
    assert "Gate: " in (tmp_path / "page.md").read_text()
    for artefact in ("run", "gate"):
        assert (tree / artefact).is_dir()


def test_github_actions_with_a_gpu(root: Path, shell):
    jobs = recipe(root, "github-actions.yml")["jobs"]
    measure, gate, page = steps(jobs["gpu"])
    for line in steps(jobs["gpu-baseline"]):
        passes(shell(line), 0, 1)  # 1: no GPU here
    result = shell(measure)
    if result.returncode == 0:
        passes(shell(gate), 0, 1, 2)
    else:
        assert result.returncode == 1
        assert "--require-cuda" in result.stderr
    passes(shell(page))


def test_github_actions_in_alternation(root: Path, shell, build_dir: Path, tmp_path: Path):
    job = recipe(root, "github-actions-ab.yml")["jobs"]["ab"]
    measure, page = steps(job)
    # A git reference would be built anew, for minutes: programs that are there stand for both.
    measure = measure.replace(" HEAD ", f" {build_dir}/bin ")
    passes(shell(measure, BASE=str(build_dir / "bin")), 0, 1)
    passes(shell(page))
    assert "Measured in alternation" in (tmp_path / "page.md").read_text()


def test_gitlab(root: Path, shell, tree: Path):
    jobs = recipe(root, "gitlab-ci.yml")
    for line in jobs["baseline"]["script"]:
        passes(shell(line))
    for line in jobs["gate"]["script"]:
        passes(shell(line), 0, 1)
    assert (tree / jobs["gate"]["artifacts"]["reports"]["junit"]).is_file()


def test_slurm(root: Path, shell, tree: Path, cuda_option: str):
    script = root / "examples/ci/slurm-array.sh"
    assert script.read_text().startswith("#!/bin/bash\n")
    for task in ("0", "1"):
        variables = {"BREAKEVEN": "./breakeven", "RUNS": "runs", "SLURM_ARRAY_TASK_ID": task}
        options = f"--side cpu {cuda_option}"
        passes(shell(script.read_text(), **variables, BENCH_OPTIONS=options))
    assert len(list((tree / "runs").iterdir())) == 2
    passes(shell("./breakeven compare runs/*"))


def test_every_recipe_is_documented_and_tested(root: Path):
    names = {path.name for path in (root / "examples/ci").iterdir()}
    page = (root / "docs/ci.md").read_text()
    here = Path(__file__).read_text()
    for name in names:
        assert f"../examples/ci/{name}" in page
        assert name in here
