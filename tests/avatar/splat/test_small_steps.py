# SPDX-License-Identifier: Apache-2.0
"""Gradients against what small steps of the whole call give, and what the cut at 1/255 adds to a step.

A Gaussian ends where its alpha is 1/255. A small step moves that edge, and pixels there appear or go at
once; the gradient, ours as gsplat's and the original's, is that of the pixels that are drawn. So both agree
where nothing is cut, and elsewhere differ by the edge's share, which has a formula.
"""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from dense_splats import NAMES, leaves, random_splats, view_from_front

from core.avatar.camera import Camera
from core.avatar.splat import Splats, draw
from core.avatar.splat.rules import LEAST_ALPHA

CAMERA = Camera(64, 64, 180.0, 180.0, 32.0, 32.0, view_from_front())
# One that is 35 pixels wide ends within it, and its edge crosses some hundreds of pixels.
LARGE = Camera(256, 256, 700.0, 700.0, 128.0, 128.0, view_from_front())


def wide_splats(count=8):
    """Gaussians that reach beyond the picture on all sides, at depths too far apart to change places."""
    splats = random_splats(count, 6, normals=True)
    generator = torch.Generator().manual_seed(6)
    means = splats.means * 0.3
    means[:, 1] = torch.linspace(-0.1, 0.1, count)[torch.randperm(count, generator=generator)]
    scales = 0.12 * torch.exp(0.25 * torch.randn(count, 3, generator=generator))
    opacities = 0.2 + 0.3 * torch.rand(count, generator=generator)
    return replace(splats, means=means, scales=scales, opacities=opacities)


def loss(splats):
    drawn = draw(splats, CAMERA)
    rows, columns = torch.meshgrid(torch.arange(64.0), torch.arange(64.0), indexing="ij")
    window = torch.exp(-((rows - 30.0) ** 2 + (columns - 34.0) ** 2) / 300.0)
    pictures = drawn.colour.sum(2) + drawn.alpha + drawn.normal.sum(2) + drawn.depth * drawn.alpha
    return (pictures.double() * window).sum()


def test_the_wide_ones_are_cut_nowhere():
    splats = wide_splats()
    for row in range(len(splats.means)):
        alone = Splats(*(getattr(splats, name)[row : row + 1] for name in NAMES))
        assert draw(alone, CAMERA).alpha.min() > 1.5 * LEAST_ALPHA
    assert 1.0 - draw(splats, CAMERA).alpha.max() > 1e-2, "no pixel is finished before the last"


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_what_small_steps_give(name):
    """Central differences of a step of 0.5 %: rounding and the step's third order make up to 5e-4."""
    splats = wide_splats()
    ours = leaves(splats, torch.float32)
    loss(ours).backward()
    gradient = getattr(ours, name).grad
    direction = torch.randn(gradient.shape, generator=torch.Generator().manual_seed(1))
    value = getattr(splats, name)
    step = 5e-3 * value.norm() / direction.norm()
    with torch.no_grad():
        ahead, back = (
            loss(replace(splats, **{name: value + sign * step * direction})) for sign in (1.0, -1.0)
        )
    expected = (ahead - back) / (2.0 * step)
    assert float((gradient * direction).sum()) == pytest.approx(float(expected), rel=1e-3)


def alone_in_the_middle(opacity, scale_metres=0.04):
    return Splats(
        torch.zeros(1, 3),
        torch.tensor([[1.0, 0.0, 0.0, 0.0]]),
        torch.full((1, 3), scale_metres),
        torch.tensor([opacity]),
        torch.ones(1, 3),
    )


@pytest.mark.parametrize("opacity", [0.05, 0.1, 0.3, 0.9])
def test_a_step_of_the_opacity_moves_the_edge_by_what_the_formula_says(opacity):
    """The sum of alpha is 2 pi s^2 (o - t) down to t = 1/255, its gradient the sum over o: less by t / o."""
    ours = leaves(alone_in_the_middle(opacity), torch.float32)
    draw(ours, LARGE).alpha.sum().backward()
    ahead, back = (
        draw(alone_in_the_middle(opacity * share), LARGE).alpha.sum() for share in (1.1, 0.9)
    )
    by_steps = float(ahead - back) / (0.2 * opacity)
    share = 1.0 - LEAST_ALPHA / opacity
    assert float(ours.opacities.grad) / by_steps == pytest.approx(share, abs=1e-3)


@pytest.mark.parametrize("opacity", [0.05, 0.1, 0.3, 0.9])
def test_a_step_of_the_size_moves_the_edge_by_what_the_formula_says(opacity):
    """Steps see 4 pi s (o - t); pixels within the edge grow by 4 pi s (o - t - t ln(o / t))."""
    scale = 0.04
    ours = leaves(alone_in_the_middle(opacity), torch.float32)
    draw(ours, LARGE).alpha.sum().backward()
    ahead, back = (
        draw(alone_in_the_middle(opacity, scale * share), LARGE).alpha.sum() for share in (1.1, 0.9)
    )
    by_steps = float(ahead - back) / (0.2 * scale)
    share = 1.0 - LEAST_ALPHA * math.log(opacity / LEAST_ALPHA) / (opacity - LEAST_ALPHA)
    assert float(ours.scales.grad.sum()) / by_steps == pytest.approx(share, abs=2e-3)
