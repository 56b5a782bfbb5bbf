# SPDX-License-Identifier: Apache-2.0
"""One frame of an avatar through one camera."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from .camera import Camera
from .model import Avatar, Frame, Pose
from .posed import Poser, splats_seen
from .splat import draw

# Skin is a stack of half clear Gaussians, whose mean lies behind the surface that it shows; seen through
# twice as much of each it lies on it (2.5 mm off on the rendered truth's head instead of 3.4; 4 times
# is 2.6).
SOLIDITY = 2


def render_frame(
    avatar: Avatar | Poser,
    pose: Pose,
    camera: Camera,
    *,
    normals: bool = False,
    depth: bool = True,
) -> Frame:
    """Draw an avatar.

    Args:
        avatar: the person; a `Poser` of it saves a tenth of a second for every further frame.
        pose: channels and head of the frame.
        camera: any size, lens shift and pixel aspect.
        normals: also draw normals.
        depth: also draw depth, which takes as long again; without it depth is the rough mean that comes
            with the colours.

    Returns:
        Colour (premultiplied), alpha, depth and, if asked for, normals.
    """
    poser = avatar if isinstance(avatar, Poser) else Poser(avatar)
    with torch.no_grad():
        seen = splats_seen(poser.pose(pose), pose, camera, normals=normals)
        drawn = draw(seen, camera)
        solid = drawn.depth
        if depth:
            opacities = 1.0 - (1.0 - seen.opacities) ** SOLIDITY
            solid = draw(replace(seen, opacities=opacities, normals=None), camera).depth
            solid = torch.where(drawn.alpha > 0.0, solid, torch.zeros_like(solid))
    rgba = torch.cat([drawn.colour, drawn.alpha[..., None]], dim=2)
    normal = None if drawn.normal is None else _in_camera(drawn.normal, camera)
    return Frame(rgba.cpu().numpy(), solid.cpu().numpy(), normal)


def _in_camera(normal: torch.Tensor, camera: Camera) -> NDArray[np.float32]:
    turn = torch.as_tensor(camera.root_to_camera[:3, :3], dtype=torch.float32)
    return np.asarray((normal.cpu() @ turn.T).numpy(), np.float32)
