"""junit.xml: one test case per key, for the pages that CI systems make of them."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from breakeven.compare.verdicts import INVALID, SLOWER, UNSURE
from breakeven.compare.words import change, interval, key_name
from breakeven.gate.decision import Gate

# What XML 1.0 cannot hold, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(gate: Gate) -> bytes:
    """The document: regressions, missing keys, lost floors and wrong results are failures, errors
    are errors, keys without evidence are skipped."""
    suite = ElementTree.Element("testsuite")
    one = gate.comparison
    for key, row in zip(one.table.index, one.table.to_dict("records"), strict=True):
        _judged(suite, key, row)
    for key, row in zip(gate.missing.index, gate.missing.to_dict("records"), strict=True):
        _outcome(_case(suite, key), "failure", "missing", row["reason"])
    for key, row in zip(gate.allowed.index, gate.allowed.to_dict("records"), strict=True):
        _outcome(_case(suite, key), "skipped", None, f"missing, and allowed to: {row['reason']}")
    for key, row in zip(one.failing.index, one.failing.to_dict("records"), strict=True):
        if row["status"] == "failed":
            _outcome(_case(suite, key), "failure", "failed", row["reason"])
        elif key in gate.broken.index:
            _outcome(_case(suite, key), "error", "error", row["reason"])
        else:
            _outcome(_case(suite, key), "skipped", None, f"error in BASE as well: {row['reason']}")
    for floor in gate.floors:
        case = _element(suite, "testcase", classname="floors", name=floor.name)
        if not floor.holds:
            _outcome(case, "failure", "floor", floor.words)
    counts = {
        "tests": len(suite.findall("testcase")),
        "failures": len(suite.findall("testcase/failure")),
        "errors": len(suite.findall("testcase/error")),
        "skipped": len(suite.findall("testcase/skipped")),
    }
    suite.attrib = {"name": "breakeven gate", **{k: str(v) for k, v in counts.items()}, "time": "0"}
    document = ElementTree.Element("testsuites")
    document.append(suite)
    ElementTree.indent(document)
    return ElementTree.tostring(document, encoding="utf-8", xml_declaration=True) + b"\n"


def _judged(suite: ElementTree.Element, key: Any, row: dict[str, Any]) -> None:
    case = _case(suite, key)
    words = f"{change(row['effect'])} {interval(row['low'], row['high'])}"
    words += f", margin {change(row['margin'])}"
    if row["verdict"] == SLOWER:
        _outcome(case, "failure", SLOWER, words)
    elif row["verdict"] == INVALID:
        _outcome(case, "skipped", None, f"INVALID: {row['reason']}")
    elif row["verdict"] == UNSURE:
        _outcome(case, "skipped", None, f"UNSURE: {words}")


def _case(suite: ElementTree.Element, key: Any) -> ElementTree.Element:
    return _element(suite, "testcase", classname=str(key[0]), name=key_name(key))


def _outcome(case: ElementTree.Element, kind: str, type_: str | None, message: str) -> None:
    attributes = {"message": message} | ({"type": type_} if type_ else {})
    _element(case, kind, **attributes)


def _element(parent: ElementTree.Element, tag: str, /, **attributes: str) -> ElementTree.Element:
    clean = {key: _NOT_XML.sub("?", value) for key, value in attributes.items()}
    return ElementTree.SubElement(parent, tag, clean)
