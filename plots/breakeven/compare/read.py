"""Reads whatever a user gives as one side of a comparison."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from breakeven.compare.google_benchmark import subject_of_google_benchmark
from breakeven.compare.subject import Subject, subject_of
from breakeven.errors import InputError
from breakeven.lines import is_document, locate, open_bytes
from breakeven.run import read_run


def read_subjects(sources: Sequence[Path], baselines: Path) -> list[Subject]:
    """The subjects, each under a name that sets it apart. A source that is no path may be the name
    of a baseline in the folder `baselines`."""
    paths = [_resolve(source, baselines) for source in sources]
    names = _names(paths)
    return [_read(path, name) for path, name in zip(paths, names, strict=True)]


def _resolve(source: Path, baselines: Path) -> Path:
    if source.exists():
        return locate(source)
    named = baselines / source
    if len(source.parts) == 1 and named.exists():
        return locate(named)
    known = sorted(entry.name for entry in baselines.iterdir()) if baselines.is_dir() else []
    raise InputError(
        f"{source} does not exist: give a run directory, its run.jsonl or a saved baseline "
        f"({', '.join(known) or 'none is saved'})"
    )


def _names(paths: Sequence[Path]) -> list[str]:
    """The shortest endings of the paths, from their last folder on, that tell them apart."""
    parts = [
        path.resolve().parts[:-1] if path.name.startswith("run.jsonl") else path.resolve().parts
        for path in paths
    ]
    for length in range(1, max(map(len, parts)) + 1):
        names = ["/".join(one[-length:]) for one in parts]
        if len(set(names)) == len(names):
            return names
    return [f"{one[-1]} ({place})" for place, one in enumerate(parts, 1)]


def _read(path: Path, name: str) -> Subject:
    if not is_document(path):
        return subject_of(read_run(path), name)
    try:
        with open_bytes(path) as file:
            document = json.load(file)
    except (OSError, EOFError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is neither a run file nor a whole JSON document") from error
    return subject_of_google_benchmark(path, name, document)
