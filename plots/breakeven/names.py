"""What problems and implementations are called."""

from __future__ import annotations

# In the order of reports.
DTYPES = ("f32", "f64", "bf16", "f16", "e4m3", "e5m2", "s8")


def place_of(dtype: str) -> int:
    """A dtype's place in reports; unknown ones come last."""
    return DTYPES.index(dtype) if dtype in DTYPES else len(DTYPES)


def problem_dtype(case: str, otherwise: str) -> str:
    """The dtype of a problem, the second part of operation/dtype/layout/sizes. A CPU may compute it
    in another one: then the dtype of its rows differs."""
    parts = case.split("/")
    return parts[1] if len(parts) > 2 else otherwise


def label(implementation: str, math_mode: str, dtype: str, wanted: str) -> str:
    """An implementation with what sets it apart, as far as its name does not say it: its math mode,
    and the dtype that it computes in where that is not the problem's (`wanted`): mma tf32,
    cublas_tf32, onednn (f32) for onednn_f32."""
    if dtype != wanted:
        return f"{implementation.removesuffix(f'_{dtype}')} ({dtype})"
    named = math_mode == "default" or math_mode in implementation.split("_")
    return implementation if named else f"{implementation} {math_mode}"
