# SPDX-License-Identifier: Apache-2.0
"""How closely a system's mouth follows a filmed one: correlation, lag, timing, shiver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.lip_measures import read_at
from benchmarks.lip_statistics import Figure, correlation_sums, figure, pearson, ratio, shifted
from benchmarks.lip_timing import misalignment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.lip_clips import Clip, Film
    from benchmarks.lip_systems import Answer

    Floats = NDArray[np.float64]

# Lags up to 0.12 s are tried.
MOST_LAG_SECONDS = 0.12
# Mouths hardly move faster than this: what is above it is shiver.
SHIVER_HZ = 8.0
Pair = tuple["Clip", "Answer"]


def filmed(pairs: Sequence[Pair]) -> list[tuple[Clip, Answer, Film]]:
    """The clips with a film, and their answers."""
    return [(clip, answer, clip.film) for clip, answer in pairs if clip.film is not None]


def follow(pairs: Sequence[Pair], measure: str, lag_seconds: float = 0.0) -> Figure:
    """Pearson's r of one measure over all frames, the answer moved later by a lag."""
    rows, speakers = [], []
    for clip, answer, film in filmed(pairs):
        if measure not in answer.curves or measure not in film.measures:
            return Figure(float("nan"))
        guess = read_at(answer.curves[measure], answer.times, film.times)
        lag = round(lag_seconds * film.fps)
        rows.append(correlation_sums(*shifted(guess, film.measures[measure], lag)))
        speakers.append(clip.speaker)
    return figure(rows, pearson, speakers)


def best_lag(pairs: Sequence[Pair], measure: str) -> tuple[float, Figure]:
    """The lag in seconds at which r is highest, and that r; positive: the answer came early."""
    films = filmed(pairs)
    if not films:
        return 0.0, Figure(float("nan"))
    fps = films[0][2].fps
    most = int(MOST_LAG_SECONDS * fps + 1e-6)
    figures = {lag / fps: follow(pairs, measure, lag / fps) for lag in range(-most, most + 1)}
    best = max(figures, key=lambda lag: np.nan_to_num(figures[lag].value, nan=-1.0))
    return best, figures[best]


def timing(pairs: Sequence[Pair]) -> tuple[Figure, Figure]:
    """MTM of the opening in seconds, and the share of the film's extremes that it rests on."""
    means, shares, speakers = [], [], []
    for clip, answer, film in filmed(pairs):
        guess = read_at(answer.curves["opening"], answer.times, film.times)
        found = misalignment(film.measures["opening"], guess, film.fps)
        mean = float(np.mean(found.seconds)) if found.seconds else 0.0
        means.append((mean, float(bool(found.seconds))))
        shares.append((float(len(found.seconds)), float(found.extremes)))
        speakers.append(clip.speaker)
    return figure(means, ratio, speakers), figure(shares, ratio, speakers)


def shiver(pairs: Sequence[Pair], measure: str = "opening") -> tuple[Figure, Figure]:
    """Share of the power above SHIVER_HZ of the answer and of the film, both at the film's rate."""
    rows: list[list[tuple[float, float]]] = [[], []]
    speakers = []
    for clip, answer, film in filmed(pairs):
        if measure not in answer.curves:
            return Figure(float("nan")), Figure(float("nan"))
        guess = read_at(answer.curves[measure], answer.times, film.times)
        for own, curve in zip(rows, (guess, film.measures[measure]), strict=True):
            own.append(fast_power(curve, film.fps))
        speakers.append(clip.speaker)
    return figure(rows[0], ratio, speakers), figure(rows[1], ratio, speakers)


def fast_power(curve: Floats, fps: float) -> tuple[float, float]:
    """Power of a curve above SHIVER_HZ, and all of it but the mean."""
    window = np.hanning(len(curve))
    power = np.abs(np.fft.rfft((curve - curve.mean()) * window)) ** 2
    fast = np.fft.rfftfreq(len(curve), 1.0 / fps) > SHIVER_HZ
    return float(power[fast].sum()), float(power.sum())
