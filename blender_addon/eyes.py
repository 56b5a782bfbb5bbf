# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a character's eyes are, from what its rig offers."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import mapping
from .rigs.links import SHAPE_KEY, TRANSFORM, Link
from .rigs.sources import GAZE_ANGLES

LID_CHANNELS = ("eyeBlinkLeft", "eyeBlinkRight")


def eyes_middle(face: Any) -> np.ndarray:
    """The point (3,) between the eyes, in the face object's own space.

    Eyes lie where bones or objects turn that follow the gaze; else where the keys that close the
    lids move vertices, by how far they do; without either the middle of the face's bounds stands
    for them.
    """
    links = mapping.rig_of(face).links
    eyes = _turning(face, links) or _blinking(face, links)
    if eyes:
        return np.mean(eyes, axis=0)
    if face.type == "MESH" and len(face.data.vertices):
        key = face.data.shape_keys
        points = _coordinates(key.key_blocks[0].data if key else face.data.vertices)
    else:
        points = np.array([tuple(corner) for corner in face.bound_box])
    return (points.min(axis=0) + points.max(axis=0)) / 2.0


def _turning(face: Any, links: tuple[Link, ...]) -> list[np.ndarray]:
    spots = dict.fromkeys(
        (link.owner, link.target)
        for link in links
        if link.kind == TRANSFORM and link.source in GAZE_ANGLES
    )
    found = []
    for owner, bone in spots:
        place = owner.data.bones[bone].head_local if bone else (0.0, 0.0, 0.0)
        found.append(_seen_from(face, owner, np.asarray(place, np.float64)))
    return found


def _blinking(face: Any, links: tuple[Link, ...]) -> list[np.ndarray]:
    eyes = []
    for channel in LID_CHANNELS:
        lids = [link for link in links if link.source == channel and link.kind == SHAPE_KEY]
        for owner in dict.fromkeys(link.owner for link in lids):
            blocks = owner.data.shape_keys.key_blocks
            resting = _coordinates(blocks[0].data)
            keys = [link.target for link in lids if link.owner == owner]
            moved = [
                np.linalg.norm(_coordinates(blocks[key].data) - resting, axis=1) for key in keys
            ]
            weight = np.sum(moved, axis=0)
            if weight.sum() > 0.0:
                middle = weight @ resting / weight.sum()
                eyes.append(_seen_from(face, owner, middle))
    return eyes


def _seen_from(face: Any, owner: Any, point: np.ndarray) -> np.ndarray:
    if owner == face:
        return point
    matrix = np.array(face.matrix_world.inverted_safe() @ owner.matrix_world)
    return matrix[:3, :3] @ point + matrix[:3, 3]


def _coordinates(points: Any) -> np.ndarray:
    flat = np.empty(3 * len(points), np.float32)
    points.foreach_get("co", flat)
    return flat.reshape(-1, 3).astype(np.float64)
