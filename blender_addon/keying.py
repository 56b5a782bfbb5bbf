# SPDX-License-Identifier: GPL-3.0-or-later
"""Curves -> keys in an Action, all keys of a curve at once.

`keyframe_points.add` with `foreach_set` writes 52 curves of 3,000 keys in about 20 ms;
`keyframe_insert` needs 10 to 33 s for the same (benchmarks/keying.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from . import compat
from .key_tolerance import Tolerance
from .keys import Keys, evaluate, fit_many, splice, stepped_keys
from .keys.curve import BEZIER, CONSTANT, LINEAR, plain_keys
from .layers import Curve
from .rigs.sources import EXPRESSION, LIPS

# Blender's numbers for foreach_set.
INTERPOLATIONS = {CONSTANT: 0, LINEAR: 1, BEZIER: 2}
FREE, ALIGNED = 0, 3
# Blender turns aligned handles onto one line; those that lie on one to within this (sine of the angle
# between them, frames by values) stay where they are.
STRAIGHT = 1e-4


def fitted(
    curves: Sequence[Curve],
    first_frame: int,
    tolerance: Tolerance,
    contacts: Mapping[str, Sequence[int]],
) -> list[Keys]:
    """The keys of each curve.

    What the keys of the lips miss, those of the expression take in, so that both together lie within
    the tolerance as well.

    Args:
        curves: values on whole frames; (1,) gives a single key.
        first_frame: scene frame of the first value.
        tolerance: how far keyed curves may lie from the values.
        contacts: source -> rows at which it makes a contact: its curves are met exactly there.
    """
    keys: dict[int, Keys] = {}
    missed: dict[tuple[Any, str, int], np.ndarray] = {}
    first = [place for place, curve in enumerate(curves) if curve.layer != EXPRESSION]
    second = [place for place, curve in enumerate(curves) if curve.layer == EXPRESSION]
    for places in (first, second):
        rows = {
            place: curves[place].values + missed.get(_spot(curves[place]), 0.0) for place in places
        }
        keys.update(_fitted(curves, rows, first_frame, tolerance, contacts))
        frames = first_frame + np.arange(max(len(row) for row in rows.values())) if rows else ()
        for place in places:
            if curves[place].layer == LIPS and not curves[place].stepped:
                missed[_spot(curves[place])] = rows[place] - evaluate(keys[place], frames)
    return [keys[place] for place in range(len(curves))]


def _spot(curve: Curve) -> tuple[Any, str, int]:
    return curve.datablock, curve.path, curve.index


def _fitted(
    curves: Sequence[Curve],
    rows: Mapping[int, np.ndarray],
    first_frame: int,
    tolerance: Tolerance,
    contacts: Mapping[str, Sequence[int]],
) -> dict[int, Keys]:
    """Keys for the curves at the places in `rows`, of those values; curves of one length together."""
    keys: dict[int, Keys] = {}
    by_length: dict[int, list[int]] = {}
    for place, values in rows.items():
        if curves[place].stepped:
            keys[place] = stepped_keys(values, first_frame)
        else:
            by_length.setdefault(len(values), []).append(place)
    for length, places in by_length.items():
        fits = fit_many(
            np.stack([rows[place] for place in places], axis=1),
            first_frame,
            tolerance=[
                tolerance.of(curves[place].sources) * curves[place].span for place in places
            ],
            exact=[met(curves[place].sources, contacts, length) for place in places],
        )
        keys.update(zip(places, fits, strict=True))
    return keys


def met(sources: Iterable[str], contacts: Mapping[str, Sequence[int]], length: int) -> list[int]:
    """Rows below `length` that a curve with these sources must meet exactly."""
    return sorted(
        {row for source in sources for row in contacts.get(source, ()) if 0 <= row < length}
    )


def write_keys(fcurve: Any, keys: Keys) -> None:
    """Put keys into an F-curve that has none."""
    count = len(keys.frames)
    points = fcurve.keyframe_points
    points.add(count)
    points.foreach_set("co", _flat(np.column_stack([keys.frames, keys.values])))
    points.foreach_set("interpolation", np.full(count, INTERPOLATIONS[keys.interpolation], np.intc))
    kinds = np.where(_is_straight(keys), ALIGNED, FREE).astype(np.intc)
    points.foreach_set("handle_left_type", kinds)
    points.foreach_set("handle_right_type", kinds)
    points.foreach_set("handle_left", _flat(keys.left))
    points.foreach_set("handle_right", _flat(keys.right))
    fcurve.update()


def rewrite_keys(fcurve: Any, keys: Keys) -> None:
    """Put keys into an F-curve instead of those that it has."""
    fcurve.keyframe_points.clear()
    write_keys(fcurve, keys)


# What a key is beside its place and handles: of each, its name and the type of its numbers.
_KINDS = (
    ("interpolation", np.intc),
    ("easing", np.intc),
    ("type", np.intc),
    ("handle_left_type", np.intc),
    ("handle_right_type", np.intc),
    ("back", np.float32),
    ("amplitude", np.float32),
    ("period", np.float32),
)


def rewrite_part(fcurve: Any, part: Keys, first: float, last: float) -> None:
    """Put keys into an F-curve instead of those from `first` to `last`.

    What kind of key each one before `first` and after `last` is stays. Handles beside the part are
    an exception, since they were shortened, and Blender would lengthen automatic ones again.
    """
    old, old_frames = _kinds(fcurve)
    present = replace(read_keys(fcurve), interpolation=part.interpolation)
    rewrite_keys(fcurve, splice(present, part, first, last))
    new, frames = _kinds(fcurve)
    place = {frame: row for row, frame in enumerate(old_frames.tolist())}
    outside = [row for row, at in enumerate(frames.tolist()) if not first <= at <= last]
    beside = {max((row for row in outside if frames[row] < first), default=-1)}
    beside.add(min((row for row in outside if frames[row] > last), default=-1))
    for row in outside:
        was = place.get(float(frames[row]))
        for name, _ in _KINDS if was is not None else ():
            if not (row in beside and name.startswith("handle")):
                new[name][row] = old[name][was]
    values = dict(zip(part.frames.tolist(), part.values.tolist(), strict=True))
    for border in (first, last):
        row, was = np.searchsorted(frames, border), np.searchsorted(old_frames, border, "right") - 1
        if not (frames[row : row + 1] == border).any() or not 0 <= was < len(old_frames) - 1:
            continue
        if border == last:
            for name in ("interpolation", "easing", "back", "amplitude", "period"):
                new[name][row] = old[name][was]
        if old["interpolation"][was] != INTERPOLATIONS[BEZIER] and border in values:
            # The splice took the curve that it meets here for a Bezier.
            _lift(fcurve.keyframe_points[row], values[border])
    for name, numbers in new.items():
        fcurve.keyframe_points.foreach_set(name, numbers)
    fcurve.update()


def _lift(point: Any, value: float) -> None:
    by = value - point.co[1]
    for place in (point.co, point.handle_left, point.handle_right):
        place[1] += by


def _kinds(fcurve: Any) -> tuple[dict[str, np.ndarray], np.ndarray]:
    points = fcurve.keyframe_points
    found = {name: np.empty(len(points), kind) for name, kind in _KINDS}
    for name, numbers in found.items():
        points.foreach_get(name, numbers)
    return found, _read(points, "co", 2 * len(points))[0::2]


def held(frame: float, value: float) -> Keys:
    """A single key: a curve that rests."""
    return plain_keys(np.array([frame]), np.array([value]), CONSTANT)


def remap(fcurve: Any, scale: float, offset: float) -> None:
    """Move the keys of an F-curve to scale * frame + offset; values and kinds of keys stay."""
    points = fcurve.keyframe_points
    for name in ("co", "handle_left", "handle_right"):
        places = _read(points, name, 2 * len(points))
        places[0::2] = scale * places[0::2] + offset
        if name == "co" and all(point.interpolation == CONSTANT for point in points):
            # What jumps shows on whole frames.
            places[0::2] = np.round(places[0::2])
        points.foreach_set(name, places)
    fcurve.update()


def read_keys(fcurve: Any) -> Keys:
    """The keys of an F-curve; its interpolation is that of the first key."""
    points = fcurve.keyframe_points
    places, left, right = (
        _read(points, name, 2 * len(points)).reshape(-1, 2).astype(np.float64)
        for name in ("co", "handle_left", "handle_right")
    )
    first = points[0].interpolation if len(points) else BEZIER
    interpolation = first if first in INTERPOLATIONS else BEZIER
    return Keys(places[:, 0], places[:, 1], left, right, interpolation)


def write_curves(fcurves: Any, curves: Iterable[Curve], keys: Iterable[Keys]) -> None:
    """Make an F-curve for each curve, in a collection that has none of them."""
    for curve, found in zip(curves, keys, strict=True):
        write_keys(fcurves.new(curve.path, index=curve.index), found)


def fingerprint(action: Any) -> str:
    """A short text that changes when a key, a handle, a curve or a modifier of `action` changes."""
    digest = hashlib.sha256()
    for curve in compat.all_fcurves(action):
        points = curve.keyframe_points
        name = f"{curve.data_path}[{curve.array_index}] {len(curve.modifiers)} {curve.mute}"
        digest.update(name.encode())
        for part in ("co", "handle_left", "handle_right"):
            digest.update(_read(points, part, 2 * len(points)).tobytes())
        interpolation = np.empty(len(points), np.intc)
        points.foreach_get("interpolation", interpolation)
        digest.update(interpolation.tobytes())
    return digest.hexdigest()[:16]


def _read(points: Any, name: str, count: int) -> np.ndarray:
    numbers = np.empty(count, np.float32)
    points.foreach_get(name, numbers)
    return numbers


def _flat(pairs: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(pairs, np.float32).ravel()


def _is_straight(keys: Keys) -> np.ndarray:
    """(K,) true where a key's two handles lie on one line."""
    places = np.column_stack([keys.frames, keys.values])
    before, after = places - keys.left, keys.right - places
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    return np.abs(cross) <= STRAIGHT * np.maximum(lengths, 1e-12)
