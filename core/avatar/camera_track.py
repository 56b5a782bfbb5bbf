# SPDX-License-Identifier: Apache-2.0
"""Cameras over the frames of a shot: one that stands still, or one a frame from a JSON file.

The file holds a camera as `core.avatar.camera_json` writes it, or ``{"frames": [{"frame": 1, "width":
..., ...}, ...]}`` with such a camera for each of the scene's frames, ascending.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import MienError
from .camera import Camera
from .camera_json import camera_from_json
from .tensor_file import parse_json

if TYPE_CHECKING:
    from .camera import Matrix

# From one frame to the next nobody moves or turns a camera further: the shot is cut there.
CUT_METRES, CUT_RADIANS = 0.5, np.radians(20.0)
_MOST_BYTES = 64 << 20
_LENS = ("focal_x", "focal_y", "centre_x", "centre_y")


@dataclass(frozen=True, eq=False)
class CameraTrack:
    """Cameras at some frames.

    Attributes:
        frames: their scene's numbers, ascending.
        cameras: as many, of one size.

    Raises:
        ValueError: there is none, numbers do not ascend, or sizes differ.
    """

    frames: tuple[int, ...]
    cameras: tuple[Camera, ...]

    def __post_init__(self) -> None:
        if not self.cameras or len(self.cameras) != len(self.frames):
            raise ValueError("it holds no camera")
        if (np.diff(self.frames) <= 0).any():
            raise ValueError("its frames do not ascend")
        if len({(camera.width, camera.height) for camera in self.cameras}) > 1:
            raise ValueError("its cameras' pictures differ in size")

    def at(self, frame: float) -> Camera:
        """The camera at a frame or between two; held outside. Cameras do not travel across a cut."""
        after = int(np.searchsorted(self.frames, frame, side="right"))
        if after == 0 or after == len(self.frames):
            return self.cameras[min(after, len(self.frames) - 1)]
        first, second = self.cameras[after - 1], self.cameras[after]
        start, end = self.frames[after - 1], self.frames[after]
        share = (frame - start) / (end - start)
        if end == start + 1 and _is_cut(first, second):
            return first if share < 0.5 else second
        return between(first, second, share)


def between(first: Camera, second: Camera, share: float) -> Camera:
    """A camera on its way: place and lens in straight lines, its turn at even speed (slerp)."""
    turn_first, turn_second = (c.root_to_camera[:3, :3] for c in (first, second))
    rotation = turned(turn_second @ turn_first.T, share) @ turn_first
    place = _place(first) + share * (_place(second) - _place(first))
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = rotation, -rotation @ place
    lens = {
        name: (1.0 - share) * getattr(first, name) + share * getattr(second, name) for name in _LENS
    }
    return replace(first, root_to_camera=matrix, **lens)


def turned(rotation: Matrix, share: float) -> Matrix:
    """A share of a rotation (3, 3) about its own axis (Rodrigues' formula)."""
    angle = _angle(rotation)
    if angle < 1e-9:
        return np.eye(3)
    if np.pi - angle < 1e-6:
        # A half turn has its axis in the symmetric part; the sign is free.
        columns = rotation + np.eye(3)
        axis = columns[:, np.argmax(np.linalg.norm(columns, axis=0))]
    else:
        axis = np.array(
            [
                rotation[2, 1] - rotation[1, 2],
                rotation[0, 2] - rotation[2, 0],
                rotation[1, 0] - rotation[0, 1],
            ]
        )
    x, y, z = axis / np.linalg.norm(axis)
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    part = share * angle
    return np.asarray(np.eye(3) + np.sin(part) * cross + (1.0 - np.cos(part)) * cross @ cross)


def resized(camera: Camera, width: int, height: int) -> Camera:
    """The same view across in a picture of another size; up and down it sees more or less."""
    scale = width / camera.width
    return Camera(
        width,
        height,
        camera.focal_x * scale,
        camera.focal_y * scale,
        camera.centre_x * scale,
        camera.centre_y * scale + 0.5 * (height - camera.height * scale),
        camera.root_to_camera,
    )


def load_cameras(path: Path | str) -> CameraTrack:
    """Read a file of this module's format; a single camera stands still.

    Raises:
        MienError: ``camera_unreadable``.
    """
    try:
        with Path(path).open("rb") as file:
            coded = file.read(_MOST_BYTES + 1)
        if len(coded) > _MOST_BYTES:
            raise ValueError("it is too large")
        data = parse_json(coded)
        rows = data.get("frames", [{"frame": 0, **data}])
        frames = tuple(int(row["frame"]) for row in rows)
        return CameraTrack(frames, tuple(camera_from_json(row) for row in rows))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise MienError(
            "camera_unreadable",
            f"{path} holds no camera ({error}).",
            "Give JSON with width, height, focal_x, focal_y, centre_x, centre_y in pixels and"
            " root_to_camera as 16 numbers.",
        ) from error


def _is_cut(first: Camera, second: Camera) -> bool:
    moved = np.linalg.norm(_place(second) - _place(first))
    turn = second.root_to_camera[:3, :3] @ first.root_to_camera[:3, :3].T
    return bool(moved > CUT_METRES or _angle(turn) > CUT_RADIANS)


def _place(camera: Camera) -> Matrix:
    return np.asarray(-camera.root_to_camera[:3, :3].T @ camera.root_to_camera[:3, 3])


def _angle(rotation: Matrix) -> float:
    return float(np.arccos(np.clip(0.5 * (np.trace(rotation) - 1.0), -1.0, 1.0)))
