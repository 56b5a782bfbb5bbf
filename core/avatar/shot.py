# SPDX-License-Identifier: Apache-2.0
"""A shot: what an avatar does and from where it is seen, frame by frame; and its .npz file.

The add-on writes it from the animated scene, the avatar's worker reads it. Numpy alone is needed.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import MienError
from ..face.arkit import ARKIT_NAMES
from ..whole_file import whole_file
from .camera import Camera
from .model import Pose
from .npz_arrays import DAMAGED

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_MOMENTS = 64
"""Moments over one opening of the shutter."""
MOST_FRAMES = 1_000_000
LARGEST_SIDE_PIXELS = 16_384
# What no file may lead to: more than any shot holds, less than a computer has.
_MOST_BYTES = 2 << 30
_ARRAYS = ("frame", "values", "head_to_root", "root_to_camera", "focal", "centre", "size", "fps")


@dataclass(frozen=True, eq=False)
class Shot:
    """F frames, each seen at S moments while the shutter is open; S is 1 without motion blur.

    Attributes:
        frame: (F,) int32, the scene's numbers of the frames, ascending.
        values: (F, S, 52) float32, core.face.arkit.ARKIT_NAMES, 0..1.
        head_to_root: (F, S, 4, 4) float64 rigid, the head against the shoulders, metres.
        root_to_camera: (F, S, 4, 4) float64 rigid, OpenCV's axes, metres (`core.avatar.camera`).
        focal: (F, S, 2) float64 pixels, across and down.
        centre: (F, S, 2) float64 pixels, the principal point.
        size: (width, height) of the pictures in pixels.
        fps: frames a second of the scene.

    Raises:
        ValueError: shapes disagree, a number is not finite, or a size is none.
    """

    frame: NDArray[np.int32]
    values: NDArray[np.float32]
    head_to_root: NDArray[np.float64]
    root_to_camera: NDArray[np.float64]
    focal: NDArray[np.float64]
    centre: NDArray[np.float64]
    size: tuple[int, int]
    fps: float

    def __post_init__(self) -> None:
        frames, moments = self.values.shape[:2]
        shapes = {
            "frame": (frames,),
            "values": (frames, moments, len(ARKIT_NAMES)),
            "head_to_root": (frames, moments, 4, 4),
            "root_to_camera": (frames, moments, 4, 4),
            "focal": (frames, moments, 2),
            "centre": (frames, moments, 2),
        }
        for name, shape in shapes.items():
            array = getattr(self, name)
            if array.shape != shape:
                raise ValueError(f"{name} has shape {array.shape}, expected {shape}")
            if not np.isfinite(array).all():
                raise ValueError(f"{name} holds values that are not finite")
        if not (1 <= frames <= MOST_FRAMES and 1 <= moments <= MOST_MOMENTS):
            raise ValueError(f"it has {frames} frames of {moments} moments")
        if not all(1 <= side <= LARGEST_SIDE_PIXELS for side in self.size):
            raise ValueError(f"its pictures are {self.size[0]} x {self.size[1]} pixels")
        if (np.diff(self.frame) <= 0).any() or not 0.0 < self.fps <= 1e4:
            raise ValueError("its frames do not follow each other")

    @property
    def frames(self) -> int:
        """Number of frames F."""
        return len(self.frame)

    @property
    def moments(self) -> int:
        """Number of moments S in a frame."""
        return self.values.shape[1]

    def pose(self, row: int, moment: int = 0) -> Pose:
        """What the avatar does at a moment of the frame in a row."""
        return Pose(self.values[row, moment], self.head_to_root[row, moment])

    def camera(self, row: int, moment: int = 0) -> Camera:
        """From where it is seen then.

        Raises:
            ValueError: the camera's matrix is not rigid or its lens has no focal length.
        """
        (width, height), (focal_x, focal_y) = self.size, self.focal[row, moment].tolist()
        centre_x, centre_y = self.centre[row, moment].tolist()
        matrix = self.root_to_camera[row, moment]
        return Camera(width, height, focal_x, focal_y, centre_x, centre_y, matrix)


def save_shot(shot: Shot, path: Path | str) -> None:
    """Write the .npz, whole or not at all.

    Raises:
        MienError: ``not_writable``.
    """
    with whole_file(path, "The shot") as partial, partial.open("wb") as file:
        np.savez(file, **{name: np.asarray(getattr(shot, name)) for name in _ARRAYS})


def load_shot(path: Path | str) -> Shot:
    """Read what `save_shot` wrote; never unpickles, and looks at sizes before it reads.

    Raises:
        MienError: ``shot_unreadable``, when the file is missing or no shot.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MOST_BYTES:
                raise ValueError("it is too large")
        with np.load(Path(path), allow_pickle=False) as file:
            data = {name: file[name] for name in _ARRAYS}
        width, height = (int(side) for side in data["size"])
        return Shot(
            frame=data["frame"].astype(np.int32),
            values=data["values"].astype(np.float32),
            **{
                name: data[name].astype(np.float64)
                for name in ("head_to_root", "root_to_camera", "focal", "centre")
            },
            size=(width, height),
            fps=float(data["fps"]),
        )
    except (*DAMAGED, IndexError) as error:
        raise MienError(
            "shot_unreadable",
            f"{path} is not a shot that this version of Mien can read ({error}).",
            "Render again; the add-on and the worker must be of one version.",
        ) from error
