# SPDX-License-Identifier: Apache-2.0
"""Lips and expression become one face: displacements accumulate part by part.

Brows, lids, cheeks and nose come from the expression. In the mouth both meet: the lip track keeps
its aperture, the feeling keeps the corners, and each gives way where the other is stronger. Without
displacement in the mouth the lip track comes out unchanged, bit for bit.
"""

from __future__ import annotations

import numpy as np

from ..curves import Floats, Seconds
from ..face.arkit import ARKIT_NAMES
from .articulation import LipActivity
from .one_euro import low_pass

# Channels that part the lips, and those that press them together; cheeks and nose are neither.
_PARTING_PREFIXES = (
    "jaw",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthLowerDown",
    "mouthUpperUp",
    "tongue",
)
_PRESSING_PREFIXES = ("mouthRoll", "mouthShrug", "mouthPress")
_CORNER_PREFIXES = (
    "mouthSmile",
    "mouthFrown",
    "mouthDimple",
    "mouthStretch",
    "mouthLeft",
    "mouthRight",
)
# How much of the feeling full articulation, and a contact, take away.
_PARTING_YIELDS = (0.75, 1.0)
_PRESSING_YIELDS = (0.65, 0.0)
_CORNER_YIELDS = (0.2, 0.15)
# How much wider the jaw opens by each 1 of a feeling's jaw that speech takes away, and how slowly that comes:
# wider vowels cost the opening's correlation with film 0.001, the same opening added to it 0.01.
_EFFORT, _EFFORT_HZ = 0.75, 0.1
_JAW, _CLOSE = ARKIT_NAMES.index("jawOpen"), ARKIT_NAMES.index("mouthClose")
# While the lips round, corners cannot be drawn apart as far.
_ROUNDING_YIELD = 0.6
_DRAWN_APART = ("mouthSmile", "mouthStretch", "mouthDimple")
# Feeling (first) that weakens an opposite in the lip track (second), and how much at 1.
_OPPOSITES = (
    ("mouthFrown", "mouthSmile", 0.7),
    ("mouthSmile", "mouthFrown", 0.9),
    ("mouthLeft", "mouthRight", 0.9),
    ("mouthRight", "mouthLeft", 0.9),
)
# What a corner pulled up and down at once loses on both sides.
_BLEND_YIELD = 0.7
# In the upper face, where one muscle undoes another: the first wins, the second yields this much.
_LID_YIELDS = (("eyeBlink", "eyeWide", 1.0), ("eyeBlink", "eyeSquint", 0.7))
_BROW_YIELD = 0.4


def accumulate(lips: Floats, expression: Floats, speech: LipActivity) -> Floats:
    """Add the expression's displacement to the lip track.

    A displacement d moves a channel v to v + d (1 - v), a negative one to v (1 + d): both stay in
    0..1 without being cut off.

    Args:
        lips: (T, 57) with 0 in head and gaze.
        expression: (T, 57) displacement; angles in the last five columns are added as they are.
        speech: what the lips are busy with at the same T frames.

    Returns:
        (T, 57) float32, the 52 facial channels within 0..1.
    """
    count = len(ARKIT_NAMES)
    moved = np.clip(expression[:, :count], -1.0, 1.0)
    for prefixes, yields, busy in (
        (_PARTING_PREFIXES, _PARTING_YIELDS, speech.presence),
        (_PRESSING_PREFIXES, _PRESSING_YIELDS, speech.articulation),
        (_CORNER_PREFIXES, _CORNER_YIELDS, speech.articulation),
    ):
        room = (1.0 - yields[0] * busy) * (1.0 - yields[1] * speech.claim)
        moved[:, _columns(*prefixes)] *= room.astype(np.float32)[:, None]
    apart = (1.0 - _ROUNDING_YIELD * speech.rounding).astype(np.float32)
    moved[:, _columns(*_DRAWN_APART)] *= apart[:, None]
    _part_blends(moved)
    face = _weakened(lips[:, :count], moved)
    mix = expression + lips
    mix[:, :count] = face + np.where(moved >= 0.0, moved * (1.0 - face), moved * face)
    _resolve_upper_face(mix)
    np.clip(mix[:, :count], 0.0, 1.0, out=mix[:, :count])
    return mix


def opened_wider(
    lips: Floats, expression: Floats, speech: LipActivity, time_seconds: Seconds
) -> Floats:
    """Lips whose jaw opens wider by what speech takes from the jaw of the feeling; (T, 57).

    Who is surprised in mid-sentence cannot let the jaw hang, but opens his vowels wide: with s the
    lost share of a displacement, slowly changing, jaw v becomes v (1 + EFFORT s (1 - v)), and
    mouthClose as much more, so that what is shut stays shut.
    """
    lost = _PARTING_YIELDS[0] * speech.presence * np.clip(expression[:, _JAW], 0.0, 1.0)
    slow = low_pass(lost[:, None], _EFFORT_HZ, time_seconds)[:, 0]
    wider, jaw = lips.copy(), lips[:, _JAW]
    more = (_EFFORT * slow).astype(np.float32) * (1.0 - jaw)
    wider[:, [_JAW, _CLOSE]] *= 1.0 + more[:, None]
    np.minimum(wider[:, _CLOSE], 1.0, out=wider[:, _CLOSE])
    return wider


def _columns(*prefixes: str) -> list[int]:
    return [column for column, name in enumerate(ARKIT_NAMES) if name.startswith(prefixes)]


def _sides(prefix: str) -> list[str]:
    """Both sides of a paired channel, or the channel itself."""
    both = [f"{prefix}Left", f"{prefix}Right"]
    return both if both[0] in ARKIT_NAMES else [prefix]


def _part_blends(moved: Floats) -> None:
    """A blend of feelings that pulls a corner both ways keeps mostly the difference."""
    for up, down in zip(_sides("mouthSmile"), _sides("mouthFrown"), strict=True):
        columns = [ARKIT_NAMES.index(up), ARKIT_NAMES.index(down)]
        common = np.maximum(moved[:, columns].min(axis=1, keepdims=True), 0.0)
        moved[:, columns] -= _BLEND_YIELD * common


def _weakened(face: Floats, moved: Floats) -> Floats:
    """The lip track with its opposites of the feeling turned down; (T, 52)."""
    kept = face.copy()
    for feeling, opposite, share in _OPPOSITES:
        for strong, weak in zip(_sides(feeling), _sides(opposite), strict=True):
            strength = np.maximum(moved[:, ARKIT_NAMES.index(strong)], 0.0)
            kept[:, ARKIT_NAMES.index(weak)] *= 1.0 - share * strength
    return kept


def _resolve_upper_face(mix: Floats) -> None:
    for winner, loser, share in _LID_YIELDS:
        for strong, weak in zip(_sides(winner), _sides(loser), strict=True):
            closed = np.clip(mix[:, ARKIT_NAMES.index(strong)], 0.0, 1.0)
            mix[:, ARKIT_NAMES.index(weak)] *= 1.0 - share * closed
    for down, up in zip(_sides("browDown"), _sides("browOuterUp"), strict=True):
        columns = [ARKIT_NAMES.index(down), ARKIT_NAMES.index(up)]
        mix[:, columns] -= _BROW_YIELD * mix[:, columns].min(axis=1, keepdims=True)
