# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a character's left, back and up are in its armature, told from where its bones rest.

Neither the armature's own axes nor a bone's roll are trusted: files from other programs arrive
Y up, turned, or both.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .families import family
from .naming import Names
from .offer import Offer
from .spelling import other_side, side_of

# An axis of the armature this close (cosine; 32 degrees) to what the bones say is taken instead: rest
# poses stand straight, while necks lean and left and right bones differ a little.
STRAIGHT = 0.85


def character_axes(bones: Sequence[Offer]) -> np.ndarray:
    """(3, 3): rows are the character's left, back and up in the armature's space.

    Left comes from pairs of bones named for their sides, up from the root towards the head bone.
    Where there are none, the armature is taken to stand as Blender's own do: face to -Y, Z up.
    """
    up_hint = _up(bones)
    left = _straightened(_left(bones))
    up = _straightened(up_hint - left * (up_hint @ left))
    back = np.cross(up, left)
    return np.array([left, back, np.cross(left, back)])


def _left(bones: Sequence[Offer]) -> np.ndarray:
    """The mean of the steps from bones named right to their fellows named left."""
    rights = {
        other_side(other_side(bone.name)): bone for bone in bones if side_of(bone.name) == "right"
    }
    total = np.zeros(3)
    for bone in bones:
        fellow = rights.get(other_side(bone.name)) if side_of(bone.name) == "left" else None
        if fellow is not None:
            total += np.subtract(bone.place, fellow.place)
    return _unit(total, (1.0, 0.0, 0.0))


def _up(bones: Sequence[Offer]) -> np.ndarray:
    named = Names(bones).find(family("Head and eyes").spellings("head"))
    head = next(iter(named), None)
    if head is None:
        return np.array((0.0, 0.0, 1.0))
    by_name = {bone.name: bone for bone in bones}
    root = head
    while root.parent in by_name:
        root = by_name[root.parent]
    along = (head.matrix[0][1], head.matrix[1][1], head.matrix[2][1])
    return _unit(np.subtract(head.place, root.place), along)


def _unit(vector: np.ndarray, otherwise: tuple[float, ...]) -> np.ndarray:
    length = np.linalg.norm(vector)
    return np.asarray(vector / length if length > 1e-6 else np.array(otherwise, float))


def _straightened(vector: np.ndarray) -> np.ndarray:
    vector = _unit(vector, (0.0, 0.0, 1.0))
    axis = int(np.abs(vector).argmax())
    if abs(vector[axis]) < STRAIGHT:
        return vector
    straight = np.zeros(3)
    straight[axis] = np.sign(vector[axis])
    return straight
