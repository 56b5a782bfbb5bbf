# SPDX-License-Identifier: GPL-3.0-or-later
"""What a character offers to be moved, as plain data; `offers.py` reads it from Blender."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

KEY, VALUE, BONE, OBJECT, LAYER = "KEY", "VALUE", "BONE", "OBJECT", "LAYER"
Triple = tuple[float, float, float]
Rows = tuple[Triple, Triple, Triple]
UPRIGHT: Rows = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


@dataclass(frozen=True)
class Offer:
    """One thing that can be keyed.

    Attributes:
        kind: KEY (a shape key), VALUE (a number: custom property, image frame, or what drives a
            shape key), BONE, OBJECT or LAYER (a Grease Pencil layer; its path hides it).
        owner: the object that has it (for VALUE on a material the node tree).
        name: what tables look for; of a driven shape key the key's name, whatever drives it.
        path: RNA path from the owner; the key's or the bone's own name for KEY and BONE.
        index: which number of an array, -1 for a single one.
        low, high, rest: range and present value at rest.
        scale: how much of the number one whole shape is: 1, or 100 where a property counts per
            cent; negative where it goes the other way.
        whole: the number is an integer.
        held: a driver overwrites it; it is not linked.
        matrix: rest orientation, rows of the 3 x 3 matrix from the bone's axes to the armature's, or
            from the object's to the world's.
        steps: axes along which a bone's location moves it, as `matrix`; without Blender's Local
            Location they are its parent's.
        place: where a bone's head rests in the armature, or an object's origin in the world.
        parent: name of a bone's parent.
        fixed: a bone that hangs on its parent's tail, or an object that its parent's armature bends:
            it cannot move by itself.
        stiff: a bone that cannot turn by itself.
        skins: names of the objects that a bone of this name bends.
    """

    kind: str
    owner: Any
    name: str
    path: str
    index: int = -1
    low: float = 0.0
    high: float = 1.0
    rest: float = 0.0
    scale: float = 1.0
    whole: bool = False
    held: bool = False
    matrix: Rows = UPRIGHT
    steps: Rows = UPRIGHT
    place: Triple = (0.0, 0.0, 0.0)
    parent: str = ""
    fixed: bool = False
    stiff: bool = False
    skins: tuple[str, ...] = ()
