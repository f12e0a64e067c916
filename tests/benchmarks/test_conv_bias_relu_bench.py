"""The program of relu(conv(x, w) + bias): a CPU-only run, both tiers of verification, stand-ins."""

import pytest

NO_GPU = {"CUDA_VISIBLE_DEVICES": ""}  # wherever the tests run
SIZES = "n2c8h9w10k16r3s3/pad1x1"


@pytest.fixture(scope="module")
def done(make_bench, tmp_path_factory):
    """A run of everything on a small problem of each dtype."""
    bench = make_bench(
        "conv_bias_relu_bench",
        tmp_path_factory.mktemp("relu"),
        *(f"conv_bias_relu/{dtype}/nchw/{SIZES}" for dtype in ("f32", "bf16", "f16")),
    )
    return bench(**NO_GPU)


def ok(done, dtype: str) -> set[str]:
    case = f"conv_bias_relu/{dtype}/nchw/{SIZES}"
    rows = done.of("case", case=case, side="cpu", status="ok")
    return {row["implementation"] for row in rows}


def test_every_implementation_is_measured_on_what_it_takes(done, check_rows):
    assert done.code == 0, done.err
    check_rows(done.rows)
    own = {"direct", "implicit_gemm", "winograd"}
    libraries = {"onednn", "onednn_packed"}
    assert ok(done, "f32") == {"naive", *own, *libraries}
    # oneDNN needs AVX-512 for bf16; without it f32 stands in.
    f32 = {f"{name}_f32" for name in own | libraries}
    assert ok(done, "bf16") in ({"naive", *libraries}, {"naive", *f32})
    bf16 = {f"{name}_bf16" for name in libraries}
    assert ok(done, "f16") - bf16 == {"naive", *f32}
    for row in done.of("case", side="cuda"):
        assert row["status"] == "skipped"
        assert row["reason"]


def test_both_tiers_are_passed(done):
    for row in done.of("case", status="ok"):
        check = row["check"]
        assert (check["exact"], check["real"], check["after"]) == ("passed", "passed", "passed")
        assert check["inputs_unchanged"] is True
        assert 0 <= check["worst"] <= 1


def test_counts_are_those_of_convolution_and_bias(done):
    outputs = 2 * 16 * 9 * 10
    useful = 2 * 2 * 16 * 8 * (3 * 9 - 2) * (3 * 10 - 2)  # taps on padding are none
    for row in done.of("case", implementation="naive"):
        size = 4 if "/f32/" in row["case"] else 2
        assert row["flops"] == useful + 2 * outputs
        assert row["nominal_flops"] == 2 * outputs * 8 * 9 + 2 * outputs
        assert row["bytes"] == size * (2 * 8 * 9 * 10 + 16 * 8 * 9 + 16 + outputs)
        assert row["problem"]["pad"] == "1x1"
        assert "direction" not in row["problem"]
