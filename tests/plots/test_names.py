"""Names of implementations."""

from __future__ import annotations

import pytest

from breakeven.names import label, place_of, problem_dtype


@pytest.mark.parametrize(("name", "mode", "dtype", "wanted", "shown"), [
    ("cublas", "default", "f32", "f32", "cublas"),
    ("mma", "tf32", "f32", "f32", "mma tf32"),
    ("cublaslt_tf32_searched", "tf32", "f32", "f32", "cublaslt_tf32_searched"),
    ("onednn_bf16", "default", "bf16", "f16", "onednn (bf16)"),
    ("onednn", "default", "f32", "e4m3", "onednn (f32)"),
    ("onednn_bf16", "default", "bf16", "bf16", "onednn_bf16"),
])  # fmt: skip
def test_label(name: str, mode: str, dtype: str, wanted: str, shown: str) -> None:
    assert label(name, mode, dtype, wanted) == shown


def test_dtype_of_a_problem_is_in_its_id() -> None:
    assert problem_dtype("gemm/e4m3/nt/m1n1k1", "bf16") == "e4m3"
    assert problem_dtype("anything", "bf16") == "bf16"
    assert place_of("f32") < place_of("bf16") < place_of("a later one")
