# SPDX-License-Identifier: Apache-2.0
"""Spoken faces: sentences through the whole road, and the frames that are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.curves import Span
from core.direction import EMOTION_NAMES, Direction
from core.performance import Models, perform

INTENSITIES = (0.3, 0.7, 1.0)

_FPS = 25.0


@dataclass(frozen=True)
class Shot:
    """One frame of one performance: which sound (by number), what was asked, where."""

    sound: int
    emotion: str
    intensity: float
    frame: int


@dataclass(frozen=True, eq=False)
class Shots:
    """Frames to judge: `values` (N, 57) as CHANNEL_NAMES belongs to `shots`."""

    shots: tuple[Shot, ...]
    values: NDArray[np.float32]

    def chosen(self, emotion: str, intensity: float) -> NDArray[np.intp]:
        """Numbers of the shots of one emotion and intensity; neutral has no intensities."""
        wanted = 1.0 if emotion == "neutral" else intensity
        return np.array(
            [n for n, s in enumerate(self.shots) if (s.emotion, s.intensity) == (emotion, wanted)],
            np.intp,
        )


def spoken_shots(
    sounds: Sequence[Path], models: Models, frames: int, seconds: float, seed: int = 0
) -> Shots:
    """Perform each sound in every emotion and intensity and choose the frames by `frame_numbers`.

    Args:
        sounds: one sentence each.
        models: loaded.
        frames: how many of each performance.
        seconds: the first seconds of each sound.
        seed: of the takes.
    """
    shots: list[Shot] = []
    values = []
    for number, sound in enumerate(sounds):
        for emotion, intensity in asked():
            direction = Direction(emotion, intensity=intensity, seed=seed)
            take = perform(sound, direction, _FPS, models=models, duration_seconds=seconds)
            for frame in frame_numbers(take.phones, _places(number, emotion, frames)):
                shots.append(Shot(number, emotion, intensity, frame))
                values.append(take.values[frame])
    return Shots(tuple(shots), np.stack(values))


def asked() -> Iterator[tuple[str, float]]:
    """Every emotion at every intensity; neutral once."""
    yield "neutral", 1.0
    for emotion in EMOTION_NAMES[1:]:
        for intensity in INTENSITIES:
            yield emotion, intensity


def frame_numbers(phones: Sequence[Span], places: NDArray[np.float64]) -> list[int]:
    """A frame in each of equal parts of the speech, first phone's start to last one's end.

    No frame is left out: blinks, contacts and onsets are judged as they come.

    Args:
        phones: of the performance, whose frames are `_FPS` a second.
        places: for each part, where in it its frame lies, 0..1.

    Raises:
        ValueError: nobody speaks.
    """
    if not phones:
        raise ValueError("Nothing is spoken in this sound.")
    start, end = phones[0].start_seconds, phones[-1].end_seconds
    moments = start + (end - start) * (np.arange(len(places)) + places) / len(places)
    # Rounded down: the last frame lies at or before the end of the sound.
    return [int(moment * _FPS) for moment in moments]


def _places(sound: int, emotion: str, frames: int) -> NDArray[np.float64]:
    """By lot, but always the same, and the same at every intensity: takes of one seed blink together."""
    return np.random.default_rng([sound, EMOTION_NAMES.index(emotion)]).random(frames)
