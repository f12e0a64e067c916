"""The lines of a run file: strict JSON, one object a line, and what a crash may have cut off."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from breakeven.complaints import complaint, complaint_of_added
from breakeven.errors import InputError
from breakeven.fields import NEEDED

SCHEMA_VERSION = 1
_NAMES = ("run.jsonl", "run.jsonl.gz")


def locate(source: Path) -> Path:
    """The run file meant by `source`: a run directory or the file itself."""
    if source.is_dir():
        for name in _NAMES:
            if (source / name).is_file():
                return source / name
        raise InputError(f"{source} holds no run.jsonl: it is not a run directory")
    if not source.exists():
        raise InputError(f"{source} does not exist: give a run directory or its run.jsonl")
    return source


def open_bytes(path: Path) -> IO[bytes]:
    """The file, unpacked if it is gzip-compressed, whatever its name."""
    with path.open("rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if compressed else path.open("rb")


def is_document(path: Path) -> bool:
    """Whether the file is one JSON document, as Google Benchmark writes, and no JSON lines."""
    try:
        with open_bytes(path) as file:
            line = file.readline(1 << 16).strip().removeprefix(b"\xef\xbb\xbf")
    except (OSError, EOFError, zlib.error):
        return False  # and reading it as a run file says why
    return line in (b"{", b"[") or line.startswith(b'{"context"')


def rows_of(path: Path, losses: list[str]) -> Iterator[dict[str, Any]]:
    """All rows, those of known kinds checked; a line cut by a crash is named in `losses`, and so is
    what stands there twice.

    Kinds and fields that are not known are let through unchecked: later versions add some. Anything
    that is not a row raises InputError with its line.
    """
    lines = _Lines(path, losses)
    try:
        yield from lines.rows()
    except OSError as error:  # also a damaged gzip file
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error
    if lines.repeated:
        losses.append(f"{lines.repeated} rows are repeated word for word: each is read once")


class _Lines:
    def __init__(self, path: Path, losses: list[str]) -> None:
        self.path = path
        self.losses = losses
        self.repeated = 0
        self._seen: set[int] = set()
        self._decoder = json.JSONDecoder(parse_constant=_refuse_constant)
        self._unpacking_failed: str | None = None

    def rows(self) -> Iterator[dict[str, Any]]:
        first = True
        cut: tuple[int, str, bool] | None = None  # bytes left of a line, its place, if it ended
        for number, line in enumerate(self._raw(), 1):
            if first:
                line = line.removeprefix(b"\xef\xbb\xbf")
                if is_document(self.path):
                    raise InputError(
                        f"{self.path} is no run file but one JSON document (Google Benchmark's "
                        "--benchmark_out?): give the run.jsonl that --run-out wrote"
                    )
            if not line.strip():
                continue
            place = f"{self.path}:{number}"
            row = self._decode(line, place)
            if cut and (row is None or row.get("kind") != "run"):
                raise InputError(f"{cut[1]} is not a JSON object")
            if row is None:
                if first:
                    raise InputError(f"{place} is not a JSON object: this is not a run file")
                cut = (len(line.rstrip(b"\n")), place, line.endswith(b"\n"))
                continue
            if cut:  # a program died in the middle of a row, and another appended to the file
                self.losses.append(f"the row at {cut[1]} is cut after {cut[0]} bytes")
                cut = None
            first = False
            _check(row, place)
            if not self._is_repeated(row, line):
                yield row
        if first:
            why = f" ({self._unpacking_failed})" if self._unpacking_failed else ""
            raise InputError(f"{self.path} is empty: it holds no run{why}")
        if cut:
            if cut[2]:
                raise InputError(f"{cut[1]} is not a JSON object")
            self.losses.append(f"the last line is cut after {cut[0]} bytes")
        if self._unpacking_failed:
            self.losses.append(self._unpacking_failed)

    def _raw(self) -> Iterator[bytes]:
        with open_bytes(self.path) as file:
            try:
                yield from file
            except (EOFError, zlib.error) as error:
                self._unpacking_failed = f"the compressed file is cut or damaged ({error})"

    def _is_repeated(self, row: dict[str, Any], line: bytes) -> bool:
        """Measured rows never repeat each other to the last digit: a file that was joined with
        itself does. Rows without a measurement may well."""
        if row.get("status", "ok") != "ok":
            return False
        mark = hash(line)
        if mark in self._seen:
            self.repeated += 1
            return True
        self._seen.add(mark)
        return False

    def _decode(self, line: bytes, place: str) -> dict[str, Any] | None:
        try:
            row = self._decoder.decode(line.decode())
        except _NotFiniteError as error:
            message = f"{place} holds {error}: a run file writes null for what is not known"
            raise InputError(message) from error
        except (ValueError, RecursionError):
            return None
        return row if isinstance(row, dict) else None


class _NotFiniteError(Exception):
    pass


def _refuse_constant(name: str) -> float:
    raise _NotFiniteError(name)


def _check(row: dict[str, Any], place: str) -> None:
    kind = row.get("kind")
    if type(kind) is not str:
        raise InputError(f"{place} has no 'kind': this is not a row of a run file")
    needed = NEEDED.get(kind)
    if needed is None:
        return
    if kind == "run":
        _require_known_version(row, place)
    wrong = complaint(row, needed) or complaint_of_added(row, kind)
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
