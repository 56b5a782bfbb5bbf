# SPDX-License-Identifier: Apache-2.0
"""The compiled drawing against the plain one, values and gradients."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from dense_splats import NAMES, composite, leaves, random_splats, view_from_front

from core.avatar.camera import Camera
from core.avatar.splat import draw

# A principal point far from the middle, pixels that are not square, and sides that end within a tile.
CAMERA = Camera(40, 33, 110.0, 130.0, 14.0, 20.0, view_from_front())


@pytest.mark.parametrize("normals", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_draws_and_differentiates_as_the_formulas_say(seed, normals):
    splats = random_splats(200, seed, normals=normals)
    ours, plain = leaves(splats, torch.float32), leaves(splats, torch.float64)
    drawn, expected = draw(ours, CAMERA), composite(plain, CAMERA)
    generator = torch.Generator().manual_seed(seed)
    loss, expected_loss = 0.0, 0.0
    for name in ("colour", "alpha", "depth") + (("normal",) if normals else ()):
        value, wanted = getattr(drawn, name), getattr(expected, name)
        assert value.dtype == torch.float32
        np.testing.assert_allclose(
            value.detach().numpy(), wanted.detach().numpy(), rtol=0.0, atol=2e-5
        )
        weight = torch.randn(value.shape, generator=generator)
        loss, expected_loss = loss + (value * weight).sum(), expected_loss + (wanted * weight).sum()
    assert (drawn.normal is None) == (not normals)
    loss.backward()
    expected_loss.backward()
    for name in NAMES[: 6 if normals else 5]:
        gradient, wanted = getattr(ours, name).grad, getattr(plain, name).grad
        assert (gradient - wanted).norm() < 3e-5 * wanted.norm(), name
