# SPDX-License-Identifier: Apache-2.0
"""Columns of keys over time, read from lists or arrays and checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import MienError

Column = npt.NDArray[np.float64]

# A key on every frame of half an hour at 30 frames a second.
MOST_KEYS = 54_000
# No strip comes near it: eleven days to either side.
_FARTHEST_SECONDS = 1e6


def key_times(values: object, what: str) -> Column:
    """Times of the keys in seconds: (K,), finite, each after the one before.

    Args:
        values: list or array.
        what: the track's name in messages.

    Raises:
        MienError: ``bad_direction``.
    """
    times = _numbers(values, f"The {what}'s time_seconds")
    if not 1 <= len(times) <= MOST_KEYS:
        raise bad_track(
            f"The {what} has {len(times)} keys.",
            f"Give 1 to {MOST_KEYS} keys; leave out those on a straight line between two others.",
        )
    _check_range(times, (what, "time_seconds"), (-_FARTHEST_SECONDS, _FARTHEST_SECONDS))
    late = np.flatnonzero(np.diff(times) <= 0.0)
    if len(late):
        key = int(late[0]) + 1
        raise bad_track(
            f"The {what}'s key {key} at {times[key]:g} s does not come after the one at "
            f"{times[key - 1]:g} s.",
            "Sort the keys by time; for a jump put the second key a millisecond later.",
        )
    return frozen(times)


def track_column(
    values: object, subject: tuple[str, str], keys: int, limits: tuple[float, float]
) -> Column:
    """One number a key: (K,), finite and within its range.

    Args:
        values: list or array.
        subject: names of the track and of the column in messages.
        keys: how many there must be.
        limits: lowest and highest value.

    Raises:
        MienError: ``bad_direction``, naming the column and the first key that is wrong.
    """
    what, name = subject
    column = _numbers(values, f"The {what}'s {name}")
    if len(column) != keys:
        raise bad_track(
            f"The {what} has {keys} times but {len(column)} values of {name}.",
            "Give one value of each column for every time.",
        )
    _check_range(column, subject, limits)
    return frozen(column)


def known_columns(data: object, what: str, known: tuple[str, ...]) -> Mapping[str, Any]:
    """`data` itself where it is a JSON object of known columns.

    Raises:
        MienError: ``bad_direction``, naming what is unknown.
    """
    if not isinstance(data, Mapping):
        raise bad_track(
            f"The {what} is {data!r:.40}, not a JSON object.",
            'Write {"time_seconds": [...], ...}, a list for each column.',
        )
    unknown = sorted(str(name) for name in data if name not in known)
    if unknown:
        raise bad_track(
            f"The {what} has no column called {', '.join(map(repr, unknown))}.",
            f"Known columns: {', '.join(known)}.",
        )
    return data


def bad_track(message: str, advice: str) -> MienError:
    """The error of a track that is not as it must be."""
    return MienError("bad_direction", message, advice)


def frozen(array: Column) -> Column:
    """The same array, which nobody can write to any more."""
    array.setflags(write=False)
    return array


def same_columns(one: Column, other: Column) -> bool:
    """Whether two arrays hold the same numbers in the same places."""
    return one.shape == other.shape and bool((one == other).all())


def _numbers(values: object, subject: str) -> Column:
    """A fresh (N,) array of plain numbers; text, nothing and truth are none."""
    if isinstance(values, np.ndarray):
        if values.ndim == 1 and values.dtype.kind in "fiu":
            return values.astype(np.float64)
        raise bad_track(f"{subject} is an array {values.shape} of {values.dtype}.", _LIST)
    if not isinstance(values, list | tuple):
        raise bad_track(f"{subject} is {values!r:.40}.", _LIST)
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise bad_track(f"{subject} holds {value!r:.40}.", _LIST)
    try:
        return np.array(values, dtype=np.float64)
    except OverflowError as error:
        raise bad_track(f"{subject} holds a number that is too large.", _LIST) from error


_LIST = "Give a list of numbers, one for each key."


def _check_range(column: Column, subject: tuple[str, str], limits: tuple[float, float]) -> None:
    what, name = subject
    lowest, highest = limits
    # NaN is in no range.
    wrong = np.flatnonzero(~((column >= lowest) & (column <= highest)))
    if len(wrong):
        key = int(wrong[0])
        raise bad_track(
            f"The {what}'s {name} is {column[key]:g} at key {key}.",
            f"Give numbers from {lowest:g} to {highest:g}.",
        )
