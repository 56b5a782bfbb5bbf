# SPDX-License-Identifier: Apache-2.0
"""What a lip-sync system says about one clip, in one shape for all systems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.lip_clips import Clip, Stretch

    Floats = NDArray[np.float64]

FPS = 60.0


@dataclass(frozen=True, eq=False)
class Answer:
    """One system's mouth for one clip.

    Attributes:
        times: (T,) seconds, FPS a second.
        curves: (T,) by measure; opening always, in any unit; the others where the system has them.
        visemes: stretches of visemes in order, what they leave free is silence; None if the system
            has other classes.
        mouths: the same for the nine mouths of Rhubarb.
        contacts: gestures the system names, with their times; None if it names none.
        lip_points: (T, 20, 3) millimetres, where the system moves a head.
        lip_gap: (T,) widest of the three gaps between the inner lips, millimetres, where it does.
        spent_seconds: processor time.
    """

    times: Floats
    curves: dict[str, Floats]
    visemes: tuple[Stretch, ...] | None = None
    mouths: tuple[Stretch, ...] | None = None
    contacts: tuple[Stretch, ...] | None = None
    lip_points: Floats | None = None
    lip_gap: Floats | None = None
    spent_seconds: float = 0.0


@dataclass(frozen=True)
class System:
    """A lip-sync system of the comparison.

    Attributes:
        name: what the tables call it.
        answer: its answer to a clip; None where the system is not installed.
        missing: why there is no answer.
        most_seconds: of sound that is put to it from one set (slow systems); `clips` in the table
            says how much that is.
        needs_text: whether only clips whose text is known are put to it.
    """

    name: str
    answer: Callable[[Clip], Answer] | None
    missing: str = ""
    most_seconds: float = float("inf")
    needs_text: bool = False


def frame_times(duration_seconds: float) -> Floats:
    """Times of an answer's frames."""
    return np.arange(int(duration_seconds * FPS + 1e-6) + 1) / FPS


def label_at(stretches: tuple[Stretch, ...], times: Floats, free: str) -> NDArray[np.str_]:
    """Label of each time; later stretches win, `free` where there is none."""
    labels = np.full(len(times), free, dtype="<U16")
    for label, start, end in stretches:
        first, last = np.searchsorted(times, [start, end])
        labels[first:last] = label
    return labels
