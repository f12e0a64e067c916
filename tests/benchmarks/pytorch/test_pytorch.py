"""PyTorch itself, where ./breakeven bench --with-pytorch has brought it."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from breakeven.report import report

TRUTH = """
from pytorch.cases import Case
from pytorch.rows import Check
from pytorch.steps import Data, Step, data_of
from pytorch.truth import Truth
import torch

def rounded(x):  # to the 11 bits of TF32
    return (x.view(torch.int32) + 4096 & ~8191).view(torch.float32)

for network, batch, training in (("mlp", 4, True), ("cnn_8x8", 32, True), ("resnet20", 4, True),
                                 ("resnet20", 2, False)):
    case = Case({"case": network}, training, network, batch)
    data = data_of(case, 1)
    truth, step = Truth(case, data), Step(case, data, threads=1)
    sound = step.outcome()
    assert truth.check(sound, Check()), network
    coarse = Step(case, Data(rounded(data.images), data.labels, data.state), threads=1)
    check = Check()
    assert not truth.check(coarse.outcome(), check), network
    assert check.detail and check.worst > 1
    for name, value in sound.items():
        flat = value.clone().flatten()
        flat[-1] = float("nan")
        assert not truth.check(sound | {name: flat.view_as(value)}, Check()), name
    if training:
        step.call()
        assert truth.check(step.outcome(), Check()), "an outcome begins anew"
"""

# A GPU played by the CPU: nothing here shows that PyTorch works on one.
STAND_IN = """
import sys, time, torch
from pytorch import measurement, steps
from pytorch.__main__ import main

class Event:
    def __init__(self, enable_timing): assert enable_timing
    def record(self): self.at = time.perf_counter()
    def elapsed_time(self, other): return (other.at - self.at) * 1e3

class Step(steps.Step):
    def __init__(self, case, data, device="cpu", *others, **more):
        super().__init__(case, data, "cpu", *others, **more)
        self.device = device

torch.cuda.is_available = lambda: True
torch.cuda.is_current_stream_capturing = lambda: False
torch.cuda.init = torch.cuda.synchronize = lambda: None
torch.cuda.Event = Event
measurement.Step = Step
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="session")
def python(root: Path) -> Path:
    program = root / ".venv-pytorch/bin/python"
    if not program.exists():
        pytest.skip("PyTorch is not there: ./breakeven bench --with-pytorch brings .venv-pytorch")
    return program


@pytest.fixture
def pytorch(python: Path, root: Path, tmp_path: Path):
    """pytorch(*arguments, **variables): `python -m pytorch` started, without a GPU."""

    def start(*arguments: str | Path, **variables: str) -> subprocess.Popen[str]:
        fixed = {
            "PYTHONPATH": str(root / "benchmarks"),
            "CUDA_VISIBLE_DEVICES": "",
            "OMP_WAIT_POLICY": "passive",
            "TORCHINDUCTOR_CACHE_DIR": str(tmp_path / "inductor"),
        }
        return subprocess.Popen(
            [python, "-P", *arguments],
            env={**os.environ, **fixed, **variables},
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def appended(path: Path) -> list[dict]:
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    first = [row.get("program") for row in rows].index("pytorch_bench")
    return rows[first:]


def test_every_part_of_an_outcome_is_checked(pytorch):
    process = pytorch("-c", TRUTH)
    assert process.wait(300) == 0, process.stderr.read()


def test_all_are_measured_and_the_report_reads_them(pytorch, make_run, check_rows):
    path = make_run()
    process = pytorch("-m", "pytorch", path)
    assert process.wait(300) == 0, process.stderr.read()
    rows = appended(path)
    check_rows(rows)
    assert (rows[-1]["kind"], rows[-1]["problems_measured"], rows[-1]["rows"]) == (
        *("end", 2),
        len(rows),
    )
    cpu = [row for row in rows if row["kind"] == "case" and row["side"] == "cpu"]
    keys = [(r["case"], r["implementation"], r["threads"], r["repetition"]) for r in cpu]
    assert len(set(keys)) == len(keys) == 2 * 2 * 2 * 2
    for row in cpu:
        assert row["status"] == "ok", row["reason"]
        assert (row["check"]["real"], row["check"]["after"]) == ("passed", "passed")
        assert (row["latency_calls"] is None) == row["case"].startswith("train")
    for row in rows:
        if row["kind"] == "case" and row["side"] == "cuda":
            assert (row["status"], row["reason"]) == ("skipped", "PyTorch has no CUDA device")
    assert "pytorch" in report([path], None) + (path.parent / "report.md").read_text()


def test_on_a_gpu_calls_are_timed_from_the_host_too(pytorch, make_run, check_rows):
    path = make_run()
    process = pytorch("-c", STAND_IN, path, "--filter", "cuda/pytorch_eager")
    assert process.wait(300) == 0, process.stderr.read()
    rows = appended(path)
    check_rows(rows)
    assert rows[-1]["context_s"] >= 0
    assert len(rows) == 2 + 2 * 2
    for row in rows[1:-1]:
        assert (row["side"], row["threads"], row["status"]) == ("cuda", None, "ok")
        assert row["call_s"] > 0
        assert row["latency_s"] > 0
        assert (row["read_back_s"] is None) == row["case"].startswith("infer")


def test_what_cannot_be_compiled_is_an_error_and_the_rest_goes_on(pytorch, make_run):
    path = make_run()
    process = pytorch("-m", "pytorch", path, "--filter", "cpu", CXX="/no/such/compiler")
    assert process.wait(300) == 1
    rows = [row for row in appended(path) if row["kind"] == "case"]
    for row in rows:
        compiled = row["implementation"] == "pytorch_compiled"
        assert row["status"] == ("error" if compiled else "ok"), row["reason"]
        assert (row["median_s"] is None) == compiled
        assert bool(row["reason"]) == compiled


def test_what_does_not_fit_in_the_time_is_skipped(pytorch, make_run, check_rows):
    path = make_run()
    process = pytorch("-m", "pytorch", path, "--seconds", "0", "--filter", "cpu/pytorch_eager")
    assert process.wait(300) == 0, process.stderr.read()
    rows = appended(path)
    check_rows(rows)
    for row in rows[1:-1]:
        assert row["status"] == "skipped"
        assert "do not fit" in row["reason"]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_keeps_its_rows_and_says_so(
    pytorch, make_run, check_rows, number, status
):
    path = make_run(preset="full", repetitions=100_000)
    process = pytorch("-m", "pytorch", path, "--filter", "pytorch_eager")
    deadline = time.monotonic() + 120
    while path.read_text().count('"pytorch_eager"') < 3:
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(number)
    assert process.wait(60) == status
    rows = appended(path)
    check_rows(rows)
    assert (rows[-1]["exit_status"], rows[-1]["interrupted"]) == (status, True)
    assert rows[-1]["rows"] == len(rows)
