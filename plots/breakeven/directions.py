"""The directions of a network's convolutions side by side: forward, backward to data, to weights.

A direction is that of the layer, the last word of its row's name in the list: a transposed
convolution's forward pass is another convolution's gradient, and is forward here.
"""

from __future__ import annotations

import math
import re
from typing import Any

from breakeven.passes import Total
from breakeven.quantities import NOTHING, giga, percent, times, with_prefix
from breakeven.rows import records
from breakeven.table import Table

DIRECTIONS = ("fprop", "dgrad", "wgrad")


def direction_table(total: Total) -> Table:
    """What each direction takes of the pass; no row where the pass has no directions. A time stands
    only where all of its problems were measured."""
    table = Table(
        ["<direction", "calls", "of FLOPs", "CPU", "of CPU", "CPU GFLOP/s", "GPU kernels", "of GPU",
         "GPU GFLOP/s", "CPU ÷ GPU"]
    )  # fmt: skip
    layers = _layers(total)
    work = (total.rows["flops"] * total.rows["calls"]).sum()
    for direction in DIRECTIONS:
        rows = [row[direction] for row in layers.values() if direction in row]
        if not rows:
            continue
        flops, cpu, gpu = (
            sum(row[name] * row["calls"] for row in rows) for name in ("flops", "cpu_s", "kernel_s")
        )
        table.add(
            direction,
            str(sum(row["calls"] for row in rows)),
            percent(flops / work),
            with_prefix(cpu, "s"),
            percent(cpu / total.seconds("cpu_s")),
            giga(flops / cpu),
            with_prefix(gpu, "s"),
            percent(gpu / total.seconds("kernel_s")),
            giga(flops / gpu),
            times(cpu / gpu),
        )
    return table if total.on_gpu else table.leading(6)


def layer_table(total: Total) -> Table:
    """Each layer's rate in every direction, and where there is a GPU how much faster it is."""
    table = Table(
        ["<layer", *(f"CPU {name} GFLOP/s" for name in DIRECTIONS),
         *(f"GPU {name} GFLOP/s" for name in DIRECTIONS),
         *(f"{name} CPU ÷ GPU" for name in DIRECTIONS)]
    )  # fmt: skip
    for layer, by_direction in _layers(total).items():
        rows = [by_direction.get(name) for name in DIRECTIONS]
        table.add(
            layer,
            *(_rate(row, "cpu_s") for row in rows),
            *(_rate(row, "kernel_s") for row in rows),
            *(times(row["cpu_s"] / row["kernel_s"]) if row else NOTHING for row in rows),
        )
    return table if total.on_gpu else table.leading(4)


def _rate(row: dict[str, Any] | None, seconds: str) -> str:
    return giga(row["flops"] / row[seconds] if row else math.nan)


def _layers(total: Total) -> dict[str, dict[str, dict[str, Any]]]:
    """The rows of a pass by layer, in the order of their names, and direction."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in records(total.rows):
        layer, _, direction = total.sweep.name(row["case"]).rpartition(".")
        if direction in DIRECTIONS:
            found.setdefault(layer, {})[direction] = row
    return dict(sorted(found.items(), key=lambda item: _natural(item[0])))


def _natural(name: str) -> list[tuple[int, str]]:
    """Numbers in a name count as such: conv2 before conv10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]
