"""What a README says of whole networks: training steps here and in PyTorch."""

from __future__ import annotations

import numpy as np

from breakeven.networks.pytorch import against_pytorch
from breakeven.networks.subjects import networks_of
from breakeven.networks.tables import images
from breakeven.quantities import NOTHING, times, times_with_interval
from breakeven.rows import records
from breakeven.table import Table
from breakeven.tables import FLAG_MARK
from breakeven.view import View

_SIDES = {"cpu": "CPU", "cuda": "GPU"}
_EAGER, _COMPILED = "pytorch_eager", "pytorch_compiled"


def brief_table(view: View) -> Table:
    """Of each training step that PyTorch did too: this project's fastest engine beside PyTorch's,
    on each side, on the CPU on the most threads that were measured; no rows without PyTorch's."""
    table = Table(
        ["<training step", "batch", "<side", "<fastest here", "images/s", "PyTorch eager",
         "<eager ÷ here", "compiled ÷ here"]
    )  # fmt: skip
    rows = against_pytorch(view, "median_s")
    if rows.empty:
        return table
    rows = rows[(rows["cache"] == view.cache) & (rows["math_mode"] == "default")]
    rows = rows[rows["threads"] == rows.groupby("side")["threads"].transform("max")]
    for sweep in networks_of(view.run):
        own = rows[rows["case"].isin(list(sweep.sizes) if sweep.trains else [])]
        eager = own[own["implementation"] == _EAGER]
        ratios = own[own["implementation"] == _COMPILED].set_index(["case", "side"])["effect"]
        compiled = {key: times(float(np.exp(effect))) for key, effect in ratios.items()}
        for row in records(eager.assign(batch=eager["case"].map(sweep.sizes))):
            table.add(
                sweep.network,
                sweep.name(row["case"]),
                _SIDES[row["side"]],
                row["ours"],
                images(row["batch"] / row["base_s"]) + (FLAG_MARK if row["our_flags"] else ""),
                images(row["batch"] / row["new_s"]) + (FLAG_MARK if row["flags"] else ""),
                times_with_interval(*(np.exp(row[name]) for name in ("effect", "low", "high"))),
                compiled.get((row["case"], row["side"]), NOTHING),
            )
    return table
