"""A training step or an inference, as PyTorch's users write it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from pytorch.cases import Case
from pytorch.networks import CLASSES, NETWORKS

LR, MOMENTUM = 0.001, 0.9

Outcome = dict[str, torch.Tensor]
"""What a call leaves, by name, in float64 on the CPU."""


@dataclass
class Data:
    """What every contender of a case begins with, on the CPU."""

    images: torch.Tensor  # (batch, C, H, W), normal
    labels: torch.Tensor  # (batch), uniform
    state: dict[str, torch.Tensor]  # parameters and running statistics as PyTorch initialises them


def data_of(case: Case, seed: int) -> Data:
    """The same for a seed, whoever computes."""
    torch.manual_seed(seed)
    network = NETWORKS[case.network]
    return Data(
        images=torch.randn(case.batch, *network.image),
        labels=torch.randint(CLASSES, (case.batch,)),
        state=network.make().state_dict(),
    )


class Step:
    """A network with its batch on a device. Under `settings`, each call is one step that goes on
    from the one before, or one inference; nothing waits for a GPU."""

    def __init__(
        self,
        case: Case,
        data: Data,
        device: str = "cpu",
        threads: int | None = None,
        compiled: bool = False,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self._data, self._threads, self._training = data, threads, case.training
        self.device = device
        self.network: nn.Module = NETWORKS[case.network].make().to(device, dtype)
        self.network.train(case.training)
        self._images = data.images.to(device, dtype)
        self._labels = data.labels.to(device)
        # The defaults: on a GPU those update all parameters by a few kernels (foreach).
        self._optimiser = torch.optim.SGD(self.network.parameters(), lr=LR, momentum=MOMENTUM)
        self._forward: Callable[[torch.Tensor], torch.Tensor] = self.network
        if compiled:
            # Threads are compiled in, and the compiler's cache knows them by this option alone.
            # Part of a network that could not be compiled would be eager in disguise: fullgraph.
            self._forward = torch.compile(
                self.network,
                fullgraph=True,
                options={"cpp.threads": threads} if threads else None,
            )
        self.reset()

    @contextmanager
    def settings(self) -> Iterator[None]:
        """Its threads, and no gradients where none are asked for."""
        if self._threads:
            torch.set_num_threads(self._threads)
        with torch.inference_mode(not self._training):
            yield

    def reset(self) -> None:
        """Back to the state that everyone begins with."""
        self.network.load_state_dict(self._data.state)
        self._optimiser.state.clear()

    def call(self) -> torch.Tensor:
        """A training step, which returns its loss; or an inference, which returns the logits."""
        if not self._training:
            return self._forward(self._images)
        self._optimiser.zero_grad()  # sets gradients to None, by default
        loss = functional.cross_entropy(self._forward(self._images), self._labels)
        loss.backward()
        self._optimiser.step()
        return loss

    def synchronize(self) -> None:
        """Waits for the GPU, if it is one that computes."""
        if self.device == "cuda":
            torch.cuda.synchronize()

    def outcome(self) -> Outcome:
        """What one call makes of the state that everyone begins with."""
        self.reset()
        with self.settings():
            result = self.call()
        outcome = {"the loss" if self._training else "the logits": result}
        if self._training:
            for name, parameter in self.network.named_parameters():
                assert parameter.grad is not None
                outcome[f"the gradient of {name}"] = parameter.grad
                outcome[name] = parameter
            outcome |= {
                name: buffer
                for name, buffer in self.network.named_buffers()
                if buffer.is_floating_point()
            }
        return {name: value.detach().cpu().double().clone() for name, value in outcome.items()}

    def inputs_unchanged(self) -> bool:
        """Whether images and labels are what they were."""
        images = self._data.images.to(self._images.dtype)
        return torch.equal(self._images.cpu(), images) and torch.equal(
            self._labels.cpu(), self._data.labels
        )

    def wall_seconds(self, calls: int) -> float:
        """Host wall time of so many calls in a row, which end in one synchronise."""
        self.synchronize()
        start = time.perf_counter()
        for _ in range(calls):
            self.call()
        self.synchronize()
        return time.perf_counter() - start

    def read_back_seconds(self, calls: int) -> float:
        """Host wall time of so many training steps, each loss read before the next step."""
        self.synchronize()
        start = time.perf_counter()
        for _ in range(calls):
            self.call().item()
        return time.perf_counter() - start

    def device_seconds(self, calls: int) -> float:
        """Time on the GPU between events around so many calls; what it waits for the host between
        kernels is in it."""
        start = torch.cuda.Event(enable_timing=True)
        stop = torch.cuda.Event(enable_timing=True)
        start.record()
        for _ in range(calls):
            self.call()
        stop.record()
        torch.cuda.synchronize()
        return float(start.elapsed_time(stop)) / 1e3
