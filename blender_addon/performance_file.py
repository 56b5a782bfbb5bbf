# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker's performance -> the columns that rigs listen to (rigs/sources.py)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from .keys.contacts import contact_rows
from .problems import AnimatorError
from .rigs.sources import EMOTIONS, MOUTHS

_Read = TypeVar("_Read")


@dataclass(frozen=True)
class Performed:
    """A performance on the frames of its strip.

    Attributes:
        mix: source -> (T,) of the final face.
        lips: source -> (T,) of the speaking mouth alone.
        contacts: source -> the frames (0 to T - 1) at which it makes a contact of the lips, so that
            its keys must meet it there.
    """

    mix: Mapping[str, np.ndarray]
    lips: Mapping[str, np.ndarray]
    contacts: Mapping[str, Sequence[int]] = field(default_factory=dict)


def read(path: Path, strip_name: str) -> Performed:
    """Read a performance file.

    Raises:
        AnimatorError: it cannot be read, or holds numbers that cannot be keyed.
    """
    return _reading(path, strip_name, _performed)


def times(path: Path, strip_name: str) -> np.ndarray:
    """The times of a performance file in seconds, ascending.

    Raises:
        AnimatorError: as `read`.
    """
    return _reading(path, strip_name, _times)


def _reading(path: Path, strip_name: str, use: Callable[[Mapping[str, Any]], _Read]) -> _Read:
    try:
        with np.load(path, allow_pickle=False) as data:
            arrays = {name: data[name] for name in data.files}
        return use(arrays)
    except (OSError, KeyError, IndexError) as error:
        raise AnimatorError(
            f"The performance of strip '{strip_name}' cannot be read: {error}", "Generate again."
        ) from error
    except ValueError as error:
        raise AnimatorError(
            f"The performance of strip '{strip_name}' is damaged.", "Generate again."
        ) from error


def _times(arrays: Mapping[str, Any]) -> np.ndarray:
    seconds = np.asarray(arrays["time_seconds"], np.float64)
    if not len(seconds) or not np.isfinite(seconds).all() or (np.diff(seconds) <= 0).any():
        raise ValueError("its times do not ascend")
    return seconds


def _performed(arrays: Mapping[str, Any]) -> Performed:
    times = arrays["time_seconds"]
    names = [str(name) for name in arrays["channel_names"]]
    mix = _columns(names, arrays["values"], len(times))
    lips = _columns(names, arrays["lips"], len(times))
    visemes = [f"viseme_{name}" for name in arrays["viseme_names"]]
    spoken: dict[str, np.ndarray] = {}
    # What comes from a film speaks no sounds.
    if len(arrays["visemes"]):
        spoken = _columns(visemes, arrays["visemes"], len(times)) | _mouths(arrays["mouths"])
    felt = [f"emotion_{name}" for name in arrays["emotion_names"]]
    emotions = _columns(felt, arrays["emotion"], len(times))
    feelings = {name: emotions[name] for name in EMOTIONS if name in emotions}
    return Performed(
        {**mix, **spoken, **feelings}, {**lips, **spoken}, _contacts(arrays, {**lips, **spoken})
    )


def _columns(names: list[str], array: np.ndarray, count: int) -> dict[str, np.ndarray]:
    values = np.asarray(array, np.float32)
    if values.shape != (count, len(names)) or not np.isfinite(values).all():
        raise ValueError("a column has a wrong shape or is not finite")
    return {name: values[:, i] for i, name in enumerate(names)}


def _mouths(shown: np.ndarray) -> dict[str, np.ndarray]:
    letters = shown.astype(str)
    return {name: (letters == name[-1]).astype(np.float32) for name in MOUTHS}


def _contacts(arrays: Mapping[str, Any], lips: Mapping[str, Any]) -> dict[str, list[int]]:
    names = list(lips)
    rows = contact_rows(
        arrays["contact_labels"].astype(str),
        arrays["contact_times_seconds"].reshape(-1, 2),
        names,
        arrays["time_seconds"],
    )
    return {name: found for name, found in zip(names, rows, strict=True) if found}
