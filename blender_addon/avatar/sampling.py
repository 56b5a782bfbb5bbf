# SPDX-License-Identifier: GPL-3.0-or-later
"""The animated scene -> a shot: every frame's channels, head, place and camera."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import scene_time
from ..problems import AnimatorError
from ..rigs.sources import CHANNELS
from ..strips import scene_fps
from . import sitter as sitters
from .lens import Lens, pinhole, root_to_camera
from .shot_file import Shot


@dataclass(frozen=True)
class Range:
    """Which frames, and when their shutter is open.

    Attributes:
        first, last, step: scene frames, the last one included.
        moments: seen while the shutter is open; 1: at the frame itself.
        opens, closes: of the shutter, in frames from the frame.
    """

    first: int
    last: int
    step: int = 1
    moments: int = 1
    opens: float = 0.0
    closes: float = 0.0

    @property
    def frames(self) -> range:
        """The scene frames."""
        return range(self.first, self.last + 1, self.step)

    def times(self) -> list[float]:
        """Every moment of every frame, in order."""
        if self.moments == 1:
            return [float(frame) for frame in self.frames]
        share = (np.arange(self.moments) + 0.5) / self.moments
        offsets = self.opens + share * (self.closes - self.opens)
        return [float(frame + offset) for frame in self.frames for offset in offsets]


def range_of(scene: Any, *, first: int, last: int, step: int, moments: int) -> Range:
    """A range with the shutter of the scene's motion blur.

    Raises:
        AnimatorError: it is empty.
    """
    if last < first:
        raise AnimatorError(
            f"The range ends on frame {last}, before its start on frame {first}.",
            "Set the frames under Avatar in the Mien panel, or use the scene's.",
        )
    if moments == 1:
        return Range(first, last, step)
    shutter = scene.render.motion_blur_shutter
    before = {"START": 0.0, "CENTER": 0.5, "END": 1.0}[scene.render.motion_blur_position]
    return Range(first, last, step, moments, -before * shutter, (1.0 - before) * shutter)


def sample(scene: Any, sitter: sitters.Sitter, taken: Range) -> Shot:
    """Look at the scene at every moment of a range.

    Raises:
        AnimatorError: there is no usable camera, or the place is scaled unevenly.
    """
    cameras = sitters.cameras_of(scene)
    numbers = sitter.numbers()
    lenses = [(camera.data, path) for camera in cameras for path in sitters.LENS_PATHS]
    times = taken.times()
    rows = np.empty((len(times), len(numbers)))
    places = np.empty((len(times), 4, 4))
    eyes = np.empty((len(times), 4, 4))
    seen: list[Lens] = []
    with scene_time.other_frames(scene, (sitter.place, *cameras), [*numbers, *lenses]) as others:
        for row, _ in enumerate(others.at(times)):
            read = others.numbers()
            rows[row] = read[: len(numbers)]
            places[row] = others.place(sitter.place)
            camera = others.camera
            eyes[row] = others.place(camera)
            at = len(numbers) + cameras.index(camera) * len(sitters.LENS_PATHS)
            seen.append(sitters.lens_of(camera, read[at : at + len(sitters.LENS_PATHS)]))
    found = sitter.columns(rows)
    heads = sitters.heads_of(found)
    picture = sitters.picture_of(scene)
    pinholes = [pinhole(picture, lens) for lens in seen]

    def by_frame(moments: Any) -> np.ndarray:
        array = np.asarray(moments)
        return array.reshape(len(taken.frames), taken.moments, *array.shape[1:])

    return Shot(
        frame=np.array(taken.frames, np.int32),
        values=by_frame(values_of(found)),
        head_to_root=by_frame(heads),
        root_to_camera=by_frame(views(sitter, sitter.roots(places, heads), eyes)),
        focal=by_frame([focal for focal, _ in pinholes]),
        centre=by_frame([centre for _, centre in pinholes]),
        size=np.array([picture.width, picture.height], np.int32),
        fps=np.array(scene_fps(scene)),
    )


def views(sitter: sitters.Sitter, roots: np.ndarray, eyes: np.ndarray) -> np.ndarray:
    """(T, 4, 4) root to camera.

    Raises:
        AnimatorError: the place is scaled unevenly.
    """
    try:
        return np.stack([root_to_camera(*pair) for pair in zip(roots, eyes, strict=True)])
    except ValueError as error:
        raise AnimatorError(
            f"'{sitter.place.name}', where the avatar stands, is skewed or scaled unevenly.",
            "Give it the same scale on all axes (Item panel), and its parents too.",
        ) from error


def values_of(found: dict[str, np.ndarray]) -> np.ndarray:
    """(T, 52) float32 of columns."""
    values = np.stack([found[name] for name in CHANNELS], axis=-1)
    return np.asarray(np.clip(values, 0.0, 1.0), np.float32)
