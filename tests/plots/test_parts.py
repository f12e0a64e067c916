"""The parts of a call: what is drawn of rows that have some."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from breakeven.figures.parts import parts_figure, parts_of
from breakeven.run import read_run
from breakeven.view import View, view_of
from synthetic_run import Synthetic


def with_parts(row: dict) -> dict:
    """A warm row of which a quarter of the time is the loss and the rest the forward pass."""
    if row["kind"] == "case" and row["cache"] == "warm" and row["median_s"]:
        seconds = row["median_s"]
        row["parts"] = {"forward_s": 0.75 * seconds, "loss_s": 0.25 * seconds, "closure": 1.0}
    return row


@pytest.fixture
def view(tmp_path: Path) -> View:
    source = Synthetic().write(tmp_path / "run")
    rows = [with_parts(json.loads(line)) for line in source.read_text().splitlines()]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return view_of(read_run(source))


def test_parts_are_medians_that_add_up_to_the_whole(view: View) -> None:
    sweep = view.sweeps[0]
    parts = parts_of(view, sweep)
    assert set(parts["side"]) == {"cpu", "cuda"}
    assert not parts.duplicated(["case", "side", "implementation"]).any()
    assert (parts["forward"] + parts["loss"] - parts["seconds"]).abs().max() < 1e-12
    assert (parts["loss"] / parts["seconds"]).to_numpy() == pytest.approx(0.25, rel=1e-2)
    widest = parts.merge(view.rates[view.rates["cache"] == "warm"],
                         on=["case", "side", "implementation", "threads"])  # fmt: skip
    assert widest["seconds_x"].to_numpy() == pytest.approx(widest["seconds_y"].to_numpy())


def test_a_figure_names_the_parts_in_their_order(view: View) -> None:
    figure = parts_figure(view, view.sweeps[0])
    assert figure is not None
    assert figure.name.startswith("parts-")
    (legend,) = figure.canvas.legends
    assert [text.get_text() for text in legend.get_texts()] == ["forward", "loss"]


def test_calls_of_one_piece_have_no_such_figure(tmp_path: Path) -> None:
    plain = view_of(read_run(Synthetic().write(tmp_path / "run")))
    assert parts_figure(plain, plain.sweeps[0]) is None
