# SPDX-License-Identifier: Apache-2.0
"""Which of a person's looks an avatar wears: one a film it was trained on, such as two ways to wear the hair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..errors import MienError
from .posed import Poser
from .render_frame import render_frame

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .camera import Camera
    from .model import Avatar, Pose

    Floats = NDArray[np.float32]


def look_names(avatar: Avatar) -> tuple[str, ...]:
    """The looks by number; films without extension, or numbers where the papers name none."""
    count = len(avatar.drive.looks)
    names = avatar.meta.get("looks")
    if not isinstance(names, list) or len(names) != count:
        names = list(range(count))
    return tuple(str(name) for name in names)


def look_number(avatar: Avatar, name: str | None) -> int:
    """The number of a look; the first where none is asked for.

    Raises:
        MienError: ``avatar_look``, when the avatar has no such look.
    """
    names = look_names(avatar)
    if name is None:
        return 0
    if name not in names:
        raise MienError(
            "avatar_look",
            f'The avatar has no look "{name}".',
            f"It has: {', '.join(names)}.",
        )
    return names.index(name)


def nearest_look(avatar: Avatar, pose: Pose, camera: Camera, colour: Floats, weight: Floats) -> int:
    """The look that a picture of the person shows.

    Args:
        avatar: the person.
        pose: in the picture.
        camera: of the picture.
        colour: (H, W, 3) the picture, 0..1, sRGB-coded.
        weight: (H, W) 0..1, where it shows the person.
    """
    poser = Poser(avatar)
    apart = []
    for look in range(len(avatar.drive.looks)):
        poser.look = look
        drawn = render_frame(poser, pose, camera, depth=False).rgba
        seen = weight[..., None] * drawn[..., 3:]
        apart.append((np.abs(drawn[..., :3] - colour * drawn[..., 3:]) * seen).sum() / seen.sum())
    return int(np.argmin(apart))
