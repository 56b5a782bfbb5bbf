# SPDX-License-Identifier: Apache-2.0
"""The names of the channels that a performance is made of.

The 52 facial channels carry the names and the order in which Apple documents
`ARFaceAnchor.BlendShapeLocation`. "Left" is always the character's left.
"""

from __future__ import annotations

ARKIT_NAMES: tuple[str, ...] = (
    "eyeBlinkLeft",
    "eyeLookDownLeft",
    "eyeLookInLeft",
    "eyeLookOutLeft",
    "eyeLookUpLeft",
    "eyeSquintLeft",
    "eyeWideLeft",
    "eyeBlinkRight",
    "eyeLookDownRight",
    "eyeLookInRight",
    "eyeLookOutRight",
    "eyeLookUpRight",
    "eyeSquintRight",
    "eyeWideRight",
    "jawForward",
    "jawLeft",
    "jawRight",
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthLeft",
    "mouthRight",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthFrownLeft",
    "mouthFrownRight",
    "mouthDimpleLeft",
    "mouthDimpleRight",
    "mouthStretchLeft",
    "mouthStretchRight",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthPressLeft",
    "mouthPressRight",
    "mouthLowerDownLeft",
    "mouthLowerDownRight",
    "mouthUpperUpLeft",
    "mouthUpperUpRight",
    "browDownLeft",
    "browDownRight",
    "browInnerUp",
    "browOuterUpLeft",
    "browOuterUpRight",
    "cheekPuff",
    "cheekSquintLeft",
    "cheekSquintRight",
    "noseSneerLeft",
    "noseSneerRight",
    "tongueOut",
)

HEAD_NAMES: tuple[str, ...] = ("headPitch", "headYaw", "headRoll", "gazePitch", "gazeYaw")
"""Radians. Positive pitch looks up, positive yaw turns to the character's left,
positive roll tilts toward the character's left shoulder."""

CHANNEL_NAMES: tuple[str, ...] = ARKIT_NAMES + HEAD_NAMES


def mirrored_name(name: str) -> str:
    """Give the channel that does the same on the other half of the face.

    Args:
        name: one of the 52 facial channels.

    Returns:
        "mouthSmileRight" for "mouthSmileLeft", and the name itself for a channel of the middle.
    """
    if name.endswith("Left"):
        return name[: -len("Left")] + "Right"
    if name.endswith("Right"):
        return name[: -len("Right")] + "Left"
    return name
