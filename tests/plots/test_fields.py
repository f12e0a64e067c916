"""The reader's list of fields against the JSON Schema."""

from __future__ import annotations

from types import NoneType
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from breakeven.fields import ADDED, ELEMENTS, NEEDED, NESTED, Types

NAMES = {str: "string", int: "integer", float: "number", bool: "boolean", dict: "object",
         list: "array", NoneType: "null"}  # fmt: skip


def types_in_schema(field: dict[str, Any]) -> set[str]:
    """The JSON types that a field may have."""
    if "anyOf" in field:
        return set().union(*(types_in_schema(option) for option in field["anyOf"]))
    if "const" in field:
        return {NAMES[type(field["const"])]}
    if "type" not in field:
        return {NAMES[type(value)] for value in field["enum"]}
    kinds = field["type"]
    return {kinds} if isinstance(kinds, str) else set(kinds)


def types_needed(types: Types) -> set[str]:
    names = {NAMES[kind] for kind in types}
    return names - {"integer"} if "number" in names else names


def check(needed: dict[str, Types], schema: dict[str, Any], number_for_integer: bool) -> None:
    for name, types in needed.items():
        field = schema["properties"][name]
        assert name in schema["required"], f"{name} may be missing"
        allowed = types_in_schema(field)
        ours = types_needed(types)
        if number_for_integer and "number" in ours:
            allowed = {"number" if kind == "integer" else kind for kind in allowed}
        assert ours == allowed, name
        inner = next((o for o in field.get("anyOf", []) if "properties" in o), field)
        if name in NESTED and "properties" in inner:
            check(NESTED[name], inner, True)
        if name in ELEMENTS:
            check(ELEMENTS[name], field["items"], True)


@pytest.mark.parametrize("kind", NEEDED)
def test_needed_fields_are_in_the_schema(kind: str, validator: Draft202012Validator) -> None:
    check(NEEDED[kind], validator.schema["$defs"][kind], True)


@pytest.mark.parametrize("kind", ADDED)
def test_fields_that_came_later_are_in_the_schema(
    kind: str, validator: Draft202012Validator
) -> None:
    schema = validator.schema["$defs"][kind]
    for name, (types, _) in ADDED[kind].items():
        assert types_needed(types) == types_in_schema(schema["properties"][name]), name
        assert name not in schema["required"], f"{name}: files without it would be refused"


def test_every_kind_is_known(validator: Draft202012Validator) -> None:
    assert set(NEEDED) == set(validator.schema["$defs"])
