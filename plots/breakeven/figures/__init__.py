"""The figures of a report, each as PNG and SVG."""

from __future__ import annotations

from breakeven.figures.base import Figure, save

__all__ = ["Figure", "save"]
