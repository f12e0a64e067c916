"""The program of whole networks: a CPU-only run of training steps and inference."""

import json
import signal
import time

import pytest

NO_GPU = {"CUDA_VISIBLE_DEVICES": ""}  # wherever the tests run
ENGINES = {"naive", "tuned", "library", "picked"}
CASES = (
    "train/f32/mlp_8x8/b5/step",
    "train/f32/cnn_8x8/b5/step",
    "infer/f32/cnn_8x8/b1",
)
BF16 = "train/bf16/mlp_8x8/b5/step"


@pytest.fixture(scope="module")
def done(make_bench, tmp_path_factory):
    return make_bench("train_bench", tmp_path_factory.mktemp("train"), *CASES, BF16)(**NO_GPU)


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
            check_memory(row)
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


def test_f32_stands_in_for_bf16_on_the_cpu(done):
    rows = done.of("case", case=BF16, side="cpu", status="ok")
    f32 = {f"{name}_f32" for name in ENGINES - {"naive"}}
    own = {"naive", "library", "picked"}  # the last two need AVX-512
    assert {row["implementation"] for row in rows} in (f32 | own, f32 | {"naive"})
    for row in rows:
        assert row["dtype"] == ("f32" if row["implementation"].endswith("_f32") else "bf16")


def check_memory(row):
    memory = row["memory"]
    training = row["case"].startswith("train")
    kinds = ["parameters", "gradients", "momentum", "batch", "activations", "workspace"]
    if not training:
        kinds = [kind for kind in kinds if kind not in ("gradients", "momentum")]
    assert list(memory) == kinds
    assert row["items"] == row["problem"]["batch"]
    assert memory["batch"] == row["items"] * (64 + training) * 4
    held = sum(memory.get(kind, 0) for kind in ("gradients", "activations", "workspace"))
    assert held == row["workspace_bytes"]
    if training:
        assert memory["gradients"] == memory["momentum"] == memory["parameters"]


def test_inference_has_its_slowest_calls(done):
    for row in done.of("case", side="cpu", cache="warm", status="ok"):
        if row["case"].startswith("infer"):
            assert row["latency_calls"] >= 10
            assert row["latency_s"] > 0
            if row["latency_calls"] < 100:
                assert row["latency_p99_s"] is None
            else:
                assert row["latency_p99_s"] >= row["latency_s"]
        else:
            assert row["latency_s"] is None


def test_flops_of_a_step_are_those_of_its_operations(done):
    (flops,) = {row["flops"] for row in done.of("case", case=CASES[0])}
    layers = 2 * 5 * (64 * 128 + 128 * 10)
    backward = layers + layers - 2 * 5 * 64 * 128  # no gradient of the images
    rest = 5 * (128 + 10) * 2 + 2 * 5 * 128 + 4 * 5 * 10  # biases, relu, loss
    parameters = 64 * 128 + 128 + 1280 + 16  # each from a cache line on
    assert flops == layers + backward + rest + 4 * parameters


def test_ctrl_c_in_the_middle_of_inference_ends_the_file_properly(make_bench, tmp_path):
    bench = make_bench("train_bench", tmp_path, *(f"infer/f32/mlp_8x8/b{n}" for n in range(1, 9)))
    for wait_s in (0.3, 0.45, 0.6, 0.75):
        bench.run_file.unlink(missing_ok=True)
        with bench.start("--filter", "cpu/picked") as process:
            time.sleep(wait_s)
            process.send_signal(signal.SIGINT)
            process.stderr.read()
        assert process.returncode in (0, 130)
        assert json.loads(bench.run_file.read_text().splitlines()[-1])["kind"] == "end"
