# SPDX-License-Identifier: Apache-2.0
"""The layers that the judges' nets are made of, for pictures (N, height, width, channels), in numpy.

Small enough to need no deep-learning package: some hundred pictures take seconds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def padded_same(pictures: Floats, size: int, stride: int, fill: float = 0.0) -> Floats:
    """Pad as TensorFlow's "same" does: the odd pixel goes to the bottom and the right."""
    before_after = [(0, 0)]
    for length in pictures.shape[1:3]:
        missing = max((-(-length // stride) - 1) * stride + size - length, 0)
        before_after.append((missing // 2, missing - missing // 2))
    return np.pad(pictures, [*before_after, (0, 0)], constant_values=fill)


def windows(pictures: Floats, size: int, stride: int) -> Floats:
    """Views (N, rows, columns, channels, size, size) of every window."""
    view = np.lib.stride_tricks.sliding_window_view(pictures, (size, size), axis=(1, 2))
    return np.asarray(view[:, ::stride, ::stride])


def convolve(pictures: Floats, kernel: Floats, stride: int = 1, *, same: bool = True) -> Floats:
    """Convolve with a kernel (size, size, channels in, channels out)."""
    source, shape = _framed(pictures, kernel.shape[0], stride, same=same)
    result = np.zeros((len(pictures), *shape, kernel.shape[3]), np.float32)
    for down, across in np.ndindex(kernel.shape[:2]):
        result += _moved(source, (down, across), shape, stride) @ kernel[down, across]
    return result


def convolve_separably(
    pictures: Floats, depthwise: Floats, pointwise: Floats, stride: int = 1
) -> Floats:
    """Convolve each channel with (size, size, channels, 1), then mix with (1, 1, in, out)."""
    source, shape = _framed(pictures, depthwise.shape[0], stride, same=True)
    each = np.zeros((len(pictures), *shape, pictures.shape[3]), np.float32)
    for down, across in np.ndindex(depthwise.shape[:2]):
        each += _moved(source, (down, across), shape, stride) * depthwise[down, across, :, 0]
    return np.asarray(each @ pointwise[0, 0], np.float32)


def _framed(
    pictures: Floats, size: int, stride: int, *, same: bool
) -> tuple[Floats, tuple[int, int]]:
    """The padded pictures, and rows and columns of the result."""
    source = padded_same(pictures, size, stride) if same else pictures
    rows, columns = ((length - size) // stride + 1 for length in source.shape[1:3])
    return source, (rows, columns)


def _moved(source: Floats, place: tuple[int, int], shape: tuple[int, int], stride: int) -> Floats:
    """What one place of the kernel sees of the pictures."""
    (down, across), (rows, columns) = place, shape
    return source[
        :,
        down : down + stride * (rows - 1) + 1 : stride,
        across : across + stride * (columns - 1) + 1 : stride,
    ]


def max_pool(pictures: Floats, size: int, stride: int, *, same: bool = False) -> Floats:
    """Largest value of each window; padding never wins."""
    source = padded_same(pictures, size, stride, -np.inf) if same else pictures
    return np.asarray(windows(source, size, stride).max(axis=(4, 5)))


def elu(values: Floats) -> Floats:
    """Exponential linear unit."""
    return np.where(values > 0, values, np.expm1(np.minimum(values, 0))).astype(np.float32)


def relu(values: Floats) -> Floats:
    """Rectifier."""
    return np.maximum(values, np.float32(0))


def softmax(values: Floats) -> Floats:
    """Probabilities over the last axis."""
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)
