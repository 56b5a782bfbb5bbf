# SPDX-License-Identifier: Apache-2.0
"""Streams of `prepare_expression` as lessons: what is felt is drawn, the teacher moves, windows are cut."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..motion.prototypes import MOVED_EMOTIONS
from ..motion.take_channels import RATE_HZ
from ..motion.take_noise import take_noise
from ..speech.prosody import smooth
from .expression_film import seen_columns
from .expression_teacher import Lesson, teach

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

WINDOW_FRAMES = 176
# At the edges of a window the network sees padding that no take has.
EDGE_FRAMES = 12
# What is felt holds for so long; the shares of neutral, of two feelings at once, and of what the
# speaker acts, where that is a feeling.
HOLD_SECONDS = (2.5, 9.0)
NEUTRAL_SHARE, BLEND_SHARE, ACTED_SHARE = 0.3, 0.2, 0.65
CHANGE_SECONDS = 0.15
NOISE_POOL = 64


@dataclass(frozen=True, eq=False)
class Stream:
    """One stream of `prepare_expression`, float32."""

    voice: Floats
    features: Floats
    film: Floats | None
    emotion: NDArray[np.int64]


def read_streams(path: Path) -> list[Stream]:
    """All streams of a file."""
    with np.load(path, allow_pickle=False) as file:
        data = {name: file[name] for name in file.files}
    streams = []
    for first, last in pairwise(data["start"]):
        film = data["film"][first:last].astype(np.float32) if data["film"].shape[1] else None
        streams.append(
            Stream(
                data["voice"][first:last].astype(np.float32),
                data["features"][first:last].astype(np.float32),
                film,
                data["emotion"][first:last],
            )
        )
    return streams


def draw_activation(stream: Stream, chance: np.random.Generator) -> NDArray[np.float64]:
    """What is felt over time (T, M): nothing, one feeling or two, for some seconds each."""
    count = len(stream.voice)
    felt = np.zeros((count, len(MOVED_EMOTIONS)))
    first = 0
    while first < count:
        last = first + round(chance.uniform(*HOLD_SECONDS) * RATE_HZ)
        # An acted feeling ends with its utterance.
        changes = np.flatnonzero(stream.emotion[first:last] != stream.emotion[first])
        last = first + int(changes[0]) if len(changes) else last
        felt[first:last] = _feeling(int(stream.emotion[first]), chance)
        first = last
    return np.stack([smooth(c, CHANGE_SECONDS * RATE_HZ) for c in felt.T], axis=1)


def filmed(stream: Stream) -> tuple[NDArray[np.float64] | None, NDArray[np.float64]]:
    """The film (T, D) of a stream, or None, and what its speaker feels (T, M)."""
    felt = np.zeros((len(stream.voice), len(MOVED_EMOTIONS)))
    if stream.film is None:
        return None, felt
    acted = np.flatnonzero(stream.emotion > 0)
    felt[acted, stream.emotion[acted] - 1] = 1.0
    return stream.film.astype(np.float64), felt


def _feeling(acted: int, chance: np.random.Generator) -> NDArray[np.float64]:
    weights = np.zeros(len(MOVED_EMOTIONS))
    if acted > 0 and chance.random() < ACTED_SHARE:
        weights[acted - 1] = 1.0
    elif chance.random() >= NEUTRAL_SHARE:
        one, other = chance.choice(len(MOVED_EMOTIONS), 2, replace=False)
        share = chance.uniform(0.3, 1.0) if chance.random() < BLEND_SHARE else 1.0
        weights[one] += share
        weights[other] += 1.0 - share
    return weights


class Lessons:
    """Windows to learn from.

    Args:
        streams: of `read_streams`.
        chance: decides which windows are drawn.
    """

    def __init__(self, streams: list[Stream], chance: np.random.Generator) -> None:
        self._streams = [s for s in streams if len(s.voice) > WINDOW_FRAMES]
        self._chance = chance
        self._shares = np.array([len(s.voice) for s in self._streams], np.float64)
        self._shares /= self._shares.sum()
        self._taught: list[tuple[Floats, Floats]] = []
        self._noise = np.zeros((0, 0), np.float32)

    def teach_all(self, number: int) -> None:
        """Let the teacher move to every stream anew; the same `number` gives the same lessons."""
        chance = np.random.default_rng([number])
        seen = seen_columns()
        self._taught = []
        for stream in self._streams:
            activation = draw_activation(stream, chance)
            lesson = Lesson(stream.voice, activation, *filmed(stream), seen)
            motion = teach(lesson, chance)
            self._taught.append((activation.astype(np.float32), motion.astype(np.float32)))
        columns = self._taught[0][1].shape[1]
        frames = NOISE_POOL * WINDOW_FRAMES
        self._noise = take_noise(number, frames, columns)

    def draw(self, count: int) -> dict[str, torch.Tensor]:
        """A batch: noise, motion, voice, features, activation, each (count, WINDOW_FRAMES, n)."""
        rows: dict[str, list[Floats]] = {
            name: [] for name in ("noise", "motion", "voice", "features", "activation")
        }
        for number in self._chance.choice(len(self._streams), count, p=self._shares).tolist():
            stream, (activation, motion) = self._streams[number], self._taught[number]
            first = int(self._chance.integers(len(motion) - WINDOW_FRAMES))
            window = slice(first, first + WINDOW_FRAMES)
            begin = int(self._chance.integers(len(self._noise) - WINDOW_FRAMES))
            # Columns of the noise change places, and its sign: no noise is met twice.
            order = self._chance.permutation(self._noise.shape[1])
            sign = self._chance.choice(np.array([-1.0, 1.0], np.float32), len(order))
            rows["noise"].append(self._noise[begin : begin + WINDOW_FRAMES, order] * sign)
            rows["motion"].append(motion[window])
            rows["voice"].append(stream.voice[window])
            rows["features"].append(stream.features[window])
            rows["activation"].append(activation[window])
        return {name: torch.from_numpy(np.stack(parts)) for name, parts in rows.items()}
