# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys of one F-curve, and the curve that Blender draws through them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BEZIER, LINEAR, CONSTANT = "BEZIER", "LINEAR", "CONSTANT"
# Halvings of the segment in which a frame's place on the curve is looked for: 2^-40 of it.
HALVINGS = 40
# Blender from 4.4 moves handles that reach less far from their key, or backwards, out to here
# (frames); older ones keep them. Written this long, a curve is the same in all.
SHORTEST_HANDLE = np.float32(0.001)


@dataclass(frozen=True)
class Keys:
    """One F-curve's keys as Blender stores them: numbers that float32 holds exactly.

    Attributes:
        frames: (K,) scene frames, ascending, float64.
        values: (K,) in the channel's unit.
        left: (K, 2) left handles: frame, value.
        right: (K, 2) right handles: frame, value.
        interpolation: "BEZIER", "LINEAR" or "CONSTANT", for all keys.
    """

    frames: np.ndarray
    values: np.ndarray
    left: np.ndarray
    right: np.ndarray
    interpolation: str = BEZIER


def rounded(keys: Keys) -> Keys:
    """`keys` as they come back from every Blender: float32, and no handle without a reach."""
    frames, values, left, right = (
        np.float32(part) for part in (keys.frames, keys.values, keys.left, keys.right)
    )
    left[:, 0] = np.minimum(left[:, 0], frames - SHORTEST_HANDLE)
    right[:, 0] = np.maximum(right[:, 0], frames + SHORTEST_HANDLE)
    stored = (part.astype(np.float64) for part in (frames, values, left, right))
    return Keys(*stored, keys.interpolation)


def plain_keys(frames: np.ndarray, values: np.ndarray, interpolation: str) -> Keys:
    """Keys whose handles lie flat at a third of the way to their neighbours.

    Args:
        frames: (K,) ascending.
        values: (K,).
        interpolation: of all keys.
    """
    frames = np.asarray(frames, np.float64)
    values = np.asarray(values, np.float64)
    third = np.diff(frames) / 3 if len(frames) > 1 else np.ones(1)
    before, after = np.r_[third[:1], third][: len(frames)], np.r_[third, third[-1:]]
    left = np.column_stack([frames - before, values])
    right = np.column_stack([frames + after[: len(frames)], values])
    return rounded(Keys(frames, values, left, right, interpolation))


def stepped_keys(values: np.ndarray, first_frame: float) -> Keys:
    """Keys with constant interpolation, one wherever the value changes.

    Args:
        values: (T,) on whole frames.
        first_frame: scene frame of the first value.

    Raises:
        ValueError: no values, or numbers that are not finite.
    """
    values = checked(values)
    kept = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
    return plain_keys(first_frame + kept, values[kept], CONSTANT)


def checked(values: np.ndarray) -> np.ndarray:
    """`values` as float64 numbers that float32 holds, or a ValueError where they cannot be keyed."""
    values = np.asarray(values, np.float64)
    if values.shape[0] == 0:
        raise ValueError("There is nothing to key: the curve has no frames.")
    with np.errstate(over="ignore"):
        stored = values.astype(np.float32)
    if not np.isfinite(stored).all():
        raise ValueError("The curve holds values that are not finite numbers and cannot be keyed.")
    return stored.astype(np.float64)


def evaluate(keys: Keys, frames: np.ndarray) -> np.ndarray:
    """What Blender's `FCurve.evaluate` gives at `frames`, with constant extrapolation, to 1e-5.

    A handle that reaches past the next key is shortened to it, as Blender does
    (`BKE_fcurve_correct_bezpart`).

    Args:
        keys: at least one key, as this package makes them or as they were read from Blender.
        frames: any shape, whole or not.

    Returns:
        float64, the shape of `frames`.
    """
    frames = np.asarray(frames, np.float64)
    flat = np.clip(frames.ravel(), keys.frames[0], keys.frames[-1])
    if len(keys.frames) == 1:
        return np.full(frames.shape, keys.values[0])
    if keys.interpolation == LINEAR:
        return np.interp(flat, keys.frames, keys.values).reshape(frames.shape)
    at = np.searchsorted(keys.frames, flat, side="right") - 1
    if keys.interpolation == CONSTANT:
        return keys.values[at].reshape(frames.shape)
    values = keys.values[at]
    inside = np.flatnonzero(keys.frames[at] != flat)
    corners = segment_corners(keys)[at[inside]]
    place = place_on_curve(corners[:, :, 0], flat[inside])
    values[inside] = bezier(corners[:, :, 1], place)
    return values.reshape(frames.shape)


def segment_corners(keys: Keys) -> np.ndarray:
    """(K - 1, 4, 2) control points of the segments between the keys, handles corrected."""
    points = np.column_stack([keys.frames, keys.values])
    corners = np.stack([points[:-1], keys.right[:-1], keys.left[1:], points[1:]], axis=1)
    span = corners[:, 3, 0] - corners[:, 0, 0]
    for handle, key in ((1, 0), (2, 3)):
        reach = np.abs(corners[:, handle, 0] - corners[:, key, 0])
        short = np.minimum(1.0, span / np.maximum(reach, span))[:, None]
        corners[:, handle] = corners[:, key] + short * (corners[:, handle] - corners[:, key])
    return corners


def bezier(corners: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Cubic Bezier of control numbers (N, 4) at curve parameters (N,) in 0..1."""
    rest = 1 - place
    return (
        rest**3 * corners[:, 0]
        + 3 * rest * rest * place * corners[:, 1]
        + 3 * rest * place * place * corners[:, 2]
        + place**3 * corners[:, 3]
    )


def place_on_curve(corners: np.ndarray, frames: np.ndarray, halvings: int = HALVINGS) -> np.ndarray:
    """Curve parameters (N,) at which segments with frame corners (N, 4) reach `frames` (N,)."""
    low, high = np.zeros(len(frames)), np.ones(len(frames))
    for _ in range(halvings):
        middle = (low + high) / 2
        before = bezier(corners, middle) < frames
        low, high = np.where(before, middle, low), np.where(before, high, middle)
    return (low + high) / 2
