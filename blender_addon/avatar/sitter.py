# SPDX-License-Identifier: GPL-3.0-or-later
"""Who sits for an avatar's frames: the rig that its curves come from, and the place where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import cast, character, scene_time, spots
from ..problems import AnimatorError
from ..rigs.detection import detect
from ..rigs.links import TRANSFORM, Link
from ..rigs.offers import finished_keys
from ..rigs.parts import parts_of
from ..rigs.sources import HEAD_ANGLES
from . import head_turn
from .lens import Lens, Picture
from .read_back import READ, Way, columns, way_back
from .readings import Spot, readings, spots_of

LENS_PATHS = ("lens", "sensor_width", "sensor_height", "shift_x", "shift_y")


@dataclass(frozen=True, eq=False)
class Sitter:
    """A rig with an avatar.

    Attributes:
        holder: the object that the avatar is attached to.
        place: the object at whose origin the middle of the neck's cut stands; it keeps still while
            the head turns.
        way: back from the rig to the channels.
        spots: what has to be read.
        turned: the place itself is what turns as the head.
    """

    holder: Any
    place: Any
    way: Way
    spots: tuple[Spot, ...]
    turned: bool

    def numbers(self) -> list[tuple[Any, str]]:
        """Data-block and path of each number that has to be read."""
        return [number for spot in self.spots for number in spot.numbers()]

    def now(self) -> np.ndarray:
        """(1, numbers) as they are in the scene that the animator looks at."""
        return np.array([[value for spot in self.spots for value in spot.now()]])

    def columns(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """Channels and angles of (T, numbers) rows."""
        return columns(self.way, readings(list(self.spots), rows), len(rows))

    def roots(self, worlds: np.ndarray, heads: np.ndarray) -> np.ndarray:
        """(T, 4, 4) world matrices of the shoulders.

        Args:
            worlds: (T, 4, 4) of the place.
            heads: (T, 4, 4) head to shoulders.
        """
        if not self.turned:
            return worlds
        # The turn of an object is about its origin.
        turns = np.tile(np.eye(4), (len(heads), 1, 1))
        turns[:, :3, :3] = heads[:, :3, :3]
        return np.asarray(worlds @ np.linalg.inv(turns))


def sitter(scene: Any, holder: Any) -> Sitter:
    """The rig that an avatar is attached to.

    Raises:
        AnimatorError: the object is gone from every scene.
    """
    if holder is None or not holder.users_collection:
        raise AnimatorError(
            "The avatar is attached to nothing in this scene.",
            "Select its rig or empty and press Attach, or press Add Avatar.",
        )
    links = links_of(scene, holder)
    way = way_back(links)
    rests = {
        (each.owner, each.kind, each.target, each.index): each.rest
        for each in links
        if each.kind != TRANSFORM
    }
    place = holder.mien_avatar.place or holder
    turned = any(
        link.source in HEAD_ANGLES and link.owner == place and not link.target for link in links
    )
    return Sitter(holder, place, way, tuple(spots_of(way.targets, rests)), turned)


def links_of(scene: Any, holder: Any) -> tuple[Link, ...]:
    """What moves what on the rig that the holder is or belongs to; none where it is no rig.

    Where a character of the scene has its face there, its head object counts. Shape keys that a rig's
    own drivers move cannot be keyed, but show what the face does, so they are read.
    """
    parts = parts_of(holder)
    known = next((each for each in cast.everyone(scene) if each.target in parts), None)
    face, head = (known.target, known.head_target) if known else (holder, None)
    try:
        links = character.links_of(face, head)
    except AnimatorError:
        links = ()
    there = tuple(link for link in links if _is_there(link))
    known = {link.source for link in there}
    driven = detect(finished_keys(holder)).links
    return (*there, *(link for link in driven if link.source in READ and link.source not in known))


def _is_there(link: Link) -> bool:
    try:
        spots.place_of(link)
    except ValueError:
        return False
    return True


def picture_of(scene: Any) -> Picture:
    """The size in which the scene is rendered."""
    render = scene.render
    width, height = (
        max(1, side * render.resolution_percentage // 100)
        for side in (render.resolution_x, render.resolution_y)
    )
    return Picture(width, height, render.pixel_aspect_x, render.pixel_aspect_y)


def lens_of(camera: Any, numbers: list[float] | None = None) -> Lens:
    """A camera's lens, with the numbers at `LENS_PATHS` where they are known of another frame."""
    data = camera.data
    return Lens(*(numbers or [getattr(data, path) for path in LENS_PATHS]), data.sensor_fit)


def cameras_of(scene: Any) -> list[Any]:
    """Every camera that the scene may show: its own, and those that markers switch to.

    Raises:
        AnimatorError: there is none, or one is no pinhole.
    """
    chosen = scene_time.cameras(scene)
    if not chosen:
        raise AnimatorError(
            f"Scene '{scene.name}' has no camera.",
            "Add one (Add > Camera) and aim it at the avatar.",
        )
    for camera in chosen:
        if camera.type != "CAMERA" or camera.data.type != "PERSP":
            raise AnimatorError(
                f"An avatar is seen through a perspective lens; '{camera.name}' has another one.",
                "Set the camera's Type to Perspective.",
            )
    return chosen


def heads_of(found: dict[str, np.ndarray]) -> np.ndarray:
    """(T, 4, 4) head to shoulders, of columns."""
    return head_turn.matrices(*(found[name] for name in HEAD_ANGLES))
