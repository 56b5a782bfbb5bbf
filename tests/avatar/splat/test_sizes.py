# SPDX-License-Identifier: Apache-2.0
"""The same Gaussians in pictures of other sizes and in windows of a picture.

Antialiasing adds BLUR square pixels to each Gaussian's variance and lowers its opacity by as much as that
widens it. So a smaller picture is the larger one blurred to BLUR of its own, larger, pixels, and each
Gaussian keeps its brightness but for what the cut at 1/255 takes from its rim.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from dense_splats import NAMES, composite, leaves, random_splats, seen_by, view_from_front
from scipy.ndimage import gaussian_filter

from core.avatar.camera import Camera
from core.avatar.splat import Splats, draw
from core.avatar.splat.rules import BLUR, LEAST_ALPHA

CAMERA = Camera(64, 64, 180.0, 180.0, 32.0, 32.0, view_from_front())
LARGE = Camera(256, 256, 720.0, 720.0, 128.0, 128.0, view_from_front())


def hairs():
    """25 of 8 x 0.8 mm (deviations), none over another: 0.7 pixels thick in the large picture, 0.2 at a quarter."""
    generator = torch.Generator().manual_seed(3)
    places = torch.linspace(-0.12, 0.12, 5)
    across, up = (part.flatten() for part in torch.meshgrid(places, places, indexing="ij"))
    count = len(across)
    return Splats(
        torch.stack([across, torch.zeros(count), up], 1),
        torch.randn(count, 4, generator=generator),
        torch.tensor([[0.008, 0.0008, 0.0008]]).repeat(count, 1),
        torch.full((count,), 0.8),
        torch.rand(count, 3, generator=generator),
    )


@pytest.mark.parametrize("times", [2, 4], ids=["half", "quarter"])
def test_a_smaller_picture_is_the_larger_one_blurred(times):
    """What it is blurred by: BLUR of the small pixels less what the large picture has, and the mean of four."""
    large, small = (draw(hairs(), c).colour.numpy() for c in (LARGE, LARGE.scaled(1.0 / times)))
    variance = BLUR * (times**2 - 1.0) - 0.25
    sigma = math.sqrt(variance)
    blurred = gaussian_filter(large, (sigma, sigma, 0.0), mode="constant", truncate=8.0)
    # A small pixel's middle lies between four large ones.
    first = times // 2 - 1
    four = [blurred[first + i :: times, first + j :: times] for i in (0, 1) for j in (0, 1)]
    assert small.max() > 0.1
    np.testing.assert_allclose(small, sum(four) / 4.0, atol=LEAST_ALPHA)


@pytest.mark.parametrize("times", [1, 2, 4, 8])
def test_hairs_thinner_than_a_pixel_keep_their_brightness(times):
    """2 pi sqrt(det C) o, whatever the size, less 2 pi sqrt(det(C + BLUR)) / 255: 0.6 % here, and 4 % at an eighth."""
    camera = LARGE.scaled(1.0 / times)
    splats = leaves(hairs(), torch.float64)
    _, covariance, _ = seen_by(splats, camera)
    blurred = covariance + BLUR * torch.eye(2, dtype=torch.float64)
    kept = torch.det(covariance).sqrt() * splats.opacities - LEAST_ALPHA * torch.det(blurred).sqrt()
    wanted = 2.0 * math.pi * (kept[:, None] * splats.colours).sum(0).detach().numpy()
    drawn = draw(hairs(), camera).colour.double().sum((0, 1)).numpy()
    np.testing.assert_allclose(drawn, wanted, rtol=5e-3)


def part_of(splats, rows):
    tensors = (getattr(splats, name) for name in NAMES)
    return Splats(*(None if tensor is None else tensor[rows] for tensor in tensors))


def test_a_window_of_a_picture_shows_what_the_picture_shows_there():
    """Of Gaussians with their middles in the window or near it, where the Jacobian is not bounded."""
    splats, window = random_splats(400, 9), CAMERA.cropped(21, 9, 30, 40)
    middles, _, _ = seen_by(leaves(splats, torch.float64), window)
    away = (middles / torch.tensor([30.0, 40.0]) - 0.5).abs().amax(1)
    near = part_of(splats, away < 0.65)
    assert 100 < len(near.means) < 300
    inside = draw(near, CAMERA).colour[9:49, 21:51]
    np.testing.assert_allclose(draw(near, window).colour.numpy(), inside.numpy(), atol=2e-6)


def test_what_stands_far_outside_a_window_reaches_into_it_as_the_formulas_say():
    """The bound of the Jacobian moves with the window, in gsplat too: such Gaussians' rims differ by 0.006."""
    splats, window = random_splats(400, 9), CAMERA.cropped(21, 9, 30, 40)
    plain = leaves(splats, torch.float64)
    pictures = [
        drawer(kind, camera).colour.detach().double().numpy()
        for drawer, kind in ((draw, splats), (composite, plain))
        for camera in (window, CAMERA)
    ]
    ours, expected = (part - whole[9:49, 21:51] for part, whole in (pictures[:2], pictures[2:]))
    assert 1e-3 < np.abs(expected).max() < 1e-2
    np.testing.assert_allclose(ours, expected, atol=2e-6)
