# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from benchmarks.emotion_judges_layers import (
    convolve,
    convolve_separably,
    elu,
    max_pool,
    padded_same,
    softmax,
)

RAMP = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)


def test_a_kernel_of_ones_sums_its_window() -> None:
    kernel = np.ones((3, 3, 1, 1), np.float32)
    assert convolve(RAMP, kernel, same=False)[0, :, :, 0].tolist() == [[45, 54], [81, 90]]


def test_kernel_places_are_not_mirrored() -> None:
    kernel = np.zeros((3, 3, 1, 1), np.float32)
    kernel[0, 2] = 1.0
    assert convolve(RAMP, kernel, same=False)[0, :, :, 0].tolist() == [[2, 3], [6, 7]]


@pytest.mark.parametrize(("length", "stride", "before", "after"), [(4, 2, 0, 1), (5, 2, 1, 1)])
def test_same_puts_the_odd_pixel_last(length: int, stride: int, before: int, after: int) -> None:
    padded = padded_same(np.ones((1, length, length, 1), np.float32), 3, stride)
    row = padded[0, before, :, 0]
    assert len(row) == before + length + after
    assert row.tolist() == [0.0] * before + [1.0] * length + [0.0] * after


def test_strides_keep_every_second_place() -> None:
    kernel = np.ones((1, 1, 1, 1), np.float32)
    assert convolve(RAMP, kernel, 2)[0, :, :, 0].tolist() == [[0, 2], [8, 10]]


def test_channels_are_mixed_by_the_pointwise_part_alone() -> None:
    pictures = np.concatenate([RAMP, -RAMP], axis=3)
    depthwise = np.zeros((3, 3, 2, 1), np.float32)
    depthwise[1, 1] = 1.0
    pointwise = np.array([[[[1.0], [3.0]]]], np.float32)
    assert np.array_equal(convolve_separably(pictures, depthwise, pointwise), -2 * RAMP)


def test_padding_never_wins_a_pool() -> None:
    assert max_pool(RAMP - 100, 3, 2, same=True)[0, :, :, 0].tolist() == [[-90, -89], [-86, -85]]


def test_activations() -> None:
    assert elu(np.array([-np.inf, 0.0, 2.0], np.float32)).tolist() == [-1.0, 0.0, 2.0]
    assert np.allclose(softmax(np.array([[1000.0, 1000.0]], np.float32)), 0.5)
