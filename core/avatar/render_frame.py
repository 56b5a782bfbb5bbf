# SPDX-License-Identifier: Apache-2.0
"""One frame of an avatar through one camera."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from .camera import Camera
from .model import Avatar, Frame, Pose
from .posed import Poser, splats_seen
from .splat import draw


def render_frame(
    avatar: Avatar | Poser, pose: Pose, camera: Camera, *, normals: bool = False
) -> Frame:
    """Draw an avatar.

    Args:
        avatar: the person; a `Poser` of it saves a tenth of a second for every further frame.
        pose: channels and head of the frame.
        camera: any size, lens shift and pixel aspect.
        normals: also draw normals.

    Returns:
        Colour (premultiplied), alpha, depth and, if asked for, normals.
    """
    poser = avatar if isinstance(avatar, Poser) else Poser(avatar)
    with torch.no_grad():
        drawn = draw(splats_seen(poser.pose(pose), pose, camera, normals=normals), camera)
    rgba = torch.cat([drawn.colour, drawn.alpha[..., None]], dim=2)
    normal = None if drawn.normal is None else _in_camera(drawn.normal, camera)
    return Frame(rgba.cpu().numpy(), drawn.depth.cpu().numpy(), normal)


def _in_camera(normal: torch.Tensor, camera: Camera) -> NDArray[np.float32]:
    turn = torch.as_tensor(camera.root_to_camera[:3, :3], dtype=torch.float32)
    return np.asarray((normal.cpu() @ turn.T).numpy(), np.float32)
