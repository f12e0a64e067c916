"""The networks of operations/training/network.cpp as PyTorch modules.

Layer by layer the same, and so is the order of their parameters, by which a seed decides the
initial weights.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import nn

CLASSES = 10


class Network(NamedTuple):
    """How to make a network, and the channels, height and width of its images."""

    make: Callable[[], nn.Module]
    image: tuple[int, int, int]


def mlp(*widths: int) -> nn.Module:
    """Linear layers of these widths, the first that of an image, with ReLU between them."""
    return nn.Sequential(nn.Flatten(), *_linear(*widths))


def cnn(channels: int, window: int, pad: int, flat: int) -> nn.Module:
    """The CIFAR-10 network of PyTorch's tutorial; `flat`: values of an image after its pools."""
    return nn.Sequential(
        nn.Conv2d(channels, 6, window, padding=pad),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, window, padding=pad),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        *_linear(flat, 120, 84, CLASSES),
    )


class ResidualBlock(nn.Module):
    """Two 3×3 convolutions and the shortcut around them."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        halves = inputs != outputs
        stride = 2 if halves else 1
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential()
        if halves:
            convolution = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.shortcut = nn.Sequential(convolution, nn.BatchNorm2d(outputs))
        self.relu2 = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, inputs, H, W) to (N, outputs, H, W), or half of H and W where channels double."""
        y = self.relu1(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        result: torch.Tensor = self.relu2(y + self.shortcut(x))
        return result


def resnet20() -> nn.Module:
    """He et al. 2016, section 4.2, with projections as shortcuts (option B)."""
    widths = [16, 16, 16, 16, 32, 32, 32, 64, 64, 64]
    blocks = [ResidualBlock(*pair) for pair in pairwise(widths)]
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1, bias=False),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        *blocks,
        nn.AvgPool2d(8),
        nn.Flatten(),
        nn.Linear(64, CLASSES),
    )


def _linear(*widths: int) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return layers[:-1]


NETWORKS = {
    "mlp": Network(lambda: mlp(784, 512, 256, CLASSES), (1, 28, 28)),
    "mlp_8x8": Network(lambda: mlp(64, 128, CLASSES), (1, 8, 8)),
    "cnn": Network(lambda: cnn(3, window=5, pad=0, flat=400), (3, 32, 32)),
    "cnn_8x8": Network(lambda: cnn(1, window=3, pad=1, flat=64), (1, 8, 8)),
    "resnet20": Network(resnet20, (3, 32, 32)),
}
