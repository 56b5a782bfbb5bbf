# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys, drivers and NLA strips on the emotion's settings -> the worker's emotion track.

Scene frame f is second (f - first_frame) / grid_fps of the strip's heard part (strips.StripMap), so
trims, offsets and speed are met exactly. Curves are evaluated without moving the scene; where
drivers or the NLA act, a copy of the scene goes through the strip's frames (scene_time).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from . import compat, scene_time, thinning
from .emotions import BLEND, CHOICES, EMOTIONS, MOVED, weight_setting
from .strips import StripMap

# What straight lines between the keys sent may miss: a face moves by less than it can show.
TOLERANCE = 0.002
# The worker takes up to 54,000 keys. Only noise over half an hour comes near it.
MOST_KEYS = 50_000
# How long before a jump its last value is sampled, in frames.
JUMP_FRAMES = 0.01
NUMBER_OF = {name: number for name, _, _, number in CHOICES}


def prefix(settings: Any) -> str:
    """What the RNA paths of a character's settings begin with, seen from their scene."""
    return f"{settings.path_from_id()}."


def emotion_track(settings: Any, heard: StripMap) -> dict[str, Any] | None:
    """The emotion over the heard frames, in the worker's columns; None where nothing moves it.

    Weights and intensity are those of `settings`, one character's, or of what animates them in their
    scene; seconds count from the first heard frame.
    """
    moved = _moved_settings(settings)
    if "emotion" not in moved and settings.emotion != BLEND:
        moved &= {"intensity"}
    if not moved:
        return None
    curves = _plain_curves(settings, moved)
    if curves is None:
        frames, samples = _sampled_in_scene(settings, moved, _whole_frames(heard))
    else:
        frames = _frames_with_jumps(heard, curves.values())
        samples = {
            name: _evaluated(settings, name, curve, frames) for name, curve in curves.items()
        }
    return _columns(heard, frames, _values(settings, samples, len(frames)))


def settings_of_emotion() -> tuple[str, ...]:
    """Names of the settings that may be animated."""
    return ("emotion", "intensity", *(weight_setting(name) for name in MOVED))


def _moved_settings(settings: Any) -> set[str]:
    """Those of the settings that anything audible in the scene's animation data moves."""
    animation = settings.id_data.animation_data
    if animation is None:
        return set()
    paths = {curve.data_path for curve in compat.audible_fcurves(animation)}
    paths |= {driver.data_path for driver in animation.drivers if not driver.mute}
    for strip in _audible_strips(animation):
        paths |= compat.animated_paths(strip)
    start = prefix(settings)
    return {name for name in settings_of_emotion() if start + name in paths}


def _audible_strips(animation: Any) -> list[Any]:
    if not animation.use_nla:
        return []
    return [
        strip
        for track in animation.nla_tracks
        if not track.mute
        for strip in track.strips
        if not strip.mute
    ]


def _plain_curves(settings: Any, moved: Iterable[str]) -> dict[str, Any] | None:
    """Setting -> F-curve, or None where drivers or the NLA have a say."""
    animation = settings.id_data.animation_data
    start = prefix(settings)
    driven = {driver.data_path for driver in animation.drivers if not driver.mute}
    layered = animation.use_nla and len(animation.nla_tracks) > 0
    if layered or any(start + name in driven for name in moved):
        return None
    by_path = {curve.data_path: curve for curve in compat.audible_fcurves(animation)}
    return {name: by_path[start + name] for name in moved}


def _whole_frames(heard: StripMap) -> np.ndarray:
    return np.arange(heard.first_frame, heard.first_frame + heard.frames, dtype=np.float64)


def _frames_with_jumps(heard: StripMap, curves: Iterable[Any]) -> np.ndarray:
    """Whole frames, the keys between them, and the last moment before each key."""
    whole_frames = _whole_frames(heard)
    keys = np.array([point.co[0] for curve in curves for point in curve.keyframe_points])
    inside = keys[(keys > whole_frames[0]) & (keys <= whole_frames[-1])]
    return np.unique(np.concatenate([whole_frames, inside, inside - JUMP_FRAMES]))


def _evaluated(settings: Any, name: str, curve: Any, frames: np.ndarray) -> np.ndarray:
    """What the curve gives the setting: clipped to its range, as Blender does."""
    values = np.array([curve.evaluate(frame) for frame in frames])
    if name == "emotion":
        return np.clip(np.trunc(values), 0, len(CHOICES) - 1)
    limits = settings.bl_rna.properties[name]
    return np.clip(values, limits.hard_min, limits.hard_max)


def _sampled_in_scene(
    settings: Any, moved: Iterable[str], frames: np.ndarray
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    samples: dict[str, list[float]] = {name: [] for name in moved}
    with scene_time.other_frames(settings.id_data) as others:
        for _ in others.at(int(frame) for frame in frames):
            there = others.scene().path_resolve(settings.path_from_id())
            for name, values in samples.items():
                value = getattr(there, name)
                values.append(NUMBER_OF.get(value, 0) if name == "emotion" else value)
    return frames, {name: np.array(values) for name, values in samples.items()}


def _values(settings: Any, samples: dict[str, np.ndarray], count: int) -> np.ndarray:
    """Intensity and the weights of EMOTIONS over time, (count, 1 + 9), weights summing to 1."""

    def over_time(name: str) -> np.ndarray:
        if name in samples:
            return samples[name]
        value = getattr(settings, name)
        return np.full(count, NUMBER_OF[value] if name == "emotion" else value)

    choice = over_time("emotion").astype(np.intp)
    blend = np.column_stack([over_time(weight_setting(name)) for name in MOVED])
    single = np.eye(len(CHOICES), len(EMOTIONS))[choice][:, 1:]
    weights = np.where((choice == NUMBER_OF[BLEND])[:, None], blend, single)
    weights = weights / np.maximum(1.0, weights.sum(axis=1, keepdims=True))
    neutral = np.maximum(0.0, 1.0 - weights.sum(axis=1))
    return np.column_stack([over_time("intensity"), neutral, weights])


def _columns(heard: StripMap, frames: np.ndarray, values: np.ndarray) -> dict[str, Any]:
    """The few keys that say the same, rounded to what a face can show."""
    seconds = (frames - heard.first_frame) / heard.grid_fps
    kept = thinning.kept_rows(seconds, values, TOLERANCE, MOST_KEYS)
    weights = {
        name: np.round(values[kept, 1 + i], 5).tolist()
        for i, (name, _, _) in enumerate(EMOTIONS)
        if values[kept, 1 + i].any()
    }
    return {
        "time_seconds": np.round(seconds[kept], 9).tolist(),
        "intensity": np.round(values[kept, 0], 5).tolist(),
        "weights": weights,
    }
