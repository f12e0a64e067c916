"""What keeps a row of a run file from being used."""

from __future__ import annotations

from types import NoneType
from typing import Any, Final

from breakeven.fields import ADDED, ELEMENTS, NESTED, Types

_LARGEST: Final = 1.7e308
_NUMERIC: Final = frozenset({int, float})


def complaint(
    row: dict[str, Any], needed: dict[str, Types], nested: dict[str, dict[str, Types]] = NESTED
) -> str | None:
    """What keeps `row` from being used: the first field that is missing or of the wrong type;
    `nested` are the objects whose own fields are known."""
    for name, types in needed.items():
        if name not in row:
            return f"lacks the field '{name}'"
        value = row[name]
        kind = type(value)
        if kind not in types:
            return f"has '{name}' of the wrong type ({_json_name(kind)})"
        if kind in _NUMERIC:
            if not -_LARGEST < value < _LARGEST:  # 1e999 reads as infinity
                return f"has '{name}' too large for a number"
        elif kind is dict and name in nested:
            inner = complaint(value, nested[name])
            if inner:
                return f"has '{name}' that {inner}"
        elif kind is list:
            inner = _list_complaint(value, name)
            if inner:
                return f"has '{name}' {inner}"
    return None


def complaint_of_added(row: dict[str, Any], kind: str) -> str | None:
    """The same of the fields that came later, as far as they are there."""
    there = {name: types for name, (types, _) in ADDED.get(kind, {}).items() if name in row}
    wrong = complaint(row, there, nested={})
    if wrong is not None or kind != "case":
        return wrong
    if any(type(count) is not int for count in row.get("multiplicities", {}).values()):
        return "has 'multiplicities' with a value that is no count"
    if any(type(part) not in _NUMERIC for part in (row.get("parts") or {}).values()):
        return "has 'parts' with a value that is no number"
    if any(type(part) not in _NUMERIC for part in (row.get("memory") or {}).values()):
        return "has 'memory' with a value that is no number"
    return None


def _list_complaint(values: list[Any], name: str) -> str | None:
    needed = ELEMENTS.get(name)
    for value in values:
        if needed is None:
            if type(value) is not str:
                return "with an element that is not text"
        elif type(value) is not dict:
            return "with an element that is not an object"
        else:
            inner = complaint(value, needed)
            if inner:
                return f"with an element that {inner}"
    return None


def _json_name(kind: type) -> str:
    names = {NoneType: "null", dict: "object", list: "array", str: "string", bool: "boolean"}
    return names.get(kind, "number")
