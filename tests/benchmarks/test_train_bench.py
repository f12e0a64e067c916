"""The program of whole networks: a CPU-only run of training steps and inference."""

import pytest

NO_GPU = {"CUDA_VISIBLE_DEVICES": ""}  # wherever the tests run
ENGINES = {"naive", "tuned", "library", "picked"}
CASES = (
    "train/f32/mlp_8x8/b5",
    "train/f32/cnn_8x8/b5",
    "infer/f32/cnn_8x8/b1",
)


@pytest.fixture(scope="module")
def done(make_bench, tmp_path_factory):
    return make_bench("train_bench", tmp_path_factory.mktemp("train"), *CASES)(**NO_GPU)


def test_every_engine_is_measured_and_verified(done, check_rows):
    assert done.code == 0, done.err
    check_rows(done.rows)
    for case in CASES:
        rows = done.of("case", case=case, side="cpu", status="ok")
        assert {row["implementation"] for row in rows} == ENGINES, case
        for row in rows:
            check = row["check"]
            assert (check["exact"], check["real"]) == ("not_run", "passed"), row
            assert check["after"] == "passed"
            assert check["inputs_unchanged"] is True
            assert 0 < check["worst"] < 1  # distance from float64 by what is allowed
            assert row["workspace_bytes"] > 0
            assert "gemm " in row["plan"]
            if row["cache"] == "warm" and case.startswith("train"):
                parts = [name for name in row["parts"] if name != "closure"]
                assert parts == [
                    "forward_s",
                    "loss_s",
                    "backward_data_s",
                    "backward_weights_s",
                    "update_s",
                ]
            else:
                assert row["parts"] is None


def test_flops_of_a_step_are_those_of_its_operations(done):
    (flops,) = {row["flops"] for row in done.of("case", case=CASES[0])}
    layers = 2 * 5 * (64 * 128 + 128 * 10)
    backward = layers + layers - 2 * 5 * 64 * 128  # no gradient of the images
    rest = 5 * (128 + 10) * 2 + 2 * 5 * 128 + 4 * 5 * 10  # biases, relu, loss
    parameters = 64 * 128 + 128 + 1280 + 16  # each from a cache line on
    assert flops == layers + backward + rest + 4 * parameters
