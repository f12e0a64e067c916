"""The fields of a run file that a report is made of, with the types they may have.

results/schema/run.schema.json is the whole contract; this is the part without which a row cannot be
used. A test holds the two together.
"""

from __future__ import annotations

from types import NoneType
from typing import Any, Final

Types = frozenset[type]

TEXT: Final[Types] = frozenset({str})
TEXT_OR_NULL: Final[Types] = frozenset({str, NoneType})
INTEGER: Final[Types] = frozenset({int})
NUMBER: Final[Types] = frozenset({int, float})
NUMBER_OR_NULL: Final[Types] = frozenset({int, float, NoneType})
OBJECT: Final[Types] = frozenset({dict})
OBJECT_OR_NULL: Final[Types] = frozenset({dict, NoneType})
LIST: Final[Types] = frozenset({list})
YES_NO: Final[Types] = frozenset({bool})
INTEGER_OR_NULL: Final[Types] = frozenset({int, NoneType})
COUNT_OR_NEVER: Final[Types] = frozenset({int, str, NoneType})

NEEDED: Final[dict[str, dict[str, Types]]] = {
    "run": {
        "schema_version": INTEGER,
        "program": TEXT,
        "version": TEXT,
        "git": TEXT_OR_NULL,
        "started": TEXT,
        "command": LIST,
        "preset": TEXT,
        "seed": INTEGER,
        "repetitions": INTEGER,
        "fill": TEXT,
        "environment": OBJECT,
        "planned": INTEGER,
        "fingerprint": TEXT,
        "machine": OBJECT,
        "libraries": LIST,
    },
    "ceiling": {
        "name": TEXT,
        "side": TEXT,
        "dtype": TEXT_OR_NULL,
        "threads": INTEGER_OR_NULL,
        "unit": TEXT,
        "value": NUMBER_OR_NULL,
        "status": TEXT,
        "reason": TEXT_OR_NULL,
        "detail": TEXT_OR_NULL,
    },
    "case": {
        "case": TEXT,
        "operation": TEXT,
        "side": TEXT,
        "implementation": TEXT,
        "rung": TEXT,
        "tags": LIST,
        "problem": OBJECT,
        "dtype": TEXT,
        "math_mode": TEXT,
        "threads": INTEGER_OR_NULL,
        "cache": TEXT,
        "repetition": INTEGER,
        "status": TEXT,
        "reason": TEXT_OR_NULL,
        "flags": LIST,
        "flops": NUMBER,
        "bytes": NUMBER,
        "median_s": NUMBER_OR_NULL,
        "call_s": NUMBER_OR_NULL,
        "latency_s": NUMBER_OR_NULL,
        "prepare_s": NUMBER_OR_NULL,
        "pack_s": NUMBER_OR_NULL,
        "inputs": OBJECT_OR_NULL,
        "reproduce": TEXT,
    },
    "transfer": {
        "case": TEXT,
        "implementation": TEXT,
        "host_memory": TEXT,
        "repetition": INTEGER,
        "status": TEXT,
        "reason": TEXT_OR_NULL,
        "flags": LIST,
        "h2d_bytes": NUMBER,
        "d2h_bytes": NUMBER,
        "h2d_s": NUMBER_OR_NULL,
        "d2h_s": NUMBER_OR_NULL,
        "pin_s": NUMBER_OR_NULL,
        "end_to_end_s": NUMBER_OR_NULL,
        "parts": OBJECT_OR_NULL,
        "closure": NUMBER_OR_NULL,
    },
    "pair": {
        "case": TEXT,
        "operation": TEXT,
        "dtype": TEXT,
        "tags": LIST,
        "flops": NUMBER,
        "pairing": TEXT,
        "cache": TEXT,
        "cpu_implementation": TEXT,
        "cpu_threads": INTEGER,
        "cuda_implementation": TEXT,
        "host_memory": TEXT,
        "cpu_s": NUMBER_OR_NULL,
        "kernel_s": NUMBER_OR_NULL,
        "call_s": NUMBER_OR_NULL,
        "end_to_end_s": NUMBER_OR_NULL,
        "speedup_kernel": OBJECT_OR_NULL,
        "speedup_call": OBJECT_OR_NULL,
        "speedup_end_to_end": OBJECT_OR_NULL,
        "transfer_share": NUMBER_OR_NULL,
        "break_even_calls": COUNT_OR_NEVER,
        "flags": LIST,
        "reason": TEXT_OR_NULL,
    },
    "end": {
        "program": TEXT,
        "exit_status": INTEGER,
        "interrupted": YES_NO,
        "problems_measured": INTEGER,
        "rows": INTEGER,
        "wall_s": NUMBER_OR_NULL,
    },
}

