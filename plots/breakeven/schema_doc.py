"""docs/result_file.md, generated from the JSON Schema of a run file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from breakeven.errors import InputError
from breakeven.output import write_text
from breakeven.table import Table

SCHEMA = Path(__file__).resolve().parents[2] / "results" / "schema" / "run.schema.json"

_INTRODUCTION = """\
# The result file

<!-- Generated from results/schema/run.schema.json by `python -m breakeven schema-doc`: do not
edit. -->

A run writes `run.jsonl`: strict JSON, one object a line, appended and flushed row by row, so that
a crash loses nothing that was measured. Each row has a `kind`. Several programs may write to one
file, one after the other; each begins with a `run` row and ends with an `end` row, and what
stands between is its own. A file without the last `end` row was cut short.

- Seconds, bytes and FLOP/s, no other units, nothing rounded.
- A value that is not known is `null` and `reason` says why: there is no `NaN`, and no 0 in its
  place.
- A row whose `status` is not `ok` has no times: verified or void.
- `flags` never change an exit status, but keep a row out of headlines.
- New fields and kinds may appear; readers ignore what they do not know. Whatever would break a
  reader raises `schema_version`.

Rows are compared by case id, side, implementation, threads, cache state and math mode, on
machines with the same fingerprint.

## Reading it yourself

The speedups of the headline, with [jq](https://jqlang.org):

```sh
jq -r 'select(.kind == "pair" and .pairing == "fastest") | [.case, .cache, .host_memory,
  .speedup_end_to_end.estimate] | @tsv' run.jsonl
```

The median time of each CPU implementation, with pandas:

```python
import pandas as pd

rows = pd.read_json("run.jsonl", lines=True)
ok = rows[(rows.kind == "case") & (rows.side == "cpu") & (rows.status == "ok")]
print(ok.groupby(["case", "implementation", "threads"]).median_s.median())
```
"""


def update(path: Path, schema: Path = SCHEMA) -> str:
    """Writes the document; returns what was written."""
    write_text(path, document(schema))
    return f"{path} describes {schema}"


def stale(path: Path, schema: Path = SCHEMA) -> str | None:
    """What is out of date, None if nothing is."""
    if path.is_file() and path.read_text(encoding="utf-8") == document(schema):
        return None
    return f"{path} differs from {schema}: `python -m breakeven schema-doc` writes it again"


def document(schema: Path = SCHEMA) -> str:
    """The description of every kind of row and field."""
    try:
        parsed = json.loads(schema.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{schema} cannot be read: {error}") from error
    blocks = [_INTRODUCTION]
    for kind, row in parsed["$defs"].items():
        table = Table(["<field", "<type", "<meaning"])
        for name, field in _fields(row):
            table.add(f"`{name}`", _type(field), field.get("description", "").replace("*", "\\*"))
        blocks.append(f"## `{kind}`\n\n{row['description']}\n\n{table.markdown()}\n")
    return "\n".join(blocks)


def _fields(schema: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field with its path, objects followed by what is inside."""
    for name, field in schema["properties"].items():
        path = f"{prefix}{name}"
        yield path, field
        options = [option for option in field.get("anyOf", []) if "properties" in option]
        inner = options[0] if options else field
        if "properties" in inner:
            yield from _fields(inner, f"{path}.")
        items = inner.get("items", {})
        if "properties" in items:
            yield from _fields(items, f"{path}[].")


def _type(field: dict[str, Any]) -> str:
    if "const" in field:
        return f"`{json.dumps(field['const'])}`"
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(_type(option) for option in field["anyOf"]))
    if "enum" in field:
        values = ", ".join(f"`{value}`" for value in field["enum"])
        return f"one of {values}"
    kinds = field.get("type", "any")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    words = []
    for kind in kinds:
        if kind == "array" and "items" in field:
            words.append(f"array of {_type(field['items'])}")
        else:
            words.append(kind)
    return " or ".join(words)
