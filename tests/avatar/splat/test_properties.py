# SPDX-License-Identifier: Apache-2.0
"""What must hold of any drawing: gradients by differences, threads, sizes, windows of a picture."""

from __future__ import annotations

from dataclasses import replace

import numba
import numpy as np
import pytest
import torch
from dense_splats import NAMES, leaves, random_splats, view_from_front

from core.avatar.camera import Camera
from core.avatar.splat import draw

CAMERA = Camera(64, 64, 180.0, 180.0, 32.0, 32.0, view_from_front())


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_what_small_steps_give(name):
    """Central differences through the whole call; a step moves ellipses over pixels, where alpha jumps by 1/255."""
    splats = random_splats(60, 5, normals=True)
    # Large and half transparent: few pixels cross the cut at 1/255 or the stop when a number moves.
    splats = replace(splats, scales=splats.scales * 3.0, opacities=splats.opacities * 0.5)
    rows, columns = torch.meshgrid(torch.arange(64.0), torch.arange(64.0), indexing="ij")
    window = torch.exp(-((rows - 30.0) ** 2 + (columns - 34.0) ** 2) / 300.0)

    def loss(splats):
        drawn = draw(splats, CAMERA)
        pictures = (
            drawn.colour.sum(2) + drawn.alpha + drawn.normal.sum(2) + drawn.depth * drawn.alpha
        )
        return (pictures.double() * window).sum()

    ours = leaves(splats, torch.float32)
    loss(ours).backward()
    gradient = getattr(ours, name).grad
    direction = torch.randn(gradient.shape, generator=torch.Generator().manual_seed(1))
    value = getattr(splats, name)
    step = 2e-3 * value.norm() / direction.norm()
    with torch.no_grad():
        ahead, back = (
            loss(replace(splats, **{name: value + sign * step * direction})) for sign in (1.0, -1.0)
        )
    expected = (ahead - back) / (2.0 * step)
    assert float((gradient * direction).sum()) == pytest.approx(float(expected), rel=0.05)


def test_any_number_of_threads_gives_the_same_bits():
    outcomes = []
    for threads in (1, 2):
        numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
        ours = leaves(random_splats(800, 2, normals=True), torch.float32)
        drawn = draw(ours, CAMERA)
        pictures = [drawn.colour, drawn.alpha, drawn.depth, drawn.normal]
        sum(p.square().sum() for p in pictures).backward()
        outcomes.append([*pictures, *(getattr(ours, name).grad for name in NAMES)])
    assert all(torch.equal(one, two) for one, two in zip(*outcomes, strict=True))


def test_drawing_without_gradients_gives_the_same_bits():
    ours = leaves(random_splats(300, 4), torch.float32)
    with torch.no_grad():
        plain = draw(ours, CAMERA)
    assert not plain.colour.requires_grad
    drawn = draw(ours, CAMERA)
    assert torch.equal(plain.colour, drawn.colour)
    assert torch.equal(plain.depth, drawn.depth)


def test_one_picture_among_the_outcomes_can_be_differentiated_alone():
    splats = random_splats(100, 6)
    both = leaves(splats, torch.float32)
    drawn = draw(both, CAMERA)
    (drawn.depth.sum() * 0.0 + drawn.colour.sum()).backward()
    alone = leaves(splats, torch.float32)
    draw(alone, CAMERA).colour.sum().backward()
    assert torch.equal(both.means.grad, alone.means.grad)


def test_a_tensor_that_is_not_contiguous_draws_the_same():
    splats = random_splats(100, 7)
    turned = replace(
        splats, means=splats.means.T.contiguous().T, colours=splats.colours.flip(0).flip(0)
    )
    assert not turned.means.is_contiguous()
    assert torch.equal(draw(turned, CAMERA).colour, draw(splats, CAMERA).colour)


def test_a_picture_half_as_large_is_the_mean_of_the_large_one():
    """Antialiasing: hairs of 1 mm, thinner than a pixel, keep their brightness at every size."""
    splats = random_splats(400, 8)
    thin = splats.scales * torch.tensor([1.0, 0.1, 0.1])
    splats = replace(splats, scales=thin, opacities=splats.opacities * 0.5)
    large = Camera(256, 256, 720.0, 720.0, 128.0, 128.0, view_from_front())
    mean = draw(splats, large).colour.reshape(64, 4, 64, 4, 3).mean((1, 3))
    small = draw(splats, large.scaled(0.25)).colour
    assert float(mean.mean()) > 0.02
    assert float((small.mean() - mean.mean()).abs() / mean.mean()) < 0.05
    assert float((small - mean).abs().mean() / mean.mean()) < 0.3


def test_a_window_of_a_picture_shows_what_the_picture_shows_there():
    splats = random_splats(400, 9)
    whole = draw(splats, CAMERA)
    window = draw(splats, CAMERA.cropped(21, 9, 30, 40))
    # The bound of the Jacobian moves with the window, which changes what stands far outside it.
    inside = whole.colour[9:49, 21:51]
    np.testing.assert_allclose(window.colour.numpy(), inside.numpy(), atol=2e-2)
    assert float((window.colour - inside).abs().mean()) < 5e-4


def test_gradients_of_gradients_are_refused():
    ours = leaves(random_splats(20, 1), torch.float32)
    (gradient,) = torch.autograd.grad(
        draw(ours, CAMERA).colour.sum(), ours.means, create_graph=True
    )
    with pytest.raises(RuntimeError):
        gradient.sum().backward()


def test_the_same_splats_can_be_drawn_again_before_the_first_is_differentiated():
    ours = leaves(random_splats(100, 3), torch.float32)
    first, second = draw(ours, CAMERA), draw(ours, CAMERA.scaled(0.5))
    (first.colour.sum() + second.colour.sum()).backward()
    parts = []
    for camera in (CAMERA, CAMERA.scaled(0.5)):
        alone = leaves(random_splats(100, 3), torch.float32)
        draw(alone, camera).colour.sum().backward()
        parts.append(alone.means.grad)
    np.testing.assert_allclose(ours.means.grad.numpy(), (parts[0] + parts[1]).numpy(), rtol=1e-5)


def test_what_is_drawn_twice_with_the_graph_kept_has_the_same_gradient():
    ours = leaves(random_splats(100, 3), torch.float32)
    loss = draw(ours, CAMERA).alpha.sum()
    first = torch.autograd.grad(loss, ours.opacities, retain_graph=True)[0]
    second = torch.autograd.grad(loss, ours.opacities)[0]
    assert torch.equal(first, second)
