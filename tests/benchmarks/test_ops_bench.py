"""The program of a network's memory-bound operations: a CPU-only run, several outputs, replay."""

import pytest

NO_GPU = {"CUDA_VISIBLE_DEVICES": ""}  # wherever the tests run
CASES = (
    "relu/f32/n5000",
    "relu_backward/bf16/n5000",
    "add/f32/n5000",
    "sgd/f32/lr0.1momentum0.9decay0.01/n5000",
    "softmax_cross_entropy/f32/n40c10",
    "max_pool_backward/f32/nchw/n2c3h12w10r2s2/stride2x2",
    "average_pool/f32/nhwc/n2c3h12w10r2s2/stride2x2",
    "batch_norm/f32/ncp/n4c3p20",
    "batch_norm_backward/f32/npc/n4c3p20",
    "bias/f32/ncp/n4c6p50",
    "bias_backward/f32/npc/n4c6p50",
)


@pytest.fixture(scope="module")
def done(make_bench, tmp_path_factory):
    """A run of everything on a small problem of each operation."""
    return make_bench("ops_bench", tmp_path_factory.mktemp("ops"), *CASES)(**NO_GPU)


def test_every_implementation_is_measured_and_verified(done, check_rows):
    assert done.code == 0, done.err
    check_rows(done.rows)
    for case in CASES:
        rows = done.of("case", case=case, side="cpu", status="ok")
        names = {row["implementation"] for row in rows}
        assert "naive" in names, case
        assert any(name.startswith(("simd", "onednn", "threaded")) for name in names), case
        for row in rows:
            check = row["check"]
            assert (check["real"], check["after"]) == ("passed", "passed"), row
            assert check["inputs_unchanged"] is True
            assert check["exact"] == ("not_run" if case.startswith(("s", "batch")) else "passed")


def test_both_outputs_of_an_update_are_checked(done):
    for row in done.of("case", case=CASES[3], status="ok"):
        assert row["check"]["elements"] == 2 * 5000
        assert row["bytes"] == 4 * 5 * 5000
