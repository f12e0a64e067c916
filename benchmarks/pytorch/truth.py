"""What a step should leave: the same step in float64, and how far from it f32 may be.

The bound is taken from float64 alone, so that neither eager nor compiled PyTorch is its own judge.
As in operations/training/truth.cpp it is norm by norm: each gradient, parameter, running statistic,
the loss and the logits may be 4 times as far from the truth as these together:

- what becomes of it when every layer's output is off by 2⁻²⁰ of its root mean square, at random:
  16 units of roundoff, what a sum of some 256 products may lose;
- what becomes of it when values nearer to a kink of relu or max pooling than 2⁻¹⁸ of their root
  mean square are on its other side: there, rounding decides;
- u·√(terms) of its norm, for the sums over a batch's images and pixels that the gradients are.

TF32, which rounds to 2⁻¹¹, is far outside.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from pytorch.cases import Case
from pytorch.rows import Check
from pytorch.steps import Data, Outcome, Step

FACTOR = 4.0
NOISE = 2.0**-20
KINK = 2.0**-18
ROUNDOFF = 2.0**-24


class Truth:
    """One step of a case in float64, and the distances from it that f32 may have."""

    def __init__(self, case: Case, data: Data) -> None:
        def step_with(add_hooks: Callable[[nn.Module], Any]) -> Outcome:
            step = Step(case, data, dtype=torch.float64)
            for module in step.network.modules():
                add_hooks(module)
            return step.outcome()

        self._values = step_with(lambda module: None)
        astray = [step_with(_off_by_rounding), step_with(_beyond_kinks)]
        summed = ROUNDOFF * sqrt(data.images.numel() / data.images.shape[1])
        self._allowed = {
            name: FACTOR
            * (
                summed * value.norm().item()
                + sum((other[name] - value).norm().item() for other in astray)
            )
            for name, value in self._values.items()
        }

    def check(self, outcome: Outcome, check: Check) -> bool:
        """Whether all of it is as near as it may be; the worst, and what failed, go to `check`."""
        passed = True
        for name, value in self._values.items():
            distance, allowed = (outcome[name] - value).norm().item(), self._allowed[name]
            if distance > 0 and allowed > 0:
                check.worst = max(check.worst, distance / allowed)
            if not distance <= allowed:  # NaN fails
                passed = False
                check.detail = (
                    check.detail
                    or f"{name} is {distance:.3g} from float64's (allowed {allowed:.3g})"
                )
        return passed


def _root_mean_square(x: torch.Tensor) -> torch.Tensor:
    return x.detach().square().mean().sqrt()


def _off_by_rounding(module: nn.Module) -> None:
    def off(_: nn.Module, __: Any, y: torch.Tensor) -> torch.Tensor:
        return y + NOISE * _root_mean_square(y) * torch.randn_like(y)

    if isinstance(module, nn.Conv2d | nn.Linear | nn.BatchNorm2d):
        module.register_forward_hook(off)


def _beyond_kinks(module: nn.Module) -> None:
    def other_side(_: nn.Module, inputs: tuple[torch.Tensor]) -> torch.Tensor:
        (x,) = inputs
        near = x.abs() < KINK * _root_mean_square(x)
        return x - 2 * torch.where(near, x, 0).detach()

    def second_largest(pool: nn.Module, inputs: tuple[torch.Tensor]) -> torch.Tensor:
        assert isinstance(pool, nn.MaxPool2d)
        (x,), window = inputs, pool.kernel_size
        first, at = functional.max_pool2d(x.detach(), window, return_indices=True)
        places = at.flatten(2)
        rest = x.detach().flatten(2).scatter(2, places, float("-inf")).view_as(x)
        ahead = first - functional.max_pool2d(rest, window)
        near = ahead < KINK * _root_mean_square(x)
        fall = torch.where(near, 2 * ahead, 0).flatten(2)
        return x - torch.zeros_like(x).flatten(2).scatter(2, places, fall).view_as(x)

    if isinstance(module, nn.ReLU):
        module.register_forward_pre_hook(other_side)
    elif isinstance(module, nn.MaxPool2d):
        module.register_forward_pre_hook(second_largest)
