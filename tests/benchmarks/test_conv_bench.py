"""The program of convolutions: both tiers of verification, counts without padding; no GPU."""

import pytest

NO_GPU = {"CUDA_VISIBLE_DEVICES": ""}  # wherever the tests run
SIZES = "n2c6h9w8k4r3s3/stride2x1/pad1x1/groups2"
DEPTHWISE = "conv/f32/nchw/fprop/n2c6h9w8k6r3s3/stride2x1/pad1x1/groups6"
WINOGRAD = "conv/f32/nhwc/fprop/n1c6h9w8k4r3s3/pad1x1"
BATCH = "conv/f32/nchw/fprop/n9c3h6w7k4r2s2"
LADDER = {"naive", "direct", "im2col", "implicit_gemm"}
ONEDNN = {"onednn", "onednn_packed"}
DIRECTIONS = ("fprop", "dgrad", "wgrad")


@pytest.fixture(scope="module")
def done(make_bench, tmp_path_factory):
    """A run of everything on a small problem in each direction and dtype."""
    bench = make_bench(
        "conv_bench",
        tmp_path_factory.mktemp("conv"),
        *(f"conv/f32/nchw/{direction}/{SIZES}" for direction in DIRECTIONS),
        *(f"conv/{dtype}/nhwc/fprop/{SIZES}" for dtype in ("f64", "bf16", "f16")),
        DEPTHWISE,
        WINOGRAD,
        BATCH,
    )
    return bench(**NO_GPU)


def ok(done, case: str) -> set[str]:
    return {row["implementation"] for row in done.of("case", case=case, status="ok")}


def test_every_implementation_is_measured_on_what_it_takes(done, check_rows):
    assert done.code == 0, done.err
    check_rows(done.rows)
    for direction in DIRECTIONS:
        case = f"conv/f32/nchw/{direction}/{SIZES}"
        assert ok(done, case) == LADDER | ONEDNN
    assert ok(done, f"conv/f64/nhwc/fprop/{SIZES}") == LADDER
    assert ok(done, DEPTHWISE) == LADDER | ONEDNN | {"depthwise"}
    assert ok(done, WINOGRAD) == LADDER | ONEDNN | {"winograd"}
    assert ok(done, BATCH) == LADDER | ONEDNN | {"across_images"}
    for row in done.of("case", status="skipped"):
        assert row["reason"]


def test_winograd_is_a_math_mode(done):
    for row in done.of("case", case=WINOGRAD, side="cpu"):
        own = row["implementation"] == "winograd"
        assert row["math_mode"] == ("winograd" if own else "default")


def test_what_the_cpu_has_no_arithmetic_for_is_computed_in_another_dtype(done):
    f32 = {f"{name}_f32" for name in LADDER - {"naive"} | ONEDNN}
    bf16 = ok(done, f"conv/bf16/nhwc/fprop/{SIZES}") - {"naive"}
    assert bf16 in (ONEDNN, f32)  # oneDNN needs AVX-512 for bf16
    also = {f"{name}_bf16" for name in ONEDNN} if bf16 == ONEDNN else set()
    assert ok(done, f"conv/f16/nhwc/fprop/{SIZES}") == {"naive"} | f32 | also
    for row in done.of("case", case=f"conv/f16/nhwc/fprop/{SIZES}", status="ok"):
        assert row["dtype"] == "f16" or row["implementation"].endswith(f"_{row['dtype']}")


def test_kernels_are_skipped_for_want_of_a_gpu(done):
    kernels = {row["implementation"] for row in done.of("case", side="cuda")}
    if not kernels:
        pytest.skip("this build has no CUDA half")
    assert kernels >= {"naive", "implicit_gemm", "implicit_gemm_mma", "wgrad_split_k", "depthwise"}
    assert {row["status"] for row in done.of("case", side="cuda")} == {"skipped"}


def test_both_tiers_are_passed(done):
    for row in done.of("case", status="ok"):
        check = row["check"]
        assert (check["exact"], check["real"], check["after"]) == ("passed",) * 3
        assert check["inputs_unchanged"] is True
        assert 0 <= check["worst"] <= 1


def test_counts_leave_out_what_falls_on_padding(done):
    for row in done.of("case", side="cpu", implementation="naive"):
        if not row["case"].endswith(SIZES):
            continue
        # Taps that meet the image: 13 of 15 along H (5 outputs), 22 of 24 along W (8 outputs).
        assert row["flops"] == 2 * 2 * 4 * 3 * 13 * 22
        assert row["nominal_flops"] == 2 * 2 * 4 * 3 * 15 * 24
        size = {"f32": 4, "f64": 8}.get(row["dtype"], 2)
        assert row["bytes"] == size * (2 * 6 * 9 * 8 + 4 * 3 * 3 * 3 + 2 * 4 * 5 * 8)
        assert row["problem"]["input"] == "9x8"
        assert row["problem"]["groups"] == 2


def test_memory_beside_the_tensors_is_told(done):
    """The matrix that im2col writes against the few panels of an implicit product."""
    for direction in DIRECTIONS:
        rows = done.of("case", case=f"conv/f32/nchw/{direction}/{SIZES}", status="ok")
        bytes_of = {row["implementation"]: row["workspace_bytes"] for row in rows}
        # Of one group of an image: 3 channels by 9 taps by 5x8 outputs.
        assert bytes_of["im2col"] == 4 * 3 * 9 * 5 * 8
        assert bytes_of["implicit_gemm"] > 0
        tensors = 4 * (2 * 6 * 9 * 8 + 4 * 3 * 3 * 3 + 2 * 4 * 5 * 8)
        assert bytes_of["onednn_packed"] >= tensors
        assert bytes_of["naive"] is None
        assert all(bytes_of[name] is not None for name in LADDER - {"naive"})
        packs = {row["implementation"] for row in rows if row["pack_s"] is not None}
        assert packs == {"onednn_packed"}
