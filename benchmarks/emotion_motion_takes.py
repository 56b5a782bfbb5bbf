# SPDX-License-Identifier: Apache-2.0
"""Film of people who speak, and takes of the same sound."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from benchmarks.emotion_motion_measures import FPS
from core.direction import Direction
from core.face.model import load_face_model
from core.motion.activation import asked_activation
from core.motion.expression import express
from core.motion.phrasing import Phrasing, find_phrasing
from core.performance import Models
from core.speech.emotion import VoiceEmotion
from core.speech.prosody import Prosody, measure_prosody
from core.training.film_upper import fit_upper
from core.training.fit_grid import nearest_seen, read_tracks

Floats = NDArray[np.float32]
FILM_FRAMES = 75
RATE_HZ = 16_000


@dataclass(frozen=True, eq=False)
class Spoken:
    """A stream of speech and what is heard in it."""

    samples: Floats
    prosody: Prosody
    features: Floats
    voice: VoiceEmotion
    phrasing: Phrasing

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self.samples) / RATE_HZ


def film_of(grid: Path) -> tuple[list[Floats], list[Floats]]:
    """Fitted film (75, 57) and sound of each dev clip."""
    tracks = read_tracks(grid)
    poses = [np.load(grid / f"tracks_{part}.npz")["head_pose"] for part in ("train", "dev")]
    pose = np.concatenate(poses)[nearest_seen(tracks["found"], tracks["start"])]
    chosen = np.flatnonzero(tracks["part"] == "dev")
    first = int(tracks["start"][chosen[0]])
    values = fit_upper(
        tracks["points"][first:],
        index=tracks["landmark_index"],
        start=tracks["start"][chosen[0] :] - first,
        head_pose=pose[first:],
        fps=FPS,
        face=load_face_model(),
    )
    films, sounds = [], []
    bounds = list(pairwise((tracks["start"][chosen[0] :] - first).tolist()))
    for number, (start, end) in zip(chosen, bounds, strict=True):
        if end - start != FILM_FRAMES:
            continue
        films.append(values[start:end])
        path = grid / "audio" / "dev" / f"{tracks['clips'][number]}.flac"
        samples, _ = soundfile.read(path, dtype="float32")
        sounds.append(np.resize(samples, round(FILM_FRAMES / FPS * RATE_HZ)))
    return films, sounds


def hear(samples: Floats, models: Models) -> Spoken:
    """What the road hears in a stream."""
    prosody = measure_prosody(samples, models.pitch)
    features = models.encoder.encode(samples)
    phrasing = find_phrasing(prosody, len(samples) / RATE_HZ)
    return Spoken(samples, prosody, features, models.emotion.hear(features, prosody), phrasing)


def take(spoken: Spoken, direction: Direction, models: Models, fps: float = FPS) -> Floats:
    """The expression's displacement (T, 57)."""
    return express(
        spoken.prosody,
        spoken.features,
        spoken.voice,
        direction,
        asked_activation(direction, None, spoken.phrasing.time_seconds),
        duration_seconds=spoken.seconds,
        time_seconds=np.arange(int(spoken.seconds * fps)) / fps,
        decoder=models.expression,
    ).values


def clips_of(streams: list[Floats]) -> list[Floats]:
    """Streams cut into pieces as long as the film's clips."""
    return [
        stream[first : first + FILM_FRAMES]
        for stream in streams
        for first in range(0, len(stream) - FILM_FRAMES + 1, FILM_FRAMES)
    ]
