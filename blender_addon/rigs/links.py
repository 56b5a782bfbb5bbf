# SPDX-License-Identifier: GPL-3.0-or-later
"""What drives what on a rig, as plain data.

A source is a column of a performance: one of the 57 channels (52 ARKit names, `headPitch`, `headYaw`,
`headRoll`, `gazePitch`, `gazeYaw`), a viseme (`viseme_PP`), a drawn mouth (`mouth_A`, 1 while it is
shown), or an emotion (`emotion_happy`, weight times intensity). A link lets one source move one
target. All links of one target act together:

    value = rest + (sum, or maximum, over its links of weight * gain * source)

held between `low` and `high`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SHAPE_KEY, PROPERTY, TRANSFORM = "SHAPE_KEY", "PROPERTY", "TRANSFORM"
SUM, MAXIMUM = "SUM", "MAX"
Triple = tuple[float, float, float]
NOTHING: Triple = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Pose:
    """What a bone or an object does while its source is 1, on top of its rest.

    Attributes:
        location: added, in the bone's own space (metres before the armature's scale), or an object's
            delta location in its parent's space.
        rotation: rotation vector (axis times angle, radians) about the bone's own axes; those of
            several links add up. Of an object: about its own axes.
        scale: added to the scale, 0 leaves it.
    """

    location: Triple = NOTHING
    rotation: Triple = NOTHING
    scale: Triple = NOTHING


@dataclass(frozen=True)
class Link:
    """One source moves one target.

    Attributes:
        source: name of a column, see above.
        kind: SHAPE_KEY, PROPERTY or TRANSFORM.
        owner: the object that has the target; whatever the caller names an object by (in Blender the
            Object itself).
        target: SHAPE_KEY: name of the key. PROPERTY: RNA path from the object, such as
            `pose.bones["face"]["smile"]`, `["jaw"]`, `data["jaw"]`, `hide_render`. TRANSFORM: name
            of a pose bone, or empty for the object itself.
        index: which number of a PROPERTY that is an array; -1 where it is a single one.
        weight: what the source is multiplied by; given by the table or by a recording.
        gain: the animator's own factor on top, 1 unless changed.
        rest: value of a PROPERTY while every source is 0 (shape keys rest at 0).
        low, high: the target's range.
        combine: SUM or MAXIMUM, the same for all links of one target.
        stepped: the target jumps from value to value (drawn mouths, frames, visibility).
        pose: of a TRANSFORM.
    """

    source: str
    kind: str
    owner: Any
    target: str
    index: int = -1
    weight: float = 1.0
    gain: float = 1.0
    rest: float = 0.0
    low: float = 0.0
    high: float = 1.0
    combine: str = SUM
    stepped: bool = False
    pose: Pose = Pose()


@dataclass(frozen=True)
class Rig:
    """What is known of a character's face.

    Attributes:
        family: name of the table that fits, such as `ARKit`; or of the animator's own mapping.
        links: in the order of their sources.
        missing: those of the 52 ARKit channels that move nothing here, in Apple's order.
    """

    family: str
    links: tuple[Link, ...]
    missing: tuple[str, ...]
