"""The program that trains: it learns, goes on where it stopped, and refuses what is not right."""

import json
import re
import subprocess

import pytest


@pytest.fixture
def train(build_dir, tmp_path):
    """Runs the program; the outcome of subprocess.run."""

    def run(*arguments, out=tmp_path / "out", data="digits"):
        command = [build_dir / "bin/train", f"--data={data}", f"--out={out}", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=300)

    return run


def lines(folder):
    return [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]


def history(folder):
    """Its epochs: the first line says what was trained."""
    return lines(folder)[1:]


@pytest.mark.parametrize("engine", ["naive", "tuned", "library"])
@pytest.mark.parametrize("network", ["mlp", "cnn"])
def test_digits_are_learned(train, tmp_path, network, engine):
    # A higher rate than the default: 15 epochs suffice.
    done = train(f"--network={network}", f"--engine={engine}", "--lr=0.05", "--epochs=15")
    assert done.returncode == 0, done.stderr
    epochs = history(tmp_path / "out")
    assert [epoch["epoch"] for epoch in epochs] == list(range(1, 16))
    assert epochs[-1]["test_accuracy"] >= 0.95
    assert epochs[-1]["loss"] < epochs[0]["loss"] / 4
    assert len(epochs[0]["losses"]) == 45  # 44 batches of 32, and one of 29
    assert "epoch 15/15" in done.stdout
    assert lines(tmp_path / "out")[0] == {
        "network": f"{network}_8x8", "side": "cpu", "engine": engine, "dtype": "f32",
        "data": "digits",
        "batch": 32, "lr": 0.05, "momentum": 0.9, "weight_decay": 0.0, "seed": 0,
    }  # fmt: skip


def test_an_epoch_is_told_of_on_a_terminal_while_it_runs(build_dir, tmp_path, on_a_terminal):
    options = ("--network=resnet20", "--data=synthetic", "--epochs=1", f"--out={tmp_path}")
    code, text = on_a_terminal([build_dir / "bin/train", *options])
    assert code == 0
    assert re.search(r"\r\033\[Kepoch 1/1  \d+/2048 images  loss \d", text)
    assert text.endswith("\r\033[K"), "the changing line is gone at the end"


def test_digits_are_learned_in_bf16(train, tmp_path):
    done = train("--network=cnn", "--engine=naive", "--dtype=bf16", "--lr=0.05", "--epochs=15")
    assert done.returncode == 0, done.stderr
    assert history(tmp_path / "out")[-1]["test_accuracy"] >= 0.95
    other = train("--network=cnn", "--engine=naive", "--lr=0.05", "--epochs=16", "--resume")
    assert (other.returncode, "was made with --dtype bf16" in other.stderr) == (2, True)


def test_going_on_is_the_same_as_not_stopping(train, tmp_path):
    options = ("--network=cnn", "--lr=0.05", "--seed=3")
    assert train(*options, "--epochs=3", out=tmp_path / "whole").returncode == 0
    assert train(*options, "--epochs=2", out=tmp_path / "parts").returncode == 0
    assert train(*options, "--epochs=3", "--resume", out=tmp_path / "parts").returncode == 0
    for name in ("state.bin",):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "parts" / name).read_bytes()
    losses = [[e["losses"] for e in history(tmp_path / folder)] for folder in ("whole", "parts")]
    assert losses[0] == losses[1]
    assert lines(tmp_path / "whole")[0] == lines(tmp_path / "parts")[0]


def test_all_engines_see_the_same_batches(train, tmp_path):
    losses = {}
    for engine in ("naive", "tuned", "library"):
        out = tmp_path / engine
        assert train("--network=mlp", f"--engine={engine}", "--epochs=1", out=out).returncode == 0
        losses[engine] = history(out)[0]["losses"][:20]
    for engine in ("tuned", "library"):
        assert losses[engine] == pytest.approx(losses["naive"], rel=1e-5)


