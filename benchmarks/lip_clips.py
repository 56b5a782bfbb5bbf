# SPDX-License-Identifier: Apache-2.0
"""One recording of the lip benchmark with what is known about the mouth that spoke it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from core.motion.phones import CONTACT_PHONES, SILENCE, STOPS, VISEMES
from core.speech.audio import load_speech
from core.training.clips import burst_time

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

VISEME_OF = {phone: viseme for viseme, phones in VISEMES.items() for phone in phones}
OPEN_VOWELS = frozenset({"AA", "AE", "AO", "AW", "AY"})
Stretch = tuple[str, float, float]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Sound:
    """One stretch of speech or silence by label.

    Attributes:
        visemes: the visemes that count as right; several where a label of another language allows
            several English ones.
        start: seconds from the clip's start.
        end: seconds.
    """

    visemes: frozenset[str]
    start: float
    end: float

    @property
    def is_speech(self) -> bool:
        """Whether somebody speaks, and the label says what."""
        return bool(self.visemes) and "sil" not in self.visemes


@dataclass(frozen=True, eq=False)
class Film:
    """How a filmed or animated mouth moved.

    Attributes:
        fps: frames a second; frame i is at i / fps of the clip.
        measures: (T,) millimetres by name: opening, width, jaw, protrusion; those that are known.
        lip_points: (T, 20, 3) millimetres, the outline of the lips.
    """

    fps: float
    measures: dict[str, Floats]
    lip_points: Floats

    @property
    def times(self) -> Floats:
        """(T,) seconds."""
        return np.arange(len(self.lip_points)) / self.fps


@dataclass(frozen=True, eq=False)
class Clip:
    """One recording, or a stretch of one.

    Attributes:
        name: unique within its set.
        dataset: which set it belongs to, by the name that the tables show.
        speaker: who speaks.
        audio: the sound file.
        start_seconds: start of the stretch in the file.
        duration_seconds: its length; None for the rest of the file.
        group: what else tables divide by, such as the emotion.
        sounds: labels in order; times without a label count nowhere.
        contacts: (gesture of core.motion.phones.CONTACTS, start s, end s).
        contact_kinds: gestures that the labels would name if they occurred.
        open_vowels: (label, start s, end s).
        pauses: stretches without speech.
        film: the mouth itself, where one was filmed.
        text: what is said, in English; empty where it is not known.
    """

    name: str
    dataset: str
    speaker: str
    audio: Path
    start_seconds: float = 0.0
    duration_seconds: float | None = None
    group: str = ""
    sounds: tuple[Sound, ...] = ()
    contacts: tuple[Stretch, ...] = ()
    contact_kinds: tuple[str, ...] = ()
    open_vowels: tuple[Stretch, ...] = ()
    pauses: tuple[tuple[float, float], ...] = ()
    film: Film | None = None
    text: str = ""

    @property
    def key(self) -> str:
        """Name that no other clip of any set has."""
        return f"{self.dataset}/{self.name}"

    def samples(self) -> NDArray[np.float32]:
        """(N,) mono at 16 kHz, as the product reads it."""
        return load_speech(self.audio, self.start_seconds, self.duration_seconds).samples


def spread(items: Sequence[Item], most: int | None) -> list[Item]:
    """At most so many of a list, evenly over it."""
    if most is None or len(items) <= most:
        return list(items)
    return [items[i * len(items) // most] for i in range(most)]


def aligned_sounds(rows: list[Stretch]) -> tuple[Sound, ...]:
    """Sounds of ARPAbet rows; what they leave free is not labelled."""
    return tuple(
        Sound(frozenset({VISEME_OF[label]}), start, end)
        for label, start, end in rows
        if end > start
    )


def aligned_contacts(samples: NDArray[np.float32], rows: list[Stretch]) -> tuple[Stretch, ...]:
    """Gestures of ARPAbet rows; a stop holds up to its burst, neighbours that touch are one."""
    found: dict[str, list[Stretch]] = {kind: [] for kind in CONTACT_PHONES}
    for label, start, end in rows:
        for kind, members in CONTACT_PHONES.items():
            if label not in members or end <= start:
                continue
            release = burst_time(samples, start, end) if label in STOPS else end
            own = found[kind]
            if own and start - own[-1][2] < 1e-3:
                own[-1] = (kind, own[-1][1], release)
            else:
                own.append((kind, start, release))
    return tuple(stretch for own in found.values() for stretch in own)


def aligned_open_vowels(rows: list[Stretch]) -> tuple[Stretch, ...]:
    """Stretches of open vowels among ARPAbet rows."""
    return tuple(row for row in rows if row[0] in OPEN_VOWELS)


def pauses_between(
    rows: list[Stretch], duration: float, shortest: float = 0.4
) -> tuple[tuple[float, float], ...]:
    """Stretches of at least `shortest` seconds that no row fills."""
    edges = [0.0, *(t for label, a, b in rows if label != SILENCE for t in (a, b)), duration]
    gaps = zip(edges[::2], edges[1::2], strict=True)
    return tuple((a, b) for a, b in gaps if b - a >= shortest)
