# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings on the scene -> the worker's direction of one take."""

from __future__ import annotations

from typing import Any

from .character import turns_head
from .emotion_track import emotion_track
from .emotions import BLEND, MOVED, weight_setting
from .gaze_track import gaze_track
from .strips import StripMap

# Numbers that hold for a whole take, by the part of the panel that shows them.
FEELING = ("voice_emotion", "voice_effort", "onset", "decay")
PARTS = (
    "brow_strength",
    "eye_strength",
    "cheek_strength",
    "mouth_emotion_strength",
    "jaw_emotion_strength",
    "asymmetry",
    "idle_strength",
)
EYES = ("gaze_hold", "saccade_strength", "blink_strength")
HEAD = ("head_strength", "breath_strength")
LIPS = ("lip_strength", "articulation", "firmness")
MANNER = (*FEELING, *PARTS, *EYES, *HEAD, *LIPS)


def direction(settings: Any, heard: StripMap) -> dict[str, Any]:
    """The direction of a take over the heard frames, from one character's settings.

    Where no head is keyed it stays still, so that the eyes do not turn against it.

    Raises:
        AnimatorError: what the eyes shall look at is not there.
    """
    asked = {
        "emotion": _emotion(settings),
        "intensity": _rounded(settings.intensity),
        "seed": settings.seed,
        **{name: _rounded(getattr(settings, name)) for name in MANNER},
    }
    if not turns_head(settings):
        asked["head_strength"] = 0.0
    track = emotion_track(settings, heard)
    if track is not None:
        # The track holds the animated intensity already; this one would multiply it.
        asked.update(emotion_track=track, intensity=1.0)
    aim = gaze_track(settings, heard)
    return asked if aim is None else {**asked, "gaze_track": aim}


def _emotion(settings: Any) -> str | dict[str, float]:
    if settings.emotion != BLEND:
        return str(settings.emotion)
    return {name: _rounded(getattr(settings, weight_setting(name))) for name in MOVED}


def _rounded(number: float) -> float:
    """Blender keeps 0.8 as 0.800000011920929."""
    return round(number, 6)
