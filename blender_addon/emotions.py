# SPDX-License-Identifier: GPL-3.0-or-later
"""The emotions as the panel offers them, in the order of the worker's columns."""

from __future__ import annotations

NEUTRAL = "neutral"
BLEND = "BLEND"

# name, label, what the face does. Files keep an emotion as its place in this list: only append.
EMOTIONS = (
    (NEUTRAL, "Neutral", "No emotion: the speaking face alone"),
    ("happy", "Happy", "Raised cheeks and mouth corners"),
    ("sad", "Sad", "Raised inner brows, lowered mouth corners"),
    ("angry", "Angry", "Lowered brows, tense lids and lips"),
    ("fearful", "Fearful", "Raised, drawn brows, wide eyes, stretched mouth"),
    ("disgusted", "Disgusted", "Wrinkled nose, raised upper lip"),
    ("surprised", "Surprised", "Raised brows, wide eyes, dropped jaw"),
    ("contempt", "Contempt", "One tightened, raised mouth corner"),
    ("calm", "Calm", "Soft lids, loosened brows and lips"),
)
# The items of the setting. Mixing is no emotion of the worker's, but has its place in the same list.
CHOICES = (
    *((name, label, what, i) for i, (name, label, what) in enumerate(EMOTIONS)),
    (
        BLEND,
        "Blend",
        "Several emotions at once, each with its own weight, over time",
        len(EMOTIONS),
    ),
)
MOVED = tuple(name for name, _, _ in EMOTIONS if name != NEUTRAL)


def weight_setting(emotion: str) -> str:
    """Name of the setting that holds the weight of `emotion` in a blend."""
    return f"emotion_{emotion}"
