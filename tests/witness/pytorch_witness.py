"""What PyTorch makes of the first steps of a training: the witness that tests hold engines against.

    python -m venv .venv-pytorch
    .venv-pytorch/bin/pip install -r setup/requirements-pytorch.txt
    PYTHONPATH=benchmarks .venv-pytorch/bin/python tests/witness/pytorch_witness.py

writes a file for each network beside this script: a line of JSON, then as little-endian f32 each
parameter before the first step, each gradient of that step, and each parameter after the last. The
batches are the digits in the order of their file, 32 at a time.
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

from pytorch.networks import NETWORKS

HERE = Path(__file__).resolve().parent
DIGITS = HERE.parents[1] / "operations/data/digits.csv"
BATCH, STEPS, LR, MOMENTUM = 32, 20, 0.001, 0.9


def batches() -> list[tuple[torch.Tensor, torch.Tensor]]:
    """The images of each step in [-1, 1], and their labels."""
    digits = np.loadtxt(DIGITS, delimiter=",", dtype=np.float32)
    images = torch.from_numpy(digits[:, :64].reshape(-1, 1, 8, 8) / 8 - 1)
    labels = torch.from_numpy(digits[:, 64].astype(np.int64))
    return [
        (images[first : first + BATCH], labels[first : first + BATCH])
        for first in range(0, STEPS * BATCH, BATCH)
    ]


def witness(name: str) -> None:
    """Trains a network and writes down what it went through."""
    torch.manual_seed(0)
    network = NETWORKS[name].make()
    optimiser = torch.optim.SGD(network.parameters(), lr=LR, momentum=MOMENTUM)
    parameters = list(network.parameters())
    parts = [p.detach().clone() for p in parameters]
    losses = []
    for images, labels in batches():
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(network(images), labels)
        loss.backward()
        if not losses:
            parts += [p.grad.clone() for p in parameters]
        optimiser.step()
        losses.append(loss.item())
    parts += [p.detach() for p in parameters]
    header = {
        "network": name,
        "pytorch": torch.__version__,
        "batch": BATCH,
        "lr": LR,
        "momentum": MOMENTUM,
        "parameters": sum(p.numel() for p in parameters),
        "losses": losses,
    }
    with (HERE / f"{name}.bin").open("wb") as file:
        file.write(json.dumps(header).encode() + b"\n")
        for part in parts:
            file.write(part.numpy().astype("<f4").tobytes())


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name in ("mlp_8x8", "cnn_8x8"):
        witness(name)
