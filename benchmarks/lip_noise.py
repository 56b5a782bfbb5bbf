# SPDX-License-Identifier: Apache-2.0
"""What noise does to visemes and contacts: babble, music and white noise at 20 to 0 dB.

Babble is six other voices of the benchmark's own clips; music is made here (chords, bass, drums),
so that the run needs no more files. Levels are mean powers over the whole clip.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.lip_classes import viseme_accuracy
from benchmarks.lip_closures import BILABIAL, named_recall, seen_recall

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from benchmarks.lip_clips import Clip
    from benchmarks.lip_statistics import Figure
    from benchmarks.lip_systems import Answer

    Samples = NDArray[np.float32]

RATE_HZ = 16_000
NOISES = ("babble", "music", "white")
SNRS_DB = (20, 10, 5, 0)
VOICES = 6
BEAT_SECONDS = 0.5
# I, vi, IV, V in C: semitones over C3, three notes a chord.
CHORDS = ((0, 4, 7), (-3, 0, 4), (5, 9, 12), (7, 11, 14))
C3_HZ = 130.8


def noise_rows(
    clips: Sequence[Clip],
    others: Sequence[Clip],
    answer_samples: Callable[[Samples, Clip], Answer],
    kinds: Sequence[str] = NOISES,
    snrs: Sequence[int] = SNRS_DB,
) -> dict[tuple[str, int | None], dict[str, Figure]]:
    """Viseme accuracy and closures by noise and level; (``clean``, None) is the reference.

    Args:
        clips: labelled clips.
        others: clips whose voices make the babble.
        answer_samples: a system's answer for samples in a clip's place.
        kinds: some of NOISES.
        snrs: ratios of speech to noise in decibels.
    """
    result = {("clean", None): _figures([(c, answer_samples(c.samples(), c)) for c in clips])}
    for kind in kinds:
        for snr in snrs:
            pairs = []
            for number, clip in enumerate(clips):
                speech = clip.samples()
                noise = make_noise(kind, len(speech), number, others)
                pairs.append((clip, answer_samples(mixed(speech, noise, snr), clip)))
            result[kind, snr] = _figures(pairs)
    return result


def _figures(pairs: list[tuple[Clip, Answer]]) -> dict[str, Figure]:
    return {
        "visemes": viseme_accuracy(pairs),
        "closures seen": seen_recall(pairs),
        "closures named": named_recall(pairs, BILABIAL),
    }


def mixed(speech: Samples, noise: Samples, snr_db: float) -> Samples:
    """Speech with noise at a ratio of mean powers; scaled down where it would clip."""
    power = [float(np.square(x, dtype=np.float64).mean()) for x in (speech, noise)]
    gain = np.sqrt(power[0] / max(power[1], 1e-12) / 10.0 ** (snr_db / 10.0))
    both = speech + np.float32(gain) * noise
    return np.asarray(both / max(1.0, float(np.abs(both).max())), np.float32)


def make_noise(kind: str, count: int, seed: int, others: Sequence[Clip]) -> Samples:
    """`count` samples of a noise; the same seed gives the same."""
    generator = np.random.default_rng(seed)
    if kind == "white":
        return generator.normal(0.0, 0.1, count).astype(np.float32)
    return music(count, generator) if kind == "music" else babble(count, generator, others)


def babble(count: int, generator: np.random.Generator, others: Sequence[Clip]) -> Samples:
    """VOICES voices at equal power, each a clip that is repeated without its quiet ends."""
    result = np.zeros(count, np.float64)
    for pick in generator.choice(len(others), VOICES, replace=len(others) < VOICES):
        voice = others[pick].samples().astype(np.float64)
        loud = np.flatnonzero(np.abs(voice) > 0.05 * np.abs(voice).max())
        voice = voice[loud[0] : loud[-1] + 1]
        voice = np.roll(np.tile(voice, count // len(voice) + 1), int(generator.integers(count)))
        result += voice[:count] / np.sqrt(np.square(voice).mean() + 1e-12)
    return np.asarray(0.05 * result, np.float32)


def music(count: int, generator: np.random.Generator) -> Samples:
    """Chords with harmonics, a bass note and drums on every beat, in a random key."""
    key = 2.0 ** (generator.integers(-5, 6) / 12.0)
    length = int(BEAT_SECONDS * RATE_HZ)
    times = np.arange(length) / RATE_HZ
    beats = []
    for beat in range(count // length + 1):
        chord = CHORDS[beat // 4 % len(CHORDS)]
        hertz = [C3_HZ * key * 2.0 ** (note / 12.0) for note in chord]
        tone = sum(
            np.sin(2 * np.pi * h * f * times) / h**1.3 for f in hertz for h in range(1, 9)
        ) * np.exp(-2.0 * times)
        bass = 1.5 * np.sin(np.pi * hertz[0] * times) * np.exp(-3.0 * times)
        drum = generator.normal(0.0, 1.0, length) * np.exp(-40.0 * times)
        beats.append(tone + bass + drum)
    return np.asarray(0.1 * np.concatenate(beats)[:count], np.float32)
