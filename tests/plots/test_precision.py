"""One shape in every dtype."""

from __future__ import annotations

from pathlib import Path

from breakeven.precision import ON_CUDA_CORES, precision_table
from breakeven.run import read_run
from breakeven.view import View, view_of
from synthetic_run import ROOT, Synthetic


def rows(view: View) -> dict[str, list[str]]:
    return {row[0]: row[1:] for row in precision_table(view)[1].rows}


def test_a_row_for_each_dtype_and_math_mode_at_the_largest_common_square(dtypes_view: View) -> None:
    shape, _ = precision_table(dtypes_view)
    assert shape == "n = 1024"
    assert list(rows(dtypes_view)) == ["f32", "f32 tf32", "f64", "bf16", "f16", "e4m3", "s8"]


def test_columns_are_cpu_cuda_cores_and_tensor_cores(dtypes_view: View) -> None:
    found = rows(dtypes_view)
    assert [found["f32"][i] for i in (1, 4, 6)] == ["onednn_packed", "cublas", "–"]
    assert [found["f32 tf32"][i] for i in (1, 4, 6)] == ["onednn_packed", "–", "cublas_tf32"]
    assert [found["bf16"][i] for i in (1, 4, 6)] == ["onednn", "coalesced", "cublaslt"]
    assert found["f16"][1] == "onednn (bf16)"


def test_speedups_are_those_of_the_pair_rows(dtypes_view: View) -> None:
    pairs = dtypes_view.run.pairs
    pair = pairs[(pairs["case"] == "gemm/bf16/nn/m1024n1024k1024") & (pairs["cache"] == "warm")
                 & (pairs["pairing"] == "fastest")].iloc[0]  # fmt: skip
    assert rows(dtypes_view)["bf16"][-2:] == [
        f"{pair['speedup_kernel']:.0f}x", f"{pair['speedup_end_to_end']:.2f}x"
    ]  # fmt: skip
    assert rows(dtypes_view)["f32 tf32"][-1] == "–", "copies are in the default mode only"


def test_faster_than_cuda_cores_can_be_is_on_tensor_cores(tmp_path: Path) -> None:
    run = read_run(Synthetic(squares=[1024], dtypes=("f32", "f64")).write(tmp_path))
    run.ceilings.loc[
        (run.ceilings["side"] == "cuda") & (run.ceilings["dtype"] == "f64"), "value"
    ] = 10e12  # cuBLAS reaches 20e12
    found = rows(view_of(run))
    assert [found["f64"][i] for i in (4, 6)] == ["coalesced", "cublas"]


def test_rungs_on_cuda_cores_exist() -> None:
    for name in ON_CUDA_CORES:
        assert (ROOT / f"kernels/gemm/{name}.cu").is_file()


def test_other_operations_of_the_same_size_are_no_other_dtypes(tmp_path: Path) -> None:
    path = Synthetic(squares=[64, 1024], dtypes=("f32", "bf16")).write(tmp_path)
    assert set(rows(view_of(read_run(path)))) == {"f32", "bf16"}
    text = path.read_text().replace("gemm/bf16", "fused/bf16")
    lines = [
        line.replace('"operation": "gemm"', '"operation": "fused"')
        if "fused/bf16" in line
        else line
        for line in text.splitlines()
    ]
    path.write_text("\n".join(lines) + "\n")
    assert not rows(view_of(read_run(path)))


def test_one_dtype_makes_no_table(gpu_view: View) -> None:
    assert precision_table(gpu_view)[1].rows == []


def test_cpu_only(tmp_path: Path) -> None:
    synthetic = Synthetic(squares=[64, 512], dtypes=("f32", "bf16"), gpu=False, noise=0.0)
    found = rows(view_of(read_run(synthetic.write(tmp_path))))
    assert list(found) == ["f32", "bf16"]
    assert found["bf16"] == ["nn", "onednn", "395", "1.89x"], "no columns of a GPU"
