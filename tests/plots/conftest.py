"""Fixtures: synthetic runs, written once."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from breakeven.run import Run, read_run
from breakeven.view import View, view_of
from synthetic_run import EVERY_DTYPE, OTHERS, ROOT, Synthetic


@pytest.fixture(scope="session")
def validator() -> Draft202012Validator:
    schema = json.loads((ROOT / "results/schema/run.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.fixture(scope="session")
def gpu_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return read_run(Synthetic(others=OTHERS).write(tmp_path_factory.mktemp("gpu")))


@pytest.fixture(scope="session")
def cpu_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    synthetic = Synthetic(gpu=False, others=OTHERS, host="laptop")
    return read_run(synthetic.write(tmp_path_factory.mktemp("cpu")))


@pytest.fixture(scope="session")
def dtypes_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Every dtype, TF32, and two passes through networks."""
    return read_run(Synthetic(**EVERY_DTYPE).write(tmp_path_factory.mktemp("dtypes")))


@pytest.fixture(scope="session")
def dtypes_view(dtypes_run: Run) -> View:
    return view_of(dtypes_run)


@pytest.fixture(scope="session")
def gpu_view(gpu_run: Run) -> View:
    return view_of(gpu_run)


@pytest.fixture(scope="session")
def cpu_view(cpu_run: Run) -> View:
    return view_of(cpu_run)
