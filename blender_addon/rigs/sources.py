# SPDX-License-Identifier: GPL-3.0-or-later
"""The columns of a performance that a rig can listen to, and the layer that each belongs to."""

from __future__ import annotations

LIPS, EXPRESSION, GAZE, HEAD = "LIPS", "EXPRESSION", "GAZE", "HEAD"

# Apple's 52 names in Apple's order; left is the character's left.
CHANNELS: tuple[str, ...] = (
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
# Radians: pitch up, yaw to the character's left, roll to its left shoulder.
HEAD_ANGLES: tuple[str, ...] = ("headPitch", "headYaw", "headRoll")
GAZE_ANGLES: tuple[str, ...] = ("gazePitch", "gazeYaw")
# Weights that sum to 1, in the order of Oculus LipSync.
VISEMES: tuple[str, ...] = tuple(
    f"viseme_{name}"
    for name in "sil PP FF TH DD kk CH SS nn RR aa E I O U".split()  # noqa: SIM905  reads as a list
)
# Drawn mouths in Rhubarb's letters: 1 while shown, else 0.
MOUTHS: tuple[str, ...] = tuple(f"mouth_{letter}" for letter in "ABCDEFGHX")
# Weight times intensity, 0 to 1.5.
EMOTIONS: tuple[str, ...] = (
    "emotion_happy",
    "emotion_sad",
    "emotion_angry",
    "emotion_fearful",
    "emotion_disgusted",
    "emotion_surprised",
    "emotion_contempt",
    "emotion_calm",
)
SOURCES: tuple[str, ...] = (
    *CHANNELS,
    *HEAD_ANGLES,
    *GAZE_ANGLES,
    *VISEMES,
    *MOUTHS,
    *EMOTIONS,
)

_LIP_STARTS = ("jaw", "mouth", "tongue", "cheekPuff", "viseme_")


def layer_of(source: str) -> str:
    """LIPS, EXPRESSION, GAZE or HEAD.

    Raises:
        KeyError: there is no such source.
    """
    if source not in _LAYER_OF:
        raise KeyError(source)
    return _LAYER_OF[source]


def _layer(source: str) -> str:
    if source in HEAD_ANGLES:
        return HEAD
    if source in GAZE_ANGLES or source.startswith("eyeLook"):
        return GAZE
    return LIPS if source.startswith(_LIP_STARTS) else EXPRESSION


_LAYER_OF = {source: _layer(source) for source in SOURCES}
