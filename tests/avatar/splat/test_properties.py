# SPDX-License-Identifier: Apache-2.0
"""What must hold of any drawing: threads, the kinds of tensors, and drawing more than once."""

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
