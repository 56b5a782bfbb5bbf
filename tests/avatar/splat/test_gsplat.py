# SPDX-License-Identifier: Apache-2.0
"""Our projection against gsplat's, and what is said where gsplat cannot draw.

The numbers are those of gsplat 1.5.3's own `cuda/_torch_impl.py`, `_fully_fused_projection` with
`calc_compensations=True` on `_quat_scale_to_covar_preci`, in double precision, for the Gaussians and the
camera below: two of these lie where the Jacobian is bounded.
"""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
import torch
from dense_splats import random_splats, view_from_front

from core.avatar.camera import Camera
from core.avatar.splat.cuda import cuda_errors, draw_cuda
from core.avatar.splat.layout import SEEN, Gaussians
from core.avatar.splat.lens import lens_numbers
from core.avatar.splat.projection import project
from core.errors import MienError

MEANS = [
    [0.0, 0.0, 0.0],
    [0.05, -0.2, 0.03],
    [-0.09, 0.1, -0.11],
    [0.3, -0.3, 0.02],
    [-0.35, -0.1, 0.33],
    [0.02, 0.05, 0.12],
]
QUATERNIONS = [
    [1.0, 0.0, 0.0, 0.0],
    [0.5, -0.2, 0.7, 0.1],
    [2.0, 1.0, -0.5, 0.3],
    [0.1, 0.9, 0.2, -0.4],
    [0.3, 0.3, -0.3, 0.8],
    [-0.6, 0.1, 0.2, 0.9],
]
SCALES = [
    [0.01, 0.01, 0.01],
    [0.03, 0.002, 0.01],
    [0.001, 0.02, 0.004],
    [0.08, 0.05, 0.12],
    [0.09, 0.2, 0.06],
    [0.0005, 0.0008, 0.0003],
]
# x, y, depth, the inverse covariance's a, b, c, and the antialiasing's share of the opacity.
GSPLAT = [
    [14.0, 20.0, 0.8, 0.4564907, 0.0, 0.3400638, 0.8803436],
    [32.8482139, 13.7470811, 0.6237087, 0.6510719, 0.0646416, 0.0356761, 0.8920146],
    [-0.6254055, 36.4568925, 0.8689368, 2.3686868, -1.2728899, 0.8694233, 0.2609402],
    [82.5622793, 15.6814585, 0.6020551, 0.0064102, 0.0010687, 0.0023709, 0.9986826],
    [-41.7867226, -51.3769605, 0.6010343, 0.0014363, 0.0003579, 0.0031049, 0.9993188],
    [14.5580319, 1.7261144, 0.8536772, 3.2229731, 0.0211065, 3.2950221, 0.0184507],
]


def turned_camera():
    """From the front, the head turned by 0.3 rad about its height; shifted lens, pixels not square."""
    view = view_from_front()
    cosine, sine = np.cos(0.3), np.sin(0.3)
    view[:3, :3] = view[:3, :3] @ [[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]]
    return Camera(40, 33, 110.0, 130.0, 14.0, 20.0, view)


def test_projects_as_gsplat_does():
    arrays = (np.array(values, np.float32) for values in (MEANS, QUATERNIONS, SCALES, [1.0] * 6))
    seen = np.zeros(6, SEEN)
    project(Gaussians(*arrays), lens_numbers(turned_camera()), seen)
    ours = np.stack([seen[name] for name in ("x", "y", "depth", "a", "b", "c", "opacity")], 1)
    np.testing.assert_allclose(ours, GSPLAT, rtol=2e-5, atol=1e-6)


@pytest.mark.skipif(importlib.util.find_spec("gsplat") is not None, reason="gsplat is installed")
def test_without_gsplat_it_says_which_package_is_missing():
    with pytest.raises(MienError) as caught:
        draw_cuda(random_splats(3, 0), turned_camera())
    assert caught.value.code == "avatar_gsplat_missing"
    assert "pip install gsplat" in caught.value.advice


def test_a_full_card_is_told_with_what_to_do():
    with pytest.raises(MienError) as caught, cuda_errors():
        raise torch.OutOfMemoryError("CUDA out of memory.")
    assert caught.value.code == "avatar_cuda_memory"
    assert "smaller picture" in caught.value.advice


def test_other_failures_pass_as_they_are():
    with pytest.raises(ZeroDivisionError), cuda_errors():
        raise ZeroDivisionError


def test_no_gaussians_on_the_card_need_no_gsplat():
    drawn = draw_cuda(random_splats(0, 0, normals=True), turned_camera())
    assert drawn.colour.shape == (33, 40, 3)
    assert drawn.normal.shape == (33, 40, 3)
    assert not drawn.alpha.any()
