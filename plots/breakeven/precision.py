"""One shape in every dtype: what lower precision buys on each side."""

from __future__ import annotations

from typing import Any

import pandas as pd

from breakeven.families import Sweep
from breakeven.names import label, place_of
from breakeven.pairs import pairs_of
from breakeven.quantities import NOTHING, giga, times
from breakeven.rows import records
from breakeven.table import Table
from breakeven.view import View

_LOW = {"bf16", "f16", "e4m3", "e5m2", "s8"}
# The rungs that compute on CUDA cores whatever the dtype; in low precision all others use tensor
# cores.
ON_CUDA_CORES = {
    "naive", "coalesced", "shared_tile", "register_tile_1d", "register_tile_2d", "vectorized",
    "warp_tile", "double_buffered", "multistage", "split_k",
}  # fmt: skip


def precision_table(view: View) -> tuple[str, Table]:
    """The shape in words, and a row for each dtype and math mode at the largest square that the
    most dtypes of an operation were measured on; an empty table where there are fewer than two."""
    table = Table(
        ["<dtype", "<layout", "<CPU", "GFLOP/s", "÷ f32", "<CUDA cores", "GFLOP/s",
         "<tensor cores", "GFLOP/s", "÷ CUDA cores in f32", "<CPU ÷ GPU: kernel", "<end to end"]
    )  # fmt: skip
    size, cases = _shape(view)
    if len(cases) < 2:
        return "", table
    units = {case: _fastest(view, case) for case, _ in cases.values()}
    plain = units[cases["f32"][0]] if "f32" in cases else {}
    for dtype, (case, sweep) in cases.items():
        for mode in ("default", "tf32"):
            cpu = units[case].get(("cpu", "default"))
            cores, tensor = (units[case].get((unit, mode)) for unit in ("cores", "tensor"))
            if mode != "default" and not (cores or tensor):
                continue
            table.add(
                label(dtype, mode, "", ""),
                case.split("/")[2],
                *_cells(cpu),
                _ratio(cpu, plain.get(("cpu", "default"))),
                *_cells(cores),
                *_cells(tensor),
                _ratio(tensor, plain.get(("cores", "default"))),
                *_speedups(view, sweep, case, mode),
            )
    return f"n = {size:.0f}", table if view.run.measured("cuda") else table.leading(5)


def _shape(view: View) -> tuple[float, dict[str, tuple[str, Sweep]]]:
    """The size, and by dtype its problem and sweep; nn where a dtype has several layouts."""
    by_shape: dict[tuple[str, float], dict[str, tuple[str, Sweep]]] = {}
    for sweep in view.sweeps:
        if not sweep.square or sweep.batch > 1:
            continue
        for case in view.measured_cases(sweep):
            there = by_shape.setdefault((sweep.family.operation, sweep.sizes[case]), {})
            if sweep.family.dtype not in there or sweep.family.layout == "nn":
                there[sweep.family.dtype] = (case, sweep)
    if not by_shape:
        return 0.0, {}
    shape = max(by_shape, key=lambda shape: (len(by_shape[shape]), shape[1]))
    return shape[1], dict(sorted(by_shape[shape].items(), key=lambda item: place_of(item[0])))


def _fastest(view: View, case: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The fastest row on the CPU, on CUDA cores and on tensor cores, by math mode."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in sorted(view.by_case[case], key=lambda row: row["seconds"]):
        unit = "cpu" if row["side"] == "cpu" else _unit(view, row)
        found.setdefault((unit, row["math_mode"]), row)
    return found


def _unit(view: View, row: dict[str, Any]) -> str:
    """What a CUDA row computed on: a run file does not say, but low precision and TF32 in other
    than the plain rungs do not run on CUDA cores, nor does what is faster than these can be."""
    if row["math_mode"] == "tf32":
        return "tensor"
    if row["dtype"] in _LOW:
        return "cores" if row["implementation"] in ON_CUDA_CORES else "tensor"
    vectors = view.run.vector_ceilings.get(row["dtype"], float("inf"))
    return "tensor" if row["rate"] > 1.05 * vectors else "cores"


def _cells(row: dict[str, Any] | None) -> tuple[str, str]:
    return (row["label"], giga(row["rate"])) if row else (NOTHING, NOTHING)


def _ratio(row: dict[str, Any] | None, plain: dict[str, Any] | None) -> str:
    return times(row["rate"] / plain["rate"]) if row and plain else NOTHING


def _speedups(view: View, sweep: Sweep, case: str, mode: str) -> tuple[str, str]:
    """The pair row's, as it stands in the file."""
    for setting in view.settings:
        if setting.math_mode == mode:
            pairs: pd.DataFrame = pairs_of(view.run, sweep, setting).rows
            for row in records(pairs[pairs["case"] == case]):
                return times(row["speedup_kernel"]), times(row["speedup_end_to_end"])
            break
    return NOTHING, NOTHING
