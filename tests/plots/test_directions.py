"""The directions of a network's convolutions side by side."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from breakeven.directions import direction_table, layer_table
from breakeven.passes import Total, totals_of
from breakeven.run import read_run
from breakeven.view import view_of
from synthetic_run import Synthetic

# By size: the layer's row and how often it is in a step.
ROWS = {
    64: ("conv10.fprop", 2), 96: ("conv2.dgrad", 1), 128: ("conv10.dgrad", 2),
    256: ("conv2.fprop", 1), 512: ("conv2.wgrad", 1), 1024: ("conv10.wgrad", 3),
}  # fmt: skip


def step(folder: Path, **changes) -> Total:
    """A made-up network of two layers, whose problems are squares."""
    path = Synthetic(squares=list(ROWS), noise=0.0, **changes).write(folder)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        if row["kind"] in ("case", "pair"):
            size = int(re.findall(r"/m(\d+)n", row["case"])[0])
            name, times = ROWS[size]
            tag = f"net:{name}"
            row |= {"tags": [tag], "multiplicities": {tag: times}}
        elif row["kind"] == "run":
            row["passes"] = {"net": "one step of a net"}
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    view = view_of(read_run(path))
    return totals_of(view.run, view.rates, view.sweeps[0])[0]


def test_each_direction_is_added_up(tmp_path: Path) -> None:
    total = step(tmp_path)
    table = direction_table(total)
    assert [row[0] for row in table.rows] == ["fprop", "dgrad", "wgrad"]
    assert [row[1] for row in table.rows] == ["3", "3", "4"]
    shares = [float(row[4].removesuffix(" %")) for row in table.rows]
    assert sum(shares) == pytest.approx(100, abs=1)
    wgrad = total.rows[total.rows["flops"] >= 2 * 512**3]
    seconds = (wgrad["cpu_s"] * wgrad["calls"]).sum()
    assert table.rows[2][3] == f"{1e3 * seconds:.1f} ms"


def test_layers_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    table = layer_table(step(tmp_path))
    assert [row[0] for row in table.rows] == ["conv2", "conv10"]
    assert len(table.columns) == 10


def test_without_a_gpu_there_is_the_cpu_alone(tmp_path: Path) -> None:
    total = step(tmp_path, gpu=False)
    assert direction_table(total).columns[-1] == "CPU GFLOP/s"
    assert layer_table(total).columns[-1] == "CPU wgrad GFLOP/s"


def test_a_direction_that_lacks_a_problem_has_no_time(tmp_path: Path) -> None:
    names = ("naive", "reordered", "onednn", "openblas", "onednn_packed")
    faults = {("gemm/f32/nn/m96n96k96", name): ("skipped", "too long") for name in names}
    total = step(tmp_path, gpu=False, faults=faults)
    times = {row[0]: row[3] for row in direction_table(total).rows}
    assert times["dgrad"] == "–"
    assert "–" not in (times["fprop"], times["wgrad"])
    assert next(row[2] for row in layer_table(total).rows) == "–"


def test_a_pass_without_directions_has_no_rows(dtypes_view) -> None:
    view = dtypes_view
    sweep = next(sweep for sweep in view.sweeps if sweep.is_pass)
    total = totals_of(view.run, view.rates, sweep)[0]
    assert direction_table(total).rows == []
    assert layer_table(total).rows == []
