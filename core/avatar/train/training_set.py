# SPDX-License-Identifier: Apache-2.0
"""What an avatar is trained on: pictures of one head, each with its camera, channels and head pose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..model import Pose

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..camera import Camera
    from ..person import PersonMesh

    Floats = NDArray[np.float32]
    Bytes = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """T pictures of one person.

    Attributes:
        mesh: the person's head.
        colour: (T, H, W, 3) uint8, sRGB-coded, as it would be without a background where alpha is not 0.
        alpha: (T, H, W) uint8 coverage by head, hair and neck.
        care: (T, H, W) uint8: 0 where a picture says nothing about the head (clothes, a hand), 255 where
            it counts.
        values: (T, 52) float32 channels.
        head_to_root: (T, 4, 4) float64.
        cameras: T cameras, all of one size.
        look: (T,) int32, which look a picture shows.
        looks: their names, one a film.
    """

    mesh: PersonMesh
    colour: Bytes
    alpha: Bytes
    care: Bytes
    values: Floats
    head_to_root: NDArray[np.float64]
    cameras: tuple[Camera, ...]
    look: NDArray[np.int32]
    looks: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.cameras)

    def pose(self, index: int) -> Pose:
        """What the face does in one picture."""
        return Pose(self.values[index], self.head_to_root[index])
