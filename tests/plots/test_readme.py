"""The generated parts of a README."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from breakeven import cli, readme
from breakeven.errors import InputError
from synthetic_run import ROOT, Synthetic
from synthetic_training import SyntheticTraining

EMPTY = """\
# Title

<!-- breakeven:picture -->
<!-- /breakeven:picture -->

Text stays.

<!-- breakeven:table -->
old
<!-- /breakeven:table -->

The end.
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    Synthetic(gpu=False).write(tmp_path / "results/recorded/laptop")
    (tmp_path / "README.md").write_text(EMPTY)
    return tmp_path


def update(project: Path, *arguments: str) -> int:
    return cli.main(["readme", *arguments, "--file", str(project / "README.md")])


def test_update_writes_table_picture_and_source(project: Path) -> None:
    assert update(project, str(project / "results/recorded/laptop")) == 0
    text = (project / "README.md").read_text()
    assert "<!-- generated from results/recorded/laptop/run.jsonl -->" in text
    assert "Measured on AMD EPYC 9R14 (2 threads), quick preset, 2025-01-02" in text
    assert "| 1024 | onednn_packed | 2 |" in text
    assert "No GPU was measured: there is no NVIDIA driver" in text
    assert "rate against size; AMD EPYC 9R14 (2 threads)](docs/images/recorded.png)" in text
    assert (project / "docs/images/recorded.png").is_file()
    assert (project / "docs/images/recorded.svg").is_file()
    assert "Text stays." in text
    assert text.endswith("The end.\n")
    assert "old" not in text


def test_update_again_changes_nothing(project: Path) -> None:
    update(project, str(project / "results/recorded/laptop/run.jsonl"))
    text = (project / "README.md").read_text()
    assert update(project) == 0  # the run is named in the file
    assert (project / "README.md").read_text() == text
    assert update(project, "--check") == 0


def test_check_finds_an_edited_table(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    update(project, str(project / "results/recorded/laptop"))
    path = project / "README.md"
    path.write_text(path.read_text().replace("| 1024 |", "| 1023 |"))
    assert update(project, "--check") == 1
    assert "differ from" in capsys.readouterr().err


def test_check_finds_a_picture_of_other_data(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = project / "results/recorded/laptop/run.jsonl"
    update(project, str(source))
    rows = [json.loads(line) for line in source.read_text().splitlines()]
    for row in rows:  # below the digits of the table
        if row.get("implementation") == "naive" and row["status"] == "ok":
            row["median_s"] *= 1 + 1e-4 if row["repetition"] % 2 else 1
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert update(project, "--check") == 1
    assert "shows other data" in capsys.readouterr().err
    (project / "docs/images/recorded.png").unlink()
    assert "is missing" in str(readme.stale(project / "README.md"))


def test_gpu_run_shows_speedups(project: Path) -> None:
    Synthetic().write(project / "results/recorded/h200")
    update(project, str(project / "results/recorded/h200"))
    text = (project / "README.md").read_text()
    assert "GPU wins from n = 192 on" in text
    assert "GPU over the fastest CPU implementation; AMD EPYC 9R14 (2 threads) and NVIDIA" in text


def test_training_steps_stand_beside_pytorchs(project: Path) -> None:
    text = (project / "README.md").read_text()
    (project / "README.md").write_text(
        text + "\n<!-- breakeven:networks -->\nold\n<!-- /breakeven:networks -->\n"
    )
    run = project / "results/recorded/laptop/run.jsonl"
    update(project, str(run))
    assert "networks -->\n<!-- /breakeven:networks" in (project / "README.md").read_text()
    training = SyntheticTraining(pytorch=True, gpu=False, batches=(4, 8), noise=0.001)
    rows = training.write(project / "training").read_text().splitlines(keepends=True)
    run.write_text(run.read_text() + "".join(rows))
    update(project)
    lines = (project / "README.md").read_text().splitlines()
    steps = [line.split(" | ") for line in lines if line.startswith("| cnn ")]
    assert [row[1:4] for row in steps] == [["4", "CPU", "tuned"], ["8", "CPU", "library"]]
    assert readme.stale(project / "README.md") is None


def test_bad_input(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(InputError, match="names no recorded run"):
        readme.stale(project / "README.md")
    elsewhere = Synthetic(squares=[64, 128]).write(tmp_path_factory.mktemp("elsewhere"))
    with pytest.raises(InputError, match="is not below"):
        readme.update(project / "README.md", elsewhere)
    (project / "README.md").write_text("# no markers\n")
    with pytest.raises(InputError, match="lacks the markers"):
        readme.stale(project / "README.md")


OWN = ROOT / "README.md"


@pytest.mark.skipif(
    not OWN.is_file() or "<!-- generated from" not in OWN.read_text(),
    reason="README.md shows no recorded run yet",
)
def test_own_readme_is_current() -> None:
    assert readme.stale(OWN) is None