# Fields that came later: their types, and what a file without them means.
ADDED: Final[dict[str, dict[str, tuple[Types, Any]]]] = {
    "run": {"passes": (OBJECT, {})},
    "ceiling": {"math_mode": (TEXT, "default")},
    "case": {
        "multiplicities": (OBJECT, {}),
        "workspace_bytes": (NUMBER_OR_NULL, None),
        "judged_by": (TEXT, "flops"),
        "parts": (OBJECT_OR_NULL, None),
        "items": (INTEGER_OR_NULL, None),
        "latency_p99_s": (NUMBER_OR_NULL, None),
        "latency_calls": (INTEGER_OR_NULL, None),
        "read_back_s": (NUMBER_OR_NULL, None),
        "epoch_step_s": (NUMBER_OR_NULL, None),
        "launches": (INTEGER_OR_NULL, None),
        "memory": (OBJECT_OR_NULL, None),
    },
    "transfer": {
        "sequence_s": (NUMBER_OR_NULL, None),
        "overlapped_s": (NUMBER_OR_NULL, None),
        "epoch_step_s": (NUMBER_OR_NULL, None),
    },
    "pair": {
        "math_mode": (TEXT, "default"),
        "cpu_dtype": (TEXT, None),
        "speedup_epoch": (OBJECT_OR_NULL, None),
    },
}

# Objects inside those rows, by the field that holds them.
ESTIMATE: Final[dict[str, Types]] = {
    "estimate": NUMBER,
    "low": NUMBER_OR_NULL,
    "high": NUMBER_OR_NULL,
    "repetitions": INTEGER,
}
NESTED: Final[dict[str, dict[str, Types]]] = {
    "speedup_kernel": ESTIMATE,
    "speedup_call": ESTIMATE,
    "speedup_end_to_end": ESTIMATE,
    "speedup_epoch": ESTIMATE,
    "parts": {
        "h2d_s": NUMBER_OR_NULL,
        "compute_s": NUMBER_OR_NULL,
        "d2h_s": NUMBER_OR_NULL,
        "host_s": NUMBER_OR_NULL,
    },
    "inputs": {"mean": NUMBER, "standard_deviation": NUMBER, "zero_fraction": NUMBER},
    "machine": {
        "host": TEXT,
        "os": TEXT,
        "kernel": TEXT,
        "container": TEXT_OR_NULL,
        "virtualization": TEXT_OR_NULL,
        "cpu": OBJECT,
        "memory_bytes": INTEGER,
        "compiler": TEXT,
        "build": TEXT,
        "cuda": OBJECT,
        "gpus": LIST,
    },
    "cpu": {
        "model": TEXT,
        "sockets": INTEGER,
        "cores": INTEGER,
        "hardware_threads": INTEGER,
        "usable_threads": INTEGER,
        "simd": LIST,
        "caches": LIST,
        "governor": TEXT_OR_NULL,
    },
    "cuda": {
        "status": TEXT,
        "reason": TEXT_OR_NULL,
        "toolkit": TEXT_OR_NULL,
        "driver": TEXT_OR_NULL,
    },
}

# Objects in lists, by the field that holds the list; a list not named here holds text.
ELEMENTS: Final[dict[str, dict[str, Types]]] = {
    "gpus": {
        "name": TEXT,
        "compute_capability": TEXT,
        "sms": INTEGER,
        "memory_bytes": INTEGER,
        "power_limit_w": NUMBER_OR_NULL,
        "link_now": TEXT_OR_NULL,
        "ecc": frozenset({bool, NoneType}),
    },
    "libraries": {
        "name": TEXT,
        "version": TEXT,
        "threading": TEXT,
        "detail": TEXT,
        "problem": TEXT,
    },
    "caches": {"level": INTEGER, "bytes": INTEGER, "shared_by": INTEGER},
}
