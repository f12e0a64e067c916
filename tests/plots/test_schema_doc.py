"""docs/result_file.md is what the schema says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from breakeven import cli, schema_doc
from breakeven.errors import InputError
from synthetic_run import ROOT


def test_document_is_current() -> None:
    assert schema_doc.stale(ROOT / "docs/result_file.md") is None


def test_every_field_of_every_kind_is_described() -> None:
    text = schema_doc.document()
    schema = json.loads(schema_doc.SCHEMA.read_text())
    for kind, row in schema["$defs"].items():
        section = text.split(f"\n## `{kind}`\n")[1].split("\n## ")[0]
        for name in row["properties"]:
            assert f"| `{name}` |" in section, f"{kind}.{name}"
    for nested in ("machine.cpu.caches[].bytes", "speedup_call.low", "check.worst", "parts.d2h_s",
                   "machine.gpus[].ecc", "speedup_amortised[].calls"):  # fmt: skip
        assert f"| `{nested}` |" in text
    assert "| one of `ok`, `failed`, `skipped`, `error` |" in text
    assert '| integer or `"never"` or null |' in text


def test_stale_document_is_found_and_written_again(tmp_path: Path) -> None:
    path = tmp_path / "result_file.md"
    assert cli.main(["schema-doc", "--check", "--out", str(path)]) == 1
    assert cli.main(["schema-doc", "--out", str(path)]) == 0
    assert cli.main(["schema-doc", "--check", "--out", str(path)]) == 0
    path.write_text(path.read_text() + "edited")
    assert cli.main(["schema-doc", "--check", "--out", str(path)]) == 1


def test_unreadable_schema_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        schema_doc.document(tmp_path / "none.json")


def test_example_in_the_document_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import os

    from synthetic_run import Synthetic

    Synthetic(squares=[64], gpu=False).write(tmp_path)
    code = schema_doc.document().split("```python\n")[1].split("```")[0]
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        exec(code, {})
    finally:
        os.chdir(here)
    assert "openblas" in capsys.readouterr().out
