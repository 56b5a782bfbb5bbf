# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker's performance -> the columns that rigs listen to (rigs/sources.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .problems import AnimatorError
from .rigs.sources import EMOTIONS, MOUTHS

# Contacts in which lips shut or touch.
SHUT = ("bilabial", "labiodental")


@dataclass(frozen=True)
class Performed:
    """A performance on the frames of its strip.

    Attributes:
        mix: source -> (T,) of the final face.
        lips: source -> (T,) of the speaking mouth alone.
        contact_rows: frames (0 to T - 1) at which lips are shut or touch.
    """

    mix: Mapping[str, np.ndarray]
    lips: Mapping[str, np.ndarray]
    contact_rows: tuple[int, ...] = ()


def read(path: Path, strip_name: str) -> Performed:
    """Read a performance file.

    Raises:
        AnimatorError: it cannot be read, or holds numbers that cannot be keyed.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            arrays = {name: data[name] for name in data.files}
        return _performed(arrays)
    except (OSError, KeyError, IndexError) as error:
        raise AnimatorError(
            f"The performance of strip '{strip_name}' cannot be read: {error}", "Generate again."
        ) from error
    except ValueError as error:
        raise AnimatorError(
            f"The performance of strip '{strip_name}' is damaged.", "Generate again."
        ) from error


def _performed(arrays: Mapping[str, Any]) -> Performed:
    times = arrays["time_seconds"]
    names = [str(name) for name in arrays["channel_names"]]
    mix = _columns(names, arrays["values"], len(times))
    lips = _columns(names, arrays["lips"], len(times))
    visemes = [f"viseme_{name}" for name in arrays["viseme_names"]]
    spoken = _columns(visemes, arrays["visemes"], len(times)) | _mouths(arrays["mouths"])
    felt = [f"emotion_{name}" for name in arrays["emotion_names"]]
    emotions = _columns(felt, arrays["emotion"], len(times))
    feelings = {name: emotions[name] for name in EMOTIONS if name in emotions}
    return Performed({**mix, **spoken, **feelings}, {**lips, **spoken}, _contacts(arrays))


def _columns(names: list[str], array: np.ndarray, count: int) -> dict[str, np.ndarray]:
    values = np.asarray(array, np.float32)
    if values.shape != (count, len(names)) or not np.isfinite(values).all():
        raise ValueError("a column has a wrong shape or is not finite")
    return {name: values[:, i] for i, name in enumerate(names)}


def _mouths(shown: np.ndarray) -> dict[str, np.ndarray]:
    letters = shown.astype(str)
    return {name: (letters == name[-1]).astype(np.float32) for name in MOUTHS}


def _contacts(arrays: Mapping[str, Any]) -> tuple[int, ...]:
    """The frame in the middle of each contact in which lips shut."""
    times = arrays["time_seconds"]
    labels = arrays["contact_labels"].astype(str)
    middles = arrays["contact_times_seconds"].reshape(-1, 2).mean(axis=1)
    rows = np.clip(np.searchsorted(times, middles[np.isin(labels, SHUT)]), 0, len(times) - 1)
    earlier = np.maximum(rows - 1, 0)
    wanted = middles[np.isin(labels, SHUT)]
    nearest = np.where(
        np.abs(times[earlier] - wanted) < np.abs(times[rows] - wanted), earlier, rows
    )
    return tuple(int(row) for row in np.unique(nearest))
