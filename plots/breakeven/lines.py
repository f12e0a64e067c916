"""The lines of a run file: strict JSON, one object a line, and what a crash may have cut off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from breakeven.complaints import complaint, complaint_of_added
from breakeven.errors import InputError
from breakeven.fields import NEEDED

SCHEMA_VERSION = 1


def locate(source: Path) -> Path:
    """The run file meant by `source`: a run directory or the file itself."""
    if source.is_dir():
        source = source / "run.jsonl"
        if not source.is_file():
            raise InputError(f"{source.parent} holds no run.jsonl: it is not a run directory")
    elif not source.exists():
        raise InputError(f"{source} does not exist: give a run directory or its run.jsonl")
    return source


def rows_of(path: Path, losses: list[str]) -> Iterator[dict[str, Any]]:
    """All rows, those of known kinds checked; a line cut by a crash is named in `losses`.

    Kinds and fields that are not known are let through unchecked: later versions add some. Anything
    that is not a row raises InputError with its line.
    """
    decoder = json.JSONDecoder(parse_constant=_refuse_constant)
    first = True
    cut: tuple[int, str, bool] | None = None  # bytes left of a line, its place, whether it ended
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if first:
                    _refuse_other_formats(path, line)
                if not line.strip():
                    continue
                place = f"{path}:{number}"
                row = _decode(decoder, line, place)
                if cut and (row is None or row.get("kind") != "run"):
                    raise InputError(f"{cut[1]} is not a JSON object")
                if row is None:
                    if first:
                        raise InputError(f"{place} is not a JSON object: this is not a run file")
                    cut = (len(line.rstrip(b"\n")), place, line.endswith(b"\n"))
                    continue
                if cut:  # a program died in the middle of a row, and another appended to the file
                    losses.append(f"the row at {cut[1]} is cut after {cut[0]} bytes")
                    cut = None
                if first:
                    _require_run_row(row, place)
                    first = False
                _check(row, place)
                yield row
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    if first:
        raise InputError(f"{path} is empty: it holds no run")
    if cut:
        if cut[2]:
            raise InputError(f"{cut[1]} is not a JSON object")
        losses.append(f"the last line is cut after {cut[0]} bytes")


class _NotFiniteError(Exception):
    pass


def _refuse_constant(name: str) -> float:
    raise _NotFiniteError(name)


def _decode(decoder: json.JSONDecoder, line: bytes, place: str) -> dict[str, Any] | None:
    try:
        row = decoder.decode(line.decode())
    except _NotFiniteError as error:
        message = f"{place} holds {error}: a run file writes null for what is not known"
        raise InputError(message) from error
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _refuse_other_formats(path: Path, line: bytes) -> None:
    if line.startswith(b"\x1f\x8b"):
        raise InputError(f"{path} is gzip-compressed: unpack it first (gunzip)")
    if line.strip() == b"{":
        raise InputError(
            f"{path} is no run file but one JSON document (Google Benchmark's --benchmark_out?): "
            "give the run.jsonl that --run-out wrote"
        )


def _require_run_row(row: dict[str, Any], place: str) -> None:
    if row.get("kind") != "run":
        raise InputError(f"{place} is no 'run' row: no run file, or its start is missing")


def _check(row: dict[str, Any], place: str) -> None:
    kind = row.get("kind")
    needed = NEEDED.get(kind) if isinstance(kind, str) else None
    if needed is None:
        return
    if kind == "run":
        _require_known_version(row, place)
    wrong = complaint(row, needed) or complaint_of_added(row, str(kind))
    if wrong:
        raise InputError(f"{place}: the {kind} row {wrong}")


def _require_known_version(row: dict[str, Any], place: str) -> None:
    version = row.get("schema_version")
    if not isinstance(version, int):
        raise InputError(f"{place}: the run row has no schema version: this is not a run file")
    if version > SCHEMA_VERSION:
        raise InputError(
            f"{place}: schema version {version} is newer than this program reads "
            f"({SCHEMA_VERSION}): update Breakeven"
        )
