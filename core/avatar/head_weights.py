# SPDX-License-Identifier: Apache-2.0
"""How far what each pixel shows of an avatar follows its head: where a neck may give way to a film's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from scipy.ndimage import gaussian_filter

from .posed import Poser, splats_seen
from .splat import draw

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .camera import Camera
    from .model import Pose

    Floats = NDArray[np.float32]

# Beyond what is drawn a pixel is told what its surroundings are, as far as this share of the picture.
SURROUNDINGS_SHARE = 0.02
_LEAST_ALPHA = 1e-3


@dataclass(frozen=True, eq=False)
class HeadWeights:
    """A picture of `PersonMesh.head_weight`.

    Attributes:
        alpha: (H, W) float32, coverage.
        weight: (H, W) float32: 0 for what stays with the shoulders, 1 for the head; 0 far from both.
    """

    alpha: Floats
    weight: Floats


def head_weights(poser: Poser, pose: Pose, camera: Camera) -> HeadWeights:
    """Draw an avatar in the weights of its vertices instead of its colours."""
    gaussians, mesh = poser.gaussians, poser.mesh
    device = gaussians.triangle.device
    with torch.no_grad():
        corners = torch.as_tensor(mesh.head_weight[mesh.triangles], device=device)
        weights = (corners[gaussians.triangle] * gaussians.barycentric).sum(dim=1, keepdim=True)
        splats = splats_seen(poser.pose(pose), pose, camera)
        drawn = draw(replace(splats, colours=weights.expand(-1, 3).contiguous()), camera)
    alpha = drawn.alpha.cpu().numpy()
    radius = SURROUNDINGS_SHARE * max(camera.width, camera.height)
    seen = gaussian_filter(alpha, radius)
    # A weight outside follows the seen ones nearby, and dies away with them.
    nearby = gaussian_filter(drawn.colour[..., 0].cpu().numpy(), radius) / (seen + _LEAST_ALPHA)
    inside = drawn.colour[..., 0].cpu().numpy() + (1.0 - alpha) * nearby
    return HeadWeights(alpha, inside.astype("float32"))
