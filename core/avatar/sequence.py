# SPDX-License-Identifier: Apache-2.0
"""A shot, frame by frame: each one drawn, blurred over its moments, and in linear light."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .colour import linear_rgba
from .frame_files import Picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from .camera import Camera
    from .model import Frame, Pose
    from .shot import Shot

    Draw = Callable[[Pose, Camera], Frame]


def pictures(shot: Shot, draw: Draw, rows: Iterable[int]) -> Iterator[Picture]:
    """Draw frames of a shot, one after another; only one is held at a time.

    Args:
        shot: what is done and from where it is seen.
        draw: renders the avatar.
        rows: which of the shot's frames, by their row.
    """
    for row in rows:
        yield picture(shot, draw, row)


def picture(shot: Shot, draw: Draw, row: int) -> Picture:
    """Draw one frame.

    With motion blur, light and coverage are the mean over the moments. Distance and normals, of which a
    mean means nothing, are those of the middle moment, and where it shows nothing those of the moment
    that comes nearest to the camera.
    """
    middle = shot.moments // 2
    frames = [
        draw(shot.pose(row, moment), shot.camera(row, moment)) for moment in range(shot.moments)
    ]
    light = [linear_rgba(frame.rgba) for frame in frames]
    turn = shot.root_to_camera[row, middle, :3, :3].astype(np.float32)
    normal = frames[middle].normal
    return Picture(
        number=int(shot.frame[row]),
        rgba=np.mean(light, axis=0, dtype=np.float32),
        depth=_depth([frame.depth for frame in frames], middle),
        normal=None if normal is None else normal @ turn,
    )


def _depth(depths: list[NDArray[np.float32]], middle: int) -> NDArray[np.float32]:
    if len(depths) == 1:
        return depths[0]
    nearest = np.min([np.where(depth > 0.0, depth, np.inf) for depth in depths], axis=0)
    nearest = np.where(np.isfinite(nearest), nearest, 0.0)
    return np.asarray(np.where(depths[middle] > 0.0, depths[middle], nearest), np.float32)
