"""Run files with whole networks, as PyTorch finds them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from synthetic_run import Synthetic

STEP, INFERENCE = "train/f32/mlp_8x8/b4/step", "infer/f32/cnn_8x8/b1"


def rows_with_networks(**fields) -> list[dict]:
    """A synthetic run whose only two problems are whole networks; `fields` go into its header."""
    rows = Synthetic(gpu=False, squares=[32, 64], repetitions=2).rows()
    names = {"gemm/f32/nn/m32n32k32": STEP, "gemm/f32/nn/m64n64k64": INFERENCE}
    for row in rows:
        if row["kind"] == "run":
            row |= {"preset": "smoke", **fields}
        if row["kind"] == "case":
            row |= {"case": names[row["case"]], "items": 4, "judged_by": "flops"}
    return rows


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., Path]:
    """make_run(rows, **fields): the path of a run file with these rows, or with networks."""

    def make(rows: list[dict] | None = None, **fields) -> Path:
        path = tmp_path / "run.jsonl"
        lines = [json.dumps(row) + "\n" for row in rows or rows_with_networks(**fields)]
        path.write_text("".join(lines))
        return path

    return make
