"""Google Benchmark's own JSON as a subject: what its file lacks is missing, and said.

It knows no machine record, no verification and no pairs. Names made by our programs are taken
apart into problem, side, implementation and threads; any other name is a problem of its own.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd

from breakeven.compare.subject import ROW, Subject
from breakeven.errors import InputError

_UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_OURS = re.compile(
    r"^(?P<case>.+)/(?P<side>cpu|cuda)/(?P<implementation>[^/]+)(/threads:(?P<threads>\d+))?$"
)
_SUFFIXES = re.compile(r"(/(iterations:\d+|manual_time|real_time|process_time|repeats:\d+))+$")


def subject_of_google_benchmark(path: Path, name: str, document: Any) -> Subject:
    """The subject of a parsed document; InputError where it is none of Google Benchmark's."""
    if not isinstance(document, dict) or not isinstance(document.get("benchmarks"), list):
        raise InputError(
            f"{path} is a JSON document, but neither a run file nor Google Benchmark's: "
            "give a run directory or its run.jsonl"
        )
    context = document.get("context")
    context = context if isinstance(context, dict) else {}
    losses: list[str] = ["Google Benchmark's JSON: no verification, no machine record, no pairs"]
    rows = []
    unusable = 0
    for entry in document["benchmarks"]:
        if isinstance(entry, dict) and entry.get("run_type") == "aggregate":
            continue
        row = _row(entry)
        if row is None:
            unusable += 1
        else:
            rows.append(row)
    if unusable:
        losses.append(f"{unusable} entries have no name or no time and are left out")
    if not rows:
        raise InputError(f"{path} holds no measurement of Google Benchmark's (aggregates only?)")
    facts = {
        "host": str(context.get("host_name", "–")),
        "build": str(context.get("library_build_type", "–")),
        "program": str(context.get("executable", "–")),
        "MHz": str(context.get("mhz_per_cpu", "–")),  # of now, on some systems
    }
    return Subject(
        name=name,
        path=path,
        fingerprint=f"Google Benchmark on {facts['host']}/{context.get('num_cpus', '?')}",
        facts=facts,
        starts={},
        rows=pd.DataFrame.from_records(rows, columns=ROW).astype({"fastest_s": float}),
        losses=losses,
    )


def _row(entry: Any) -> tuple[Any, ...] | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        return None
    name = _SUFFIXES.sub("", entry["name"])
    parts = _OURS.match(name)
    case, side, implementation, threads = name, "–", "–", 0
    if parts:
        case, side, implementation = parts["case"], parts["side"], parts["implementation"]
        threads = int(parts["threads"] or 0)
    key = (case, side, implementation, threads, "", "default")
    if entry.get("error_occurred") or entry.get("skipped"):
        reason = str(entry.get("error_message") or entry.get("skip_message") or "no reason given")
        status = "error" if entry.get("error_occurred") else "skipped"
        return (*key, 0, status, reason, (), float("nan"), None)
    seconds = entry.get("real_time")
    unit = _UNITS.get(str(entry.get("time_unit", "ns")))
    if type(seconds) not in (int, float) or not 0 < seconds < 1e300 or unit is None:
        return None
    return (*key, 0, "ok", None, (), seconds * unit, None)
