# SPDX-License-Identifier: Apache-2.0
"""Curves and cameras -> a shot: what the add-on samples from a scene, made without Blender."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..errors import MienError
from ..face.arkit import ARKIT_NAMES
from .head_pose import head_to_root
from .shot import MOST_FRAMES, MOST_MOMENTS, Shot

MOST_FPS = 1e4
# Blender's largest frame; also what the shot's int32 holds.
LARGEST_FRAME = 1_048_574

if TYPE_CHECKING:
    from .camera_track import CameraTrack
    from .curves_file import Curves


def shot_of_curves(
    curves: Curves,
    cameras: CameraTrack,
    fps: float,
    *,
    first_frame: int = 1,
    start: int | None = None,
    end: int | None = None,
    moments: int = 1,
    shutter: float = 0.5,
) -> Shot:
    """Sample curves at the frames of a shot and, with motion blur, at moments between them.

    Args:
        curves: of the face and head.
        cameras: by the scene's frames.
        fps: frames a second of the shot; the curves may have others.
        first_frame: the scene's number of the frame that shows the curves at 0 s.
        start: first frame of the shot; None for the curves' first.
        end: its last frame; None for the curves' last.
        moments: pictures that a blurred frame is the mean of; 1 for no motion blur.
        shutter: share of a frame that the shutter is open, centred on the frame as Blender does.

    Raises:
        MienError: ``bad_frames``, when the range is empty or a number out of its range.
    """
    if not 0.0 < fps <= MOST_FPS:
        raise MienError(
            "bad_frames", f"No shot has {fps:g} frames a second.", "Give 24, 25, 30 or the like."
        )
    last = first_frame + round(float(curves.time_seconds[-1]) * fps)
    start, end = first_frame if start is None else start, last if end is None else end
    if not (
        -LARGEST_FRAME <= start <= end < start + MOST_FRAMES
        and end <= LARGEST_FRAME
        and 1 <= moments <= MOST_MOMENTS
        and 0.0 <= shutter <= 2.0
    ):
        raise MienError(
            "bad_frames",
            f"No shot has the frames {start} to {end} with {moments} moments over {shutter:g} of a frame.",
            f"Give an end after the start, 1 to {MOST_MOMENTS} moments and a shutter from 0 to 2.",
        )
    numbers = np.arange(start, end + 1)
    offsets = shutter * ((np.arange(moments) + 0.5) / moments - 0.5)
    times = (numbers[:, None] + offsets).reshape(-1)
    values = curves.at((times - first_frame) / fps)
    channels = len(ARKIT_NAMES)
    heads = np.stack([head_to_root(*row[channels : channels + 3].tolist()) for row in values])
    seen = [cameras.at(time) for time in times.tolist()]
    shape = (len(numbers), moments)
    return Shot(
        frame=numbers.astype(np.int32),
        values=np.clip(values[:, :channels], 0.0, 1.0).reshape(*shape, channels),
        head_to_root=heads.reshape(*shape, 4, 4),
        root_to_camera=np.stack([c.root_to_camera for c in seen]).reshape(*shape, 4, 4),
        focal=np.array([(c.focal_x, c.focal_y) for c in seen]).reshape(*shape, 2),
        centre=np.array([(c.centre_x, c.centre_y) for c in seen]).reshape(*shape, 2),
        size=(seen[0].width, seen[0].height),
        fps=fps,
    )
