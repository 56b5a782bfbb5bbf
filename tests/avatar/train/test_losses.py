# SPDX-License-Identifier: Apache-2.0
"""What a training is told of the difference between two pictures."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import avg_pool2d

from core.avatar.train.losses import SSIM_WINDOW, structural_difference, window_means


@pytest.mark.parametrize("shape", [(5, 1, 33, 40), (1, 1, 7, 7)])
def test_means_of_windows_and_their_gradient_are_what_pooling_gives(shape):
    generator = torch.Generator().manual_seed(1)
    first, second = (
        torch.rand(shape, generator=generator.manual_seed(1)).requires_grad_() for _ in range(2)
    )
    ours, pooled = window_means(first), avg_pool2d(second, SSIM_WINDOW, stride=1)
    torch.testing.assert_close(ours, pooled, rtol=0.0, atol=1e-6)
    weight = torch.rand(ours.shape, generator=generator)
    (ours * weight).sum().backward()
    (pooled * weight).sum().backward()
    torch.testing.assert_close(first.grad, second.grad, rtol=0.0, atol=1e-6)


def test_a_picture_differs_from_its_inverse_and_not_from_itself():
    picture = torch.rand((20, 24, 3), generator=torch.Generator().manual_seed(2))
    assert structural_difference(picture, picture).abs().max() < 1e-4
    assert structural_difference(picture, 1.0 - picture).mean() > 1.5
