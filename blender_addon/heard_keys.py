# SPDX-License-Identifier: GPL-3.0-or-later
"""The emotion heard in a strip -> keys on the scene's emotion settings, for the animator to edit.

Keys of these settings inside the strip's frames are replaced. Keys before and after it stay, and
what they say there stays too: where a curve goes on outside the strip, a key on the frame beside
the strip holds the value that it had.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import compat
from .emotion_track import prefix, settings_of_emotion
from .emotions import BLEND, CHOICES, MOVED, weight_setting
from .problems import AnimatorError
from .strips import StripMap

CONFIDENCE = "voice_confidence"
KEYED = (*settings_of_emotion(), CONFIDENCE)
# Weights that stay below this all along cannot be seen; they get no curve of their own.
UNSEEN_WEIGHT = 0.01
_BLEND_NUMBER = next(number for name, _, _, number in CHOICES if name == BLEND)


@dataclass(frozen=True)
class Heard:
    """An emotion track from the worker: seconds from the first heard frame, and values at them."""

    time_seconds: np.ndarray
    columns: Mapping[str, np.ndarray]

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Heard:
        """Read the worker's emotion_result: columns by the settings that they are keyed on."""
        track = message["track"]
        times = np.asarray(track["time_seconds"], np.float64)
        still = np.zeros(len(times))
        columns = {
            weight_setting(name): np.asarray(track["weights"].get(name, still), np.float64)
            for name in MOVED
        }
        columns["intensity"] = np.asarray(track["intensity"], np.float64)
        columns[CONFIDENCE] = np.asarray(message["confidence"], np.float64)
        return cls(times, columns)


def check_can_be_keyed(settings: Any) -> None:
    """Refuse what would be lost on saving, or would be keyed and then not act.

    Raises:
        AnimatorError: linked data, drivers, a locked curve, or the NLA editor's tweak mode.
    """
    scene = settings.id_data
    if not scene.is_editable:
        raise AnimatorError(
            f"Scene '{scene.name}' is linked, so keys on it would be lost on saving.",
            "Work in a scene of this file.",
        )
    animation = scene.animation_data
    if animation is None:
        return
    if animation.action is not None and not animation.action.is_editable:
        raise AnimatorError(
            f"Action '{animation.action.name}' of scene '{scene.name}' is linked, so keys in it "
            "would be lost on saving.",
            "Make it local, or unlink it in the Dope Sheet's Action Editor.",
        )
    if animation.use_tweak_mode:
        raise AnimatorError(
            f"Scene '{scene.name}' is in the NLA editor's tweak mode.",
            "Leave it (Tab in the NLA editor).",
        )
    paths = {prefix(settings) + name: name for name in KEYED}
    driven = [paths[driver.data_path] for driver in animation.drivers if driver.data_path in paths]
    if driven:
        label = settings.bl_rna.properties[driven[0]].name
        raise AnimatorError(
            f"'{label}' is driven, so keys on it would not act.",
            "Right-click it in the Mien panel > Delete Driver.",
        )
    curves = compat.playing_fcurves(animation)
    locked = [paths[c.data_path] for c in curves if c.data_path in paths and c.lock]
    if locked:
        label = settings.bl_rna.properties[locked[0]].name
        raise AnimatorError(
            f"The F-curve of '{label}' is locked.", "Unlock it in the Graph Editor."
        )


def write(settings: Any, place: StripMap, heard: Heard) -> None:
    """Key what was heard over the strip's frames, and let the emotion be a blend there.

    Raises:
        AnimatorError: the scene cannot be keyed; nothing has been changed.
    """
    check_can_be_keyed(settings)
    scene, start = settings.id_data, prefix(settings)
    frames = np.round(place.first_frame + heard.time_seconds * place.grid_fps)
    frames = np.clip(frames, place.first_frame, place.first_frame + place.frames - 1)
    frames, first = np.unique(frames, return_index=True)
    fcurves = compat.editable_fcurves(scene)
    for name, column in heard.columns.items():
        curve = fcurves.find(start + name)
        limits = settings.bl_rna.properties[name]
        values = np.clip(column[first], limits.hard_min, limits.hard_max)
        shown = name in {"intensity", CONFIDENCE} or values.max() >= UNSEEN_WEIGHT
        if curve is None and not shown and getattr(settings, name) == 0.0:
            continue
        curve = curve or fcurves.new(start + name)
        _replace(curve, place, frames, values, "BEZIER")
        setattr(settings, name, curve.evaluate(scene.frame_current_final))
    _choose_blend(settings, place, fcurves.find(start + "emotion"))


def _choose_blend(settings: Any, place: StripMap, curve: Any) -> None:
    """An emotion that is keyed is a blend over the strip and goes on after it as it was."""
    if curve is None:
        settings.emotion = BLEND
        return
    after = place.first_frame + place.frames
    frames = np.array([place.first_frame, after], np.float64)
    values = np.array([_BLEND_NUMBER, curve.evaluate(after)])
    _replace(curve, place, frames, values, "CONSTANT")
    number = int(curve.evaluate(settings.id_data.frame_current_final))
    settings.emotion = next(name for name, _, _, place_of in CHOICES if place_of == number)


def _replace(
    curve: Any, place: StripMap, frames: np.ndarray, values: np.ndarray, interpolation: str
) -> None:
    before, after = place.first_frame - 1, place.first_frame + place.frames
    points = curve.keyframe_points
    present = np.array([point.co[0] for point in points])
    new = [(frame, value, interpolation) for frame, value in zip(frames, values, strict=True)]
    for beside, goes_on in ((before, present < before), (after, present > after)):
        if goes_on.any() and beside not in present and beside not in frames:
            # The key before it says in which way the curve goes on from here.
            ruling = points[max(0, int(np.searchsorted(present, beside)) - 1)]
            new.append((beside, curve.evaluate(beside), ruling.interpolation))
    for i in np.flatnonzero((present > before) & (present < after))[::-1]:
        points.remove(points[int(i)], fast=True)
    for frame, value, way in new:
        point = points.insert(float(frame), float(value), options={"FAST"})
        point.interpolation = way
        point.handle_left_type = point.handle_right_type = "AUTO_CLAMPED"
    curve.update()
