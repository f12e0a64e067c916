"""A table of texts, for a terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Table:
    """Columns by name, a `<` in front of those aligned left; rows of texts."""

    columns: Sequence[str]
    rows: list[list[str]] = field(default_factory=list)

    def add(self, *cells: str) -> None:
        """Appends a row with one cell per column."""
        assert len(cells) == len(self.columns), (cells, self.columns)
        self.rows.append(list(cells))

    def leading(self, count: int) -> Table:
        """The first columns only."""
        return Table(self.columns[:count], [row[:count] for row in self.rows])

    def text(self) -> str:
        """Aligned with spaces."""
        lines = [self._names(), *self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.columns))]
        left = [name.startswith("<") for name in self.columns]
        return "\n".join(
            "  ".join(
                cell.ljust(width) if to_left else cell.rjust(width)
                for cell, width, to_left in zip(line, widths, left, strict=True)
            ).rstrip()
            for line in lines
        )

    def markdown(self) -> str:
        """A pipe table."""
        rules = [":--" if name.startswith("<") else "--:" for name in self.columns]
        lines = [self._names(), rules, *self.rows]
        return "\n".join(
            "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |"
            for line in lines
        )

    def _names(self) -> list[str]:
        return [name.removeprefix("<") for name in self.columns]
