# SPDX-License-Identifier: Apache-2.0
"""Pictures and Gaussians at the edge of sense, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from dense_splats import NAMES, composite, leaves, random_splats, view_from_front

from core.avatar.camera import Camera
from core.avatar.splat import Splats, draw

CAMERA = Camera(40, 33, 110.0, 130.0, 14.0, 20.0, view_from_front())
# One pixel whose ray meets the middle of the head.
ONE_PIXEL = Camera(1, 1, 5.0, 5.0, 0.5, 0.5, view_from_front())


def one_splat(**changes):
    """A Gaussian of 1 cm in the middle of the head; each field can be given as a list."""
    fields = {
        "means": [0.0, 0.0, 0.0],
        "quaternions": [1.0, 0.0, 0.0, 0.0],
        "scales": [0.01, 0.01, 0.01],
        "opacities": 0.8,
        "colours": [0.2, 0.4, 0.6],
    } | changes
    return Splats(*(torch.tensor([fields[name]]).requires_grad_() for name in NAMES[:5]))


def together(*splats):
    return Splats(*(torch.cat([getattr(s, name) for s in splats]) for name in NAMES[:5]))


def gradients_of(splats):
    drawn = draw(splats, CAMERA)
    (drawn.colour.sum() + drawn.alpha.sum() + drawn.depth.sum()).backward()
    return drawn, [getattr(splats, name).grad for name in NAMES[:5]]


@pytest.mark.parametrize(
    "unseen",
    [
        pytest.param({"means": [0.0, -1.0, 0.0]}, id="behind the camera"),
        pytest.param({"means": [0.0, -0.795, 0.0]}, id="nearer than the near plane"),
        pytest.param({"means": [5.0, 0.0, 0.0]}, id="beside the picture"),
        pytest.param({"means": [0.0, 0.0, -5.0]}, id="below the picture"),
        pytest.param({"opacities": 0.003}, id="fainter than 1/255"),
        pytest.param({"opacities": 0.0}, id="nothing at all"),
        pytest.param({"scales": [0.01, 0.0, 0.0]}, id="a line"),
        pytest.param({"scales": [0.0, 0.0, 0.0]}, id="a point"),
        pytest.param({"quaternions": [0.0, 0.0, 0.0, 0.0]}, id="no direction"),
        pytest.param({"means": [float("nan"), 0.0, 0.0]}, id="nowhere"),
        pytest.param({"scales": [float("inf"), 0.01, 0.01]}, id="endless"),
        pytest.param({"opacities": float("nan")}, id="of no opacity"),
    ],
)
def test_what_cannot_be_seen_changes_nothing_and_gets_no_gradient(unseen):
    splats = one_splat(**unseen)
    drawn, gradients = gradients_of(splats)
    assert not drawn.colour.any()
    assert not drawn.alpha.any()
    assert not drawn.depth.any()
    assert not any(gradient.any() for gradient in gradients)
    with torch.no_grad():
        beside = draw(together(splats, one_splat()), CAMERA)
        alone = draw(one_splat(), CAMERA)
    assert torch.equal(beside.colour, alone.colour)


@pytest.mark.parametrize("normals", [False, True])
def test_no_gaussians_make_an_empty_picture(normals):
    splats = random_splats(0, 0, normals=normals)
    splats.means.requires_grad_()
    drawn = draw(splats, CAMERA)
    assert drawn.colour.shape == (33, 40, 3)
    assert not drawn.alpha.any()
    assert not drawn.depth.any()
    assert (drawn.normal is not None) == normals
    drawn.colour.sum().backward()
    assert splats.means.grad.shape == (0, 3)


def test_a_picture_of_one_pixel():
    splats = random_splats(50, 3)
    drawn, expected = draw(splats, ONE_PIXEL), composite(leaves(splats, torch.float64), ONE_PIXEL)
    for name in ("colour", "alpha", "depth"):
        wanted = getattr(expected, name).detach().numpy()
        np.testing.assert_allclose(getattr(drawn, name).numpy(), wanted, atol=1e-5)
    assert drawn.alpha.shape == (1, 1)
    assert drawn.alpha > 0.1


def test_a_gaussian_that_fills_the_picture_is_drawn_at_every_pixel():
    drawn, gradients = gradients_of(one_splat(scales=[10.0, 10.0, 10.0], opacities=1.0))
    assert drawn.alpha.min() > 0.99
    assert drawn.alpha.max() <= 0.9990001
    np.testing.assert_allclose(drawn.depth.detach().numpy(), 0.8, atol=1e-5)
    assert all(torch.isfinite(gradient).all() for gradient in gradients)


def test_the_wall_behind_a_full_pixel_is_not_drawn():
    """Two Gaussians of alpha 0.999 let less than 1e-4 through: gsplat stops before the second."""
    front = one_splat(scales=[1.0, 1.0, 1.0], opacities=1.0)
    back = one_splat(scales=[1.0, 1.0, 1.0], opacities=1.0, means=[0.0, 0.1, 0.0])
    both = together(back, replace(front, colours=torch.tensor([[1.0, 0.0, 0.0]])))
    middle = draw(both, CAMERA).colour[20, 14]
    np.testing.assert_allclose(middle.detach().numpy(), [0.999, 0.0, 0.0], atol=2e-4)


def test_the_nearer_gaussian_hides_the_farther_whatever_their_order():
    wide = {"scales": [0.05, 0.05, 0.05], "opacities": 0.99}
    near = one_splat(means=[0.0, -0.05, 0.0], colours=[1.0, 0.0, 0.0], **wide)
    far = one_splat(means=[0.0, 0.05, 0.0], colours=[0.0, 1.0, 0.0], **wide)
    first, second = draw(together(near, far), CAMERA), draw(together(far, near), CAMERA)
    assert torch.equal(first.colour, second.colour)
    assert first.colour[20, 14, 0] > 0.9
    assert first.colour[20, 14, 1] < 0.1


@pytest.mark.parametrize(
    ("field", "tensor"),
    [
        ("means", torch.zeros(3, 2)),
        ("quaternions", torch.zeros(3, 3)),
        ("opacities", torch.zeros(3, 1)),
        ("colours", torch.zeros(2, 3)),
        ("normals", torch.zeros(3, 4)),
        ("scales", torch.zeros(3, 3, dtype=torch.float64)),
    ],
)
def test_shapes_that_do_not_fit_are_refused_by_name(field, tensor):
    with pytest.raises(ValueError, match=field):
        draw(replace(random_splats(3, 0), **{field: tensor}), CAMERA)
