"""The program of products with bias and activation: a CPU-only run, verification, stand-ins."""

import pytest

RELU = "gemm_bias_relu/f32/nt/m32n48k16"
NO_GPU = {"CUDA_VISIBLE_DEVICES": ""}  # wherever the tests run


@pytest.fixture(scope="module")
def done(make_bench, tmp_path_factory):
    """A run of everything on a small problem of each dtype."""
    bench = make_bench(
        "gemm_epilogue_bench",
        tmp_path_factory.mktemp("epilogue"),
        *(f"gemm_bias_gelu/{dtype}/nt/m32n48k16" for dtype in ("f32", "bf16", "f16")),
        RELU,
    )
    return bench(**NO_GPU)


def ok(done, dtype: str) -> set[str]:
    case = f"gemm_bias_gelu/{dtype}/nt/m32n48k16"
    rows = done.of("case", case=case, side="cpu", status="ok")
    return {row["implementation"] for row in rows}


def test_every_implementation_is_measured_on_what_it_takes(done, check_rows):
    assert done.code == 0, done.err
    check_rows(done.rows)
    assert ok(done, "f32") == {"naive", "packed", "openblas", "onednn"}
    assert ok(done, "bf16") - {"onednn"} == {"naive"}  # oneDNN needs AVX-512 for it
    assert ok(done, "f16") - {"onednn_bf16"} == {
        "naive",
        "packed_f32",
        "openblas_f32",
        "onednn_f32",
    }
    for row in done.of("case", side="cuda"):
        assert row["status"] == "skipped"
        assert row["reason"]


def test_both_tiers_are_passed_but_gelu_has_no_exact_one(done):
    for row in done.of("case", status="ok"):
        check = row["check"]
        exact = "passed" if row["case"] == RELU else "not_run"
        assert (check["exact"], check["real"], check["after"]) == (exact, "passed", "passed")
        assert check["inputs_unchanged"] is True
        assert check["elements"] == 32 * 48
        assert 0 <= check["worst"] <= 1


def test_counts_are_those_of_product_and_bias(done):
    for row in done.of("case", implementation="naive"):
        size = 4 if "/f32/" in row["case"] else 2
        assert row["flops"] == 32 * 48 * (2 * 16 + (2 if row["case"] == RELU else 1))
        assert row["bytes"] == size * (32 * 16 + 16 * 48 + 48 + 32 * 48)
        assert row["problem"] == {"m": 32, "n": 48, "k": 16}
