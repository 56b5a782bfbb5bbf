# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done to keys after they were fitted: moved, re-timed, cut out, put in place of others."""

from __future__ import annotations

import numpy as np

from .curve import BEZIER, Keys, evaluate, place_on_curve, rounded, segment_corners


def shifted(keys: Keys, offset_frames: float) -> Keys:
    """`keys` later by `offset_frames`."""
    return mapped(keys, 1.0, offset_frames)


def mapped(keys: Keys, scale: float, offset: float) -> Keys:
    """`keys` at frames scale x frame + offset, handles too: the same curve, re-timed.

    Raises:
        ValueError: a scale that is not above zero.
    """
    if not scale > 0:
        raise ValueError("Keys can be stretched only by a factor above zero.")
    times = (scale, 1.0), (offset, 0.0)
    handles = (side * times[0] + times[1] for side in (keys.left, keys.right))
    return rounded(Keys(keys.frames * scale + offset, keys.values, *handles, keys.interpolation))


def with_key(keys: Keys, frame: float) -> Keys:
    """`keys` and one more at `frame`, where there is none; the curve stays as it was.

    A Bezier segment is split there by de Casteljau's rule, so of the keys beside it only the
    handles towards `frame` become shorter. Before the first and after the last key, where the
    curve stands still, the new key and the handle towards it are flat.
    """
    frame = float(np.float32(frame))
    at = int(np.searchsorted(keys.frames, frame))
    if at < len(keys.frames) and keys.frames[at] == frame:
        return keys
    value = float(evaluate(keys, np.array([frame]))[0])
    parts = [np.insert(part, at, value) for part in (keys.frames, keys.values)]
    parts[0][at] = frame
    left, right = (np.insert(side, at, (frame, value), axis=0) for side in (keys.left, keys.right))
    if keys.interpolation == BEZIER and 0 < at < len(keys.frames):
        corners = segment_corners(keys)[at - 1]
        place = place_on_curve(corners[None, :, 0], np.array([frame]))[0]
        first = corners[:-1] + place * np.diff(corners, axis=0)
        second = first[:-1] + place * np.diff(first, axis=0)
        right[at - 1], left[at], right[at], left[at + 1] = first[0], second[0], second[1], first[2]
    else:
        _lie_flat(parts[0], parts[1], left, right, at)
    return rounded(Keys(*parts, left, right, keys.interpolation))


def _lie_flat(
    frames: np.ndarray, values: np.ndarray, left: np.ndarray, right: np.ndarray, at: int
) -> None:
    """Lay the handles of key `at`, and its neighbours' towards it, flat at a third of the way."""
    third = (frames[min(at + 1, len(frames) - 1)] - frames[max(at - 1, 0)]) / 3
    left[at] = frames[at] - third, values[at]
    right[at] = frames[at] + third, values[at]
    if at > 0:
        right[at - 1] = frames[at - 1] + third, values[at - 1]
    if at + 1 < len(frames):
        left[at + 1] = frames[at + 1] - third, values[at + 1]


def cut(keys: Keys, start: float, end: float) -> Keys:
    """The part of the curve in start..end (frames), with a key at both, its shape unchanged.

    Raises:
        ValueError: an end before the start.
    """
    if end < start:
        raise ValueError(f"The span {start:g} to {end:g} ends before it starts.")
    return _between(with_key(with_key(keys, start), end), start, end)


def splice(old: Keys, new: Keys, start: float, end: float) -> Keys:
    """`old` with its part in start..end (frames) replaced by `new`'s.

    Outside the span the curve stays as it was, and every key keeps frame and value bit for bit; of
    the keys next to the span the handle towards it is shortened, since the segment it shaped was
    split. At the borders the curve meets `old`, and the first and last segment of `new` take up
    the difference: to be seamless, `new` should have been made from samples that blend into `old`
    there. Where the span takes in `old`'s first (or last) key, `new` stands as it is; a curve of a
    single key is one that rests throughout, and is returned to after the span.

    Raises:
        ValueError: an end before the start; curves of different interpolation.
    """
    if old.interpolation != new.interpolation:
        raise ValueError(
            f"A {new.interpolation} curve cannot stand inside a {old.interpolation} curve."
        )
    middle = cut(new, start, end)
    start, end = middle.frames[0], middle.frames[-1]
    kept = with_key(with_key(old, start), end)
    if start > old.frames[0] or len(old.frames) == 1:
        middle = _led_from(_between(kept, -np.inf, start), middle)
    if end < old.frames[-1] or len(old.frames) == 1:
        middle = _led_into(middle, _between(kept, end, np.inf))
    return rounded(middle)


def _between(keys: Keys, start: float, end: float) -> Keys:
    """The keys in start..end."""
    start, end = np.float32(start), np.float32(end)
    inside = (keys.frames >= start) & (keys.frames <= end)
    parts = (keys.frames, keys.values, keys.left, keys.right)
    return Keys(*(part[inside] for part in parts), keys.interpolation)


def _led_from(before: Keys, after: Keys) -> Keys:
    """Both in a row; the key they share keeps `before`'s value."""
    right = after.right[:1] + np.array([0.0, before.values[-1] - after.values[0]])
    return Keys(
        np.append(before.frames, after.frames[1:]),
        np.append(before.values, after.values[1:]),
        np.concatenate([before.left, after.left[1:]]),
        np.concatenate([before.right[:-1], right, after.right[1:]]),
        before.interpolation,
    )


def _led_into(before: Keys, after: Keys) -> Keys:
    """Both in a row; the key they share keeps `after`'s value."""
    left = before.left[-1:] + np.array([0.0, after.values[0] - before.values[-1]])
    return Keys(
        np.append(before.frames[:-1], after.frames),
        np.append(before.values[:-1], after.values),
        np.concatenate([before.left[:-1], left, after.left[1:]]),
        np.concatenate([before.right[:-1], after.right]),
        before.interpolation,
    )