def test_synthetic_data_of_any_network_is_learned(train, tmp_path):
    done = train("--network=resnet20", "--batch=64", "--epochs=1", data="synthetic")
    assert done.returncode == 0, done.stderr
    losses = history(tmp_path / "out")[0]["losses"]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize(
    ("arguments", "data", "message"),
    [
        (["--network=lenet"], "digits", "there is no network 'lenet'; there are mlp"),
        (["--network=resnet20"], "digits", "takes images of 3x32x32, not of 1x8x8"),
        (["--network=mlp"], "mnist", "--data 'mnist' must be digits, synthetic or cifar10:DIR"),
        (["--network=mlp", "--engine=fast"], "digits", "there is no engine 'fast'"),
        (["--network=mlp", "--dtype=bf16"], "digits", "engine 'tuned': no own convolution"),
        (["--network=mlp", "--dtype=f16"], "digits", "--dtype"),
        (["--network=mlp", "--batch=0"], "digits", "--batch"),
        (["--network=mlp", "--lr=-1"], "digits", "--lr"),
        (["--network=mlp", "--lr=nan"], "digits", "must be finite numbers"),
        (["--network=mlp", "--seed=-1"], "digits", "--seed"),
        (["--network=cnn"], "cifar10:/nowhere", "/nowhere/data_batch_1.bin: cannot be read"),
        (["--network=mlp", "--resume"], "digits", "state.bin: no state that can be read"),
        ([], "digits", "--network is required"),
    ],
)
def test_bad_input_gets_one_line(train, arguments, data, message):
    done = train(*arguments, data=data)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_training_is_not_overwritten_and_not_gone_on_with_otherwise(train, tmp_path):
    assert train("--network=mlp", "--epochs=1").returncode == 0
    before = (tmp_path / "out/state.bin").read_bytes()
    again = train("--network=mlp", "--epochs=1")
    assert (again.returncode, "holds a training" in again.stderr) == (2, True)
    other = train("--network=mlp", "--epochs=2", "--lr=0.1", "--resume")
    assert (other.returncode, "was made with --lr 0.001" in other.stderr) == (2, True)
    engine = train("--network=mlp", "--epochs=2", "--engine=library", "--resume")
    assert (engine.returncode, "was made with --engine tuned" in engine.stderr) == (2, True)
    enough = train("--network=mlp", "--epochs=1", "--resume")
    assert (enough.returncode, "has 1 epochs behind it" in enough.stderr) == (2, True)
    assert (tmp_path / "out/state.bin").read_bytes() == before
    (tmp_path / "out/state.bin").write_bytes(before[:-4])
    cut = train("--network=mlp", "--epochs=2", "--resume")
    assert (cut.returncode, "is cut short or too long" in cut.stderr) == (2, True)


def write_cifar(folder, records=10000, label=3):
    folder.mkdir()
    record = bytes([label]) + bytes(range(256)) * 12
    for name in [*(f"data_batch_{i}.bin" for i in range(1, 6)), "test_batch.bin"]:
        (folder / name).write_bytes(record * records)


def test_cifar10_is_checked(train, tmp_path):
    folder = tmp_path / "cifar"
    write_cifar(folder)
    (folder / "test_batch.bin").write_bytes(b"\x0a" + (folder / "test_batch.bin").read_bytes()[1:])
    done = train("--network=cnn", data=f"cifar10:{folder}")
    assert done.returncode == 2
    assert "test_batch.bin: record 0 has the label 10; it must be 0 to 9" in done.stderr
    (folder / "data_batch_2.bin").write_bytes(b"\x01")
    done = train("--network=cnn", data=f"cifar10:{folder}")
    assert "data_batch_2.bin: must have 30730000 bytes, has 1" in done.stderr


def test_a_loss_that_is_not_finite_ends_it(train):
    done = train("--network=mlp", "--lr=1e30", "--epochs=3")
    assert done.returncode == 1
    assert "the loss is no longer finite" in done.stderr
    again = train("--network=mlp", "--epochs=1")
    assert again.returncode == 0, "a training without a state is begun anew"


def test_a_history_that_a_crash_cut_is_gone_on_with(train, tmp_path):
    assert train("--network=mlp", "--epochs=1").returncode == 0
    with (tmp_path / "out/history.jsonl").open("a") as file:
        file.write('{"epoch":2,"lo')
    assert train("--network=mlp", "--epochs=2", "--resume").returncode == 0
    assert [epoch["epoch"] for epoch in history(tmp_path / "out")] == [1, 2]


def test_out_must_be_a_folder(train, tmp_path):
    (tmp_path / "file").write_text("")
    done = train("--network=mlp", out=tmp_path / "file")
    assert (done.returncode, "is no folder" in done.stderr) == (2, True)
