# SPDX-License-Identifier: Apache-2.0
"""The expression net of face-api: a small densely connected net of separable convolutions.

Own port of its forward pass; the weights come as bytes with a list of names, shapes and scales.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.emotion_judges_layers import Floats, convolve, convolve_separably, relu, softmax

_MEAN_RGB = np.array([122.782, 117.001, 104.298], np.float32)
_BLOCKS = 4


@dataclass(frozen=True, eq=False)
class FaceApiNet:
    """The arrays by the names of the weights' list."""

    arrays: Mapping[str, Floats]

    def __call__(self, pictures: Floats) -> Floats:
        """Probabilities (N, 7) for RGB pictures (N, 112, 112, 3), 0..255."""
        values = ((pictures - _MEAN_RGB) / 255).astype(np.float32)
        for block in range(_BLOCKS):
            values = self._dense_block(values, f"dense{block}", first=block == 0)
        pooled = values.mean(axis=(1, 2))
        return softmax(pooled @ self.arrays["fc/weights"] + self.arrays["fc/bias"])

    def _dense_block(self, values: Floats, name: str, *, first: bool) -> Floats:
        """Four convolutions, each of the sum of all before; the first halves the size."""
        if first:
            entry = convolve(values, self.arrays[f"{name}/conv0/filters"], 2)
            total = relu(entry + self.arrays[f"{name}/conv0/bias"])
        else:
            total = relu(self._separable(values, f"{name}/conv0", 2))
        current = total
        for number in (1, 2, 3):
            total = total + self._separable(current, f"{name}/conv{number}", 1)
            current = relu(total)
        return current

    def _separable(self, values: Floats, name: str, stride: int) -> Floats:
        depthwise = self.arrays[f"{name}/depthwise_filter"]
        pointwise = self.arrays[f"{name}/pointwise_filter"]
        bias = self.arrays[f"{name}/bias"]
        return convolve_separably(values, depthwise, pointwise, stride) + bias


def read_face_api(weights: Path, manifest: Path) -> FaceApiNet:
    """Read the arrays; bytes stand for value * scale + min where the list says so.

    Raises:
        OSError: a file is missing.
        ValueError: the bytes are not as many as the list says.
    """
    entries = json.loads(manifest.read_text(encoding="utf-8"))[0]["weights"]
    data = weights.read_bytes()
    arrays, offset = {}, 0
    for entry in entries:
        count = int(np.prod(entry["shape"]))
        scales = entry.get("quantization")
        kind = np.dtype(np.uint8) if scales else np.dtype(np.float32)
        values = np.frombuffer(data, kind, count, offset).astype(np.float32)
        offset += count * kind.itemsize
        if scales:
            values = values * scales["scale"] + scales["min"]
        arrays[entry["name"]] = np.asarray(values.reshape(entry["shape"]), np.float32)
    if offset != len(data):
        raise ValueError(f"{weights.name} has {len(data)} bytes; its list describes {offset}.")
    return FaceApiNet(arrays)
