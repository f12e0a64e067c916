"""Networks by batch size: the problems of one network and kind, whatever list they came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from breakeven.families import Family, Sweep
from breakeven.names import problem_dtype
from breakeven.run import Run

KINDS = {"train": "training step", "infer": "inference"}  # by operation, in the order of reports
_LIST = "by batch"  # sets these families apart from those of a list


@dataclass(frozen=True)
class BatchSweep(Sweep):
    """One network, trained or used, ordered by the images of a batch."""

    @property
    def network(self) -> str:
        """Its name."""
        return self.family.layout

    @property
    def kind(self) -> str:
        """Training step, or inference."""
        return KINDS[self.family.operation]

    @property
    def trains(self) -> bool:
        """Whether it is trained."""
        return self.family.operation == "train"

    @property
    def title(self) -> str:
        """For headings: cnn, training step."""
        dtype = "" if self.family.dtype == "f32" else f" {self.family.dtype}"
        return f"{self.network}, {self.kind}{dtype}"

    @property
    def axis(self) -> str:
        """Label of the size axis."""
        return "batch size [images]"

    @property
    def column(self) -> str:
        """Head of the size column."""
        return "batch"

    def at(self, size: float) -> str:
        """A size in words."""
        return f"batch {size:.0f}"

    def name(self, case: str) -> str:
        """A problem's name in this sweep: its batch."""
        return f"{self.sizes[case]:.0f}"


def networks_of(run: Run) -> list[BatchSweep]:
    """The networks of a run, training before inference, the lightest first; none where a run
    measured no network."""
    found: dict[Family, dict[str, float]] = {}
    weight: dict[str, float] = {}  # FLOPs an image
    cases = run.cases.drop_duplicates("case")
    columns = (cases[name] for name in ("case", "operation", "dtype", "flops"))
    for case, operation, dtype, flops in zip(*columns, strict=True):
        named = _network(run.problems.get(case, {}))
        if named is None or operation not in KINDS:
            continue
        network, batch = named
        family = Family(operation, problem_dtype(case, dtype), network, _LIST)
        found.setdefault(family, {})[case] = float(batch)
        weight[network] = min(weight.get(network, flops / batch), flops / batch)
    sweeps = [
        BatchSweep(family, False, 1, dict(sorted(sizes.items(), key=lambda item: item[1])))
        for family, sizes in found.items()
    ]
    kinds = list(KINDS)
    return sorted(
        sweeps,
        key=lambda one: (kinds.index(one.family.operation), weight[one.network], one.family.slug),
    )


def _network(problem: dict[str, Any]) -> tuple[str, int] | None:
    """Name and batch of a problem that is a network's."""
    name, batch = problem.get("network"), problem.get("batch")
    return (name, batch) if isinstance(name, str) and type(batch) is int and batch > 0 else None
