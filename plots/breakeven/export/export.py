"""`breakeven export`: one run, one format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from breakeven.errors import InputError
from breakeven.export.services import bencher, bigger_is_better, smaller_is_better
from breakeven.export.tables import write_csv, write_parquet
from breakeven.output import write_text
from breakeven.run import Run

FORMATS = ("csv", "parquet", "bmf", "github-action-benchmark")


def export(run: Run, form: str, kind: str, folder: Path) -> list[Path]:
    """Writes the files of that format into `folder` and returns them. `kind` of row is for tables
    only."""
    if form in ("csv", "parquet"):
        path = folder / f"{kind}.{form}"
        (write_csv if form == "csv" else write_parquet)(run, kind, path)
        return [path]
    if form == "bmf":
        return [_json(folder / "bmf.json", bencher(run))]
    documents = {"smaller-is-better": smaller_is_better(run),
                 "bigger-is-better": bigger_is_better(run)}  # fmt: skip
    paths = [_json(folder / f"{name}.json", content) for name, content in documents.items()
             if content]  # fmt: skip
    if not paths:
        raise InputError(f"{run.path} holds nothing verified: there is nothing to export")
    return paths


def _json(path: Path, content: Any) -> Path:
    if not content:
        raise InputError("the run holds nothing verified: there is nothing to export")
    write_text(path, json.dumps(content, indent=1, allow_nan=False) + "\n")
    return path
