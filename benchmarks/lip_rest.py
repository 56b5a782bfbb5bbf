# SPDX-License-Identifier: Apache-2.0
"""Mouths at rest, and what loudness does to them: stillness, level, effort (SLCC)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.lip_measures import read_at
from benchmarks.lip_statistics import Figure, correlation_sums, figure, pearson, ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from benchmarks.lip_clips import Clip
    from benchmarks.lip_systems import Answer

    Floats = NDArray[np.float64]

RATE_HZ = 16_000
# Mouths settle after speech and prepare for it; what moves deeper inside a pause fidgets.
SETTLE_SECONDS, PREPARE_SECONDS = 0.3, 0.3
GAINS_DB = (0, -10, -20, -30, -40)
Pair = tuple["Clip", "Answer"]


def pause_motion(pairs: Sequence[Pair]) -> tuple[Figure, Figure]:
    """Root mean square speed of the lips' points in pauses, mm/s: the answer's and the film's."""
    own, filmed, speakers, film_speakers = [], [], [], []
    for clip, answer in pairs:
        if answer.lip_points is not None:
            own.append(_speed_sums(answer.lip_points, answer.times, clip.pauses))
            speakers.append(clip.speaker)
        if clip.film is not None:
            filmed.append(_speed_sums(clip.film.lip_points, clip.film.times, clip.pauses))
            film_speakers.append(clip.speaker)
    return figure(own, _root, speakers), figure(filmed, _root, film_speakers)


def _root(sums: Floats) -> Floats:
    return np.sqrt(ratio(sums))


def _speed_sums(
    points: Floats, times: Floats, pauses: Sequence[tuple[float, float]]
) -> tuple[float, float]:
    """Sum of squared speeds (mm/s) inside pauses, and their number."""
    step = float(times[1] - times[0])
    squares = np.square(np.diff(points, axis=0) / step).sum(axis=2).mean(axis=1)
    inside = np.zeros(len(squares), bool)
    for start, end in pauses:
        first = start + SETTLE_SECONDS if start > 0.0 else start
        inside |= (times[:-1] >= first) & (times[1:] <= end - PREPARE_SECONDS)
    return float(squares[inside].sum()), float(inside.sum())


def quiet_motion(answer: Answer) -> tuple[float, float]:
    """Root mean square speed of the lips (mm/s) and widest gap (mm) over a clip where nobody speaks."""
    assert answer.lip_points is not None
    assert answer.lip_gap is not None
    step = float(answer.times[1] - answer.times[0])
    squares = np.square(np.diff(answer.lip_points, axis=0) / step).sum(axis=2)
    return float(np.sqrt(squares.mean())), float(answer.lip_gap.max())


def quiet_sounds(seconds: float = 5.0) -> dict[str, NDArray[np.float32]]:
    """Sounds in which nobody speaks."""
    count = int(seconds * RATE_HZ)
    generator = np.random.default_rng(0)
    hiss = generator.normal(0.0, 1.0, count).astype(np.float32)
    hum = np.sin(2 * np.pi * 50.0 * np.arange(count) / RATE_HZ).astype(np.float32)
    return {
        "digital silence": np.zeros(count, np.float32),
        "hiss at -70 dB": hiss * np.float32(10 ** (-70 / 20)),
        "hiss at -30 dB": hiss * np.float32(10 ** (-30 / 20)),
        "hum at -40 dB": hum * np.float32(10 ** (-40 / 20)),
    }


def slcc(pairs: Sequence[Pair]) -> tuple[Figure, Figure]:
    """Speech-lip intensity correlation over clips, of the answers and of the films.

    As in Chae-Yeon et al. (arXiv 2503.20308): a clip's speech intensity is the root mean square of
    its samples, its lip intensity the root mean square over time of the lips' mean displacement a
    frame; both are standardised within each speaker. The figure to reach is the film's own.
    """
    levels = {clip.key: speech_intensity(clip) for clip, _ in pairs}
    moved = {
        clip.key: lip_intensity(answer.lip_points)
        for clip, answer in pairs
        if answer.lip_points is not None
    }
    filmed = {c.key: lip_intensity(c.film.lip_points) for c, _ in pairs if c.film is not None}
    clips = [clip for clip, _ in pairs]
    return intensity_correlation(clips, levels, moved), intensity_correlation(clips, levels, filmed)


def intensity_correlation(
    clips: Sequence[Clip], levels: dict[str, float], moved: dict[str, float]
) -> Figure:
    """Correlation of both, standardised by speaker; NaN for a single clip a speaker."""
    speakers = sorted({c.speaker for c in clips})
    rows, units = [], []
    for speaker in speakers:
        own = [c for c in clips if c.speaker == speaker and c.key in moved]
        if len(own) < 3:
            continue
        pair = [_standard([table[c.key] for c in own]) for table in (levels, moved)]
        for x, y in zip(*pair, strict=True):
            rows.append(correlation_sums(np.array([x]), np.array([y])))
            units.append(speaker)
    return figure(rows, pearson, units)


def _standard(values: Sequence[float]) -> Floats:
    data = np.asarray(values, np.float64)
    return np.asarray((data - data.mean()) / max(float(data.std()), 1e-12))


def speech_intensity(clip: Clip) -> float:
    """Root mean square of a clip's samples."""
    return float(np.sqrt(np.square(clip.samples(), dtype=np.float64).mean()))


def lip_intensity(points: Floats) -> float:
    """Root mean square over time of the mean displacement a frame of (T, 20, 3) points, mm."""
    moved = np.linalg.norm(np.diff(points, axis=0), axis=2).mean(axis=1)
    return float(np.sqrt(np.square(moved).mean()))


def level_change(
    clip: Clip, answer_samples: Callable[[NDArray[np.float32], Clip], Answer]
) -> dict[int, float]:
    """Largest difference (mm) that a gain in decibels makes to a clip's opening."""
    samples = clip.samples()
    peak = np.float32(0.99 / max(float(np.abs(samples).max()), 1e-9))
    openings = {
        gain: answer_samples(samples * peak * np.float32(10 ** (gain / 20)), clip).curves["opening"]
        for gain in GAINS_DB
    }
    return {gain: float(np.abs(o - openings[0]).max()) for gain, o in openings.items()}


def at_film_rate(answer: Answer, fps: float) -> Answer:
    """An answer whose points are read at a film's rate, so that displacements a frame compare."""
    if answer.lip_points is None:
        return answer
    times = np.arange(0.0, answer.times[-1] + 1e-9, 1.0 / fps)
    flat = answer.lip_points.reshape(len(answer.times), -1)
    read = np.stack([read_at(column, answer.times, times) for column in flat.T], axis=1)
    return replace(answer, times=times, lip_points=read.reshape(len(times), -1, 3))
