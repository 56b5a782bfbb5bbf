# SPDX-License-Identifier: GPL-3.0-or-later
"""What an avatar does and from where it is seen, frame by frame, in the file that its worker reads.

The arrays are those of core/avatar/shot.py: F frames of S moments each, S 1 without motion blur.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from ..problems import AnimatorError


@dataclass(frozen=True, eq=False)
class Shot:
    """The arrays of the file.

    Attributes:
        frame: (F,) int32 scene frames.
        values: (F, S, 52) float32 channels in Apple's order, 0..1.
        head_to_root: (F, S, 4, 4) rigid, metres.
        root_to_camera: (F, S, 4, 4) rigid, metres.
        focal: (F, S, 2) pixels, across and down.
        centre: (F, S, 2) pixels.
        size: (2,) width and height in pixels.
        fps: frames a second of the scene.
    """

    frame: np.ndarray
    values: np.ndarray
    head_to_root: np.ndarray
    root_to_camera: np.ndarray
    focal: np.ndarray
    centre: np.ndarray
    size: np.ndarray
    fps: np.ndarray


def write(shot: Shot, path: Path) -> None:
    """Write the .npz.

    Raises:
        AnimatorError: the folder cannot be written to.
    """
    try:
        with path.open("wb") as file:
            np.savez(file, **{field.name: getattr(shot, field.name) for field in fields(shot)})
    except OSError as error:
        raise AnimatorError(
            f"The shot cannot be written to {path} ({error.strerror or error}).",
            "Choose another folder in Preferences > File Paths > Temporary Files.",
        ) from error
