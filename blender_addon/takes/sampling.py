# SPDX-License-Identifier: GPL-3.0-or-later
"""What a take's layers add up to, read from its F-curves without moving the scene."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .. import keying
from ..keys import evaluate
from ..layers import ORDER
from .pieces import Piece


def strength(strip: Any, frames: np.ndarray) -> np.ndarray:
    """(T,) influence of an NLA strip: its keys where it is animated, else 1."""
    curve = strip.fcurves.find("influence") if strip.use_animated_influence else None
    if curve is None:
        return np.ones(len(frames))
    return np.clip([curve.evaluate(frame) for frame in frames], 0.0, 1.0)


def is_heard(piece: Piece) -> bool:
    """Whether neither its strip nor its track is muted."""
    return piece.strip is None or not (piece.strip.mute or piece.track.mute)


def action_frames(strip: Any, frames: np.ndarray) -> np.ndarray:
    """(T,) frames of its Action that an NLA strip plays at scene frames; it holds its ends."""
    inside = np.clip(frames, strip.frame_start, strip.frame_end)
    return strip.action_frame_start + (inside - strip.frame_start) / strip.scale


def scene_frames(strip: Any, at: Iterable[float]) -> list[int]:
    """Scene frames at which an NLA strip plays frames of its Action, rounded."""
    start, begins = strip.frame_start, strip.action_frame_start
    return [round(start + (frame - begins) * strip.scale) for frame in at]


def sampled(
    pieces: Iterable[Piece], frames: np.ndarray, layers: Iterable[str] = ORDER
) -> dict[tuple[str, int], np.ndarray]:
    """RNA path and array index -> (T,) of one take on one data-block.

    Args:
        pieces: of one take on one data-block; those that are muted count for nothing.
        frames: (T,) scene frames.
        layers: which of them to add up.
    """
    found: dict[tuple[str, int], np.ndarray] = {}
    wanted = set(layers)
    for piece in pieces:
        if piece.layer not in wanted or not is_heard(piece):
            continue
        share, at = np.ones(len(frames)), frames
        if piece.strip is not None:
            share, at = strength(piece.strip, frames), action_frames(piece.strip, frames)
        for curve in piece.curves:
            if curve.mute or not len(curve.keyframe_points):
                continue
            values = share * evaluated(curve, at)
            spot = (curve.data_path, curve.array_index)
            found[spot] = found[spot] + values if spot in found else values
    return found


def evaluated(curve: Any, frames: np.ndarray) -> np.ndarray:
    """(T,) of an F-curve; with modifiers, other interpolations or extrapolation Blender is asked."""
    points = curve.keyframe_points
    ways = {point.interpolation for point in points}
    plain = (
        len(ways) == 1 and ways <= {*keying.INTERPOLATIONS} and curve.extrapolation == "CONSTANT"
    )
    if plain and not len(curve.modifiers):
        return evaluate(keying.read_keys(curve), frames)
    return np.array([curve.evaluate(frame) for frame in frames])
