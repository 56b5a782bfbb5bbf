# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether anything that a take depends on has changed: asked many times a second, so it must be cheap."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from . import compat, performing, strips
from .directions import direction
from .emotion_track import prefix, settings_of_emotion
from .gaze_track import FREE
from .line_sounds.spoken import Errand

# Where drivers, the NLA or an aim have a say, only asking the scene tells, which takes 10 to 30 ms.
LIVELY_SECONDS = 0.5


class Watch:
    """What was asked for last, of one character and one strip."""

    def __init__(self) -> None:
        self._seen: Any = None
        self._looked = 0.0
        self.asked: dict[str, Any] = {}

    def look(self, settings: Any, strip: Any, heard: strips.StripMap) -> bool:
        """Take in what is asked for now; True when it differs from the last time.

        Raises:
            AnimatorError: what the eyes shall look at is not there, or corrections are of another sound.
        """
        seen = (plain(settings), _said(strip.mien), _keys(settings), heard)
        lively = _is_lively(settings) and time.monotonic() - self._looked > LIVELY_SECONDS
        if seen == self._seen and not lively:
            return False
        self._seen, self._looked = seen, time.monotonic()
        asked = performing.wanted_of(direction(settings, heard), strip, heard, Errand())
        changed = asked != self.asked
        self.asked = asked
        return changed


def strip_place(scene: Any, strip: Any) -> tuple[Any, ...]:
    """What the map from scene frames to the strip's sound depends on."""
    around = []
    parent = strip.parent_meta()
    while parent is not None:
        around.append(compat.strip_frames(parent))
        parent = parent.parent_meta()
    return (
        compat.strip_frames(strip),
        tuple(around),
        compat.sound_offset_seconds(strip),
        tuple(compat.retiming_frames(strip) or ()),
        strips.scene_fps(scene),
        strip.sound.filepath if strip.sound else "",
    )


def plain(group: Any) -> tuple[Any, ...]:
    """The values of a property group, as data that can be compared."""
    return tuple(
        _plain(getattr(group, prop.identifier))
        for prop in group.bl_rna.properties
        if prop.identifier != "rna_type"
    )


def _plain(value: Any) -> Any:
    if hasattr(value, "session_uid"):
        return value.session_uid
    if hasattr(value, "bl_rna"):
        return plain(value)
    if hasattr(value, "__len__") and not isinstance(value, str):
        return tuple(_plain(each) for each in value)
    return value


def _said(line: Any) -> tuple[Any, ...]:
    """What of a strip's line the lips follow: its text and what was corrected."""
    sounds = line.sounds
    return line.text, line.use_text, sounds.corrected_phones, sounds.corrected_words


def _keys(settings: Any) -> tuple[Any, ...]:
    """The keys on the emotion's settings."""
    animation = settings.id_data.animation_data
    if animation is None:
        return ()
    paths = {prefix(settings) + name for name in settings_of_emotion()}
    found = []
    for curve in compat.audible_fcurves(animation):
        if curve.data_path not in paths:
            continue
        points = curve.keyframe_points
        numbers = np.empty((3, 2 * len(points)), np.float32)
        for row, name in zip(numbers, ("co", "handle_left", "handle_right"), strict=True):
            points.foreach_get(name, row)
        kinds = tuple(point.interpolation for point in points)
        modifiers = tuple(plain(modifier) for modifier in curve.modifiers)
        found.append((curve.data_path, numbers.tobytes(), kinds, modifiers))
    return tuple(found)


def _is_lively(settings: Any) -> bool:
    animation = settings.id_data.animation_data
    layered = animation is not None and (len(animation.drivers) or len(animation.nla_tracks))
    return bool(layered) or settings.gaze_aim != FREE
