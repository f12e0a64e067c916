"""./breakeven ab, compare, gate and baselines with the real programs."""

import json
import subprocess
from pathlib import Path

import pytest

SMALL = ("--preset", "smoke", "--side", "cpu", "--filter", "^gemm/f32/nn/m512n512k512/cpu/openblas")


@pytest.fixture
def breakeven(run_command, tree: Path):
    """breakeven(*arguments): the front door of that tree."""
    return lambda *arguments: run_command("./breakeven", *arguments, cwd=tree)


def rounds(file: Path) -> list[dict]:
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    return [row for row in rows if row["kind"] == "run"]


def test_two_builds_are_measured_in_alternation(
    breakeven, build_dir: Path, tmp_path: Path, cuda_option: str
):
    out = tmp_path / "ab"
    result = breakeven("ab", build_dir / "bin", build_dir / "tests/planted_10", cuda_option, *SMALL,
                       "--rounds", "3", "--out", out, "--margin", "300")  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    base, new = (rounds(out / "first" / side / "run.jsonl") for side in ("base", "new"))
    measured = [row for row in base if row["program"] == "gemm_bench"]
    assert len(measured) == len([row for row in new if row["program"] == "gemm_bench"]) == 6
    assert [row["seed"] for row in measured] == [1, 1, 2, 2, 3, 3], "a fresh order each round"
    assert {row["repetitions"] for row in measured} == {1}
    assert [row["budget_s"] for row in measured] == pytest.approx([30, 30, 60, 60, 90, 90])
    # ABBA: base, new, new, base; new, base, base, new.
    starts = sorted([(row["started"], 0) for row in base] + [(row["started"], 1) for row in new])
    assert starts[0][1] == 0
    assert "Measured in alternation (3 rounds" in (out / "gate.md").read_text()
    assert {"gate.json", "junit.xml", "compare.md"} <= {path.name for path in out.iterdir()}


def test_what_looks_slower_is_measured_again(
    breakeven, build_dir: Path, tmp_path: Path, cuda_option: str
):
    """Whether anything does is the machine's affair: tests/detection shows what is found."""
    out = tmp_path / "ab"
    result = breakeven("ab", build_dir / "bin", build_dir / "tests/planted_10", cuda_option, *SMALL,
                       "--rounds", "2", "--margin", "0", "--out", out)  # fmt: skip
    assert result.returncode in (0, 1), result.stderr
    document = json.loads((out / "gate.json").read_text())
    assert {key["implementation"] for key in document["keys"]} == {"openblas"}
    assert (out / "again").is_dir() == ("Measuring again" in result.stderr)


def test_a_program_that_ends_midway_ends_the_session(
    breakeven, build_dir: Path, tmp_path: Path, cuda_option: str
):
    """NEW is a program that in its second round does not get as far as its last row."""
    broken = tmp_path / "broken" / "gemm_bench"
    broken.parent.mkdir()
    broken.write_text(
        f"""#!/usr/bin/env bash
        {build_dir}/bin/gemm_bench "$@" || exit
        for option; do
          case $option in --run-out=*) file=${{option#*=}} ;; --round=2/*) ends=1 ;; esac
        done
        if [[ -n ${{ends-}} ]]; then sed -i '$d' "$file"; kill -SEGV $$; fi
        """
    )
    broken.chmod(0o755)
    out = tmp_path / "ab"
    result = breakeven("ab", build_dir / "bin", broken.parent, cuda_option, *SMALL, "--rounds", "3",
                       "--out", out)  # fmt: skip
    assert result.returncode == 1
    assert "(new) ended in the middle of gemm/f32/nn/m512n512k512, round 2" in result.stderr
    assert not (out / "gate.md").exists()


def test_noise_is_written_for_this_machine_and_used(
    breakeven, build_dir: Path, tree: Path, tmp_path: Path, cuda_option: str
):
    result = breakeven("ab", "--noise", build_dir / "bin", cuda_option, *SMALL, "--rounds", "3",
                       "--out", tmp_path / "aa")  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "smallest slowdown" in result.stdout
    (path,) = (tree / "results/local/noise").iterdir()
    document = json.loads(path.read_text())
    assert {key["implementation"] for key in document["keys"]} == {"openblas"}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["ab"], "ab needs BASE"),
        (["ab", "no-such-ref"], "'no-such-ref' is neither a git reference nor a directory"),
        (["ab", "--noise", "HEAD", "HEAD"], "measures one state against itself"),
        (["ab", "HEAD", "--rounds", "1"], "--rounds must be from 2"),
        (["ab", "HEAD", "--rounds", "1001"], "to 1000"),
        (["ab", "HEAD", "--margin", "lots"], "a percentage from 0 on"),
        (["bench", "--baseline", "none"], "there is no baseline 'none'"),
        (["bench", "--save-baseline", "../x"], "letters, digits"),
    ],
)
def test_bad_input_is_refused_before_anything_is_built(front, arguments, complaint):
    result = front(*arguments)
    assert result.returncode == 2
    (line,) = result.stderr.splitlines()
    assert complaint in line


def test_a_git_reference_is_built_beside_this_tree(script, root: Path, tmp_path: Path):
    """programs_of checks the reference out and builds that, not this tree."""
    repository = tmp_path / "repository"
    subprocess.run(["git", "init", "-q", repository], check=True)
    (repository / "CMakeLists.txt").write_text("one\n")
    git = ["git", "-C", repository, "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "one"], check=True)
    (repository / "CMakeLists.txt").write_text("two\n")
    result = script(
        f"""top='{repository}'; preset=cpu
        configure() {{ echo "configure $top: $(<"$top/CMakeLists.txt")"; }}
        compile() {{ echo "compile $*"; }}
        programs_of HEAD"""
    )
    assert result.returncode == 0, result.stderr
    commit = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True,
                            check=True).stdout[:12]  # fmt: skip
    built = repository / "build/ab" / commit
    assert result.stdout.strip() == f"{built}/build/cpu/bin"
    assert f"configure {built}: one" in result.stderr
    assert "compile cpu programs" in result.stderr


def test_a_baseline_is_saved_and_compared_with(breakeven, tree: Path, tmp_path: Path,
                                               cuda_option: str):  # fmt: skip
    saved = breakeven(
        "bench", cuda_option, *SMALL, "--out", tmp_path / "one", "--save-baseline", "main"
    )
    assert saved.returncode == 0, saved.stderr
    kept = tree / "results/local/baselines/main/run.jsonl"
    assert kept.read_bytes() == (tmp_path / "one/run.jsonl").read_bytes()
    again = breakeven(
        "bench", cuda_option, *SMALL, "--out", tmp_path / "two", "--baseline", kept.parent.name
    )
    assert again.returncode == 0, again.stderr
    assert "two (NEW) against main (BASE)" in again.stdout
    assert (tmp_path / "two/compare.md").is_file()
