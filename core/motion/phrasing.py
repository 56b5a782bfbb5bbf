# SPDX-License-Identifier: Apache-2.0
"""Where phrases begin and end and which words are stressed: what face and head move with."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ..runs import runs_of_true
from ..speech.prosody import Prosody, smooth
from .randomness import Curve

# The time base of everything in `motion`: 100 Hz holds a saccade (30 ms) and a blink (75 ms down).
STEP_SECONDS = 0.01
_SHORTEST_PAUSE_SECONDS = 0.16
_SHORTEST_PHRASE_SECONDS = 0.12
# Stressed syllables follow each other at 0.3 s or more (English: 2 to 3 a second).
_STRESS_DISTANCE_SECONDS = 0.3
_STRESS_THRESHOLD = 0.45


@dataclass(frozen=True, eq=False)
class Phrasing:
    """A clip's structure on the time base of `motion`.

    Attributes:
        time_seconds: (F,) every STEP_SECONDS, from 0 to the end of the clip.
        phrase_starts, phrase_ends: (P,) seconds.
        speech: (F,) 0..1, is somebody speaking.
        effort: (F,) about -1..1, loudness of the passage against the clip's average; 0 in pauses.
        loudness: (F,) 0..1, loudness of the syllable.
        stress_times: (S,) seconds of stressed syllables.
        stress_strengths: (S,) 0..1.
    """

    time_seconds: Curve
    phrase_starts: Curve
    phrase_ends: Curve
    speech: Curve
    effort: Curve
    loudness: Curve
    stress_times: Curve
    stress_strengths: Curve

    def part(self, steps: slice) -> Phrasing:
        """The same clip with its curves cut to some steps; times stay those of the clip."""
        curves = ("time_seconds", "speech", "effort", "loudness")
        return replace(self, **{name: getattr(self, name)[steps] for name in curves})


def time_steps(duration_seconds: float) -> int:
    """Steps of the time base of a clip: it covers the clip and one step more."""
    return int(np.ceil(duration_seconds / STEP_SECONDS)) + 2


def find_phrasing(prosody: Prosody, duration_seconds: float) -> Phrasing:
    """Read phrases and stresses from prosody.

    Args:
        prosody: of the clip.
        duration_seconds: length of the clip.
    """
    time = np.arange(time_steps(duration_seconds)) * STEP_SECONDS
    speech = np.interp(time, prosody.time_seconds, prosody.speech)
    level = np.interp(time, prosody.time_seconds, np.maximum(prosody.loudness_db, -40.0))
    voicing = np.interp(time, prosody.time_seconds, prosody.voicing)
    pitch = np.interp(time, prosody.time_seconds, prosody.pitch_semitones)
    starts, ends = _phrases(speech, time)
    syllable = smooth(level, 0.05 / STEP_SECONDS)
    spoken = np.where(speech > 0.5, np.maximum(level, -15.0), np.nan)
    effort = _passage_effort(spoken, speech)
    times, strengths = _stresses(time, syllable, pitch, voicing * (speech > 0.5))
    loudness = np.clip((syllable + 25.0) / 32.0, 0.0, 1.0)
    return Phrasing(time, starts, ends, speech, effort, loudness, times, strengths)


def _phrases(speech: Curve, time: Curve) -> tuple[Curve, Curve]:
    """Starts and ends of speech; pauses under 0.16 s do not part phrases."""
    spoken = runs_of_true(speech > 0.5)
    if not spoken:
        return np.zeros(0), np.zeros(0)
    starts, ends = np.array(spoken).T
    ends = ends - 1
    parted = (starts[1:] - ends[:-1]) * STEP_SECONDS >= _SHORTEST_PAUSE_SECONDS
    starts = starts[np.concatenate(([True], parted))]
    ends = ends[np.concatenate((parted, [True]))]
    lasting = (ends - starts) * STEP_SECONDS >= _SHORTEST_PHRASE_SECONDS
    return time[starts[lasting]], time[ends[lasting]]


def _passage_effort(spoken_db: Curve, speech: Curve) -> Curve:
    """Loudness over about a second of speech, in units of 6 dB; pauses do not pull it down."""
    present = np.isfinite(spoken_db)
    sigma = 0.45 / STEP_SECONDS
    amount = smooth(present.astype(np.float64), sigma)
    total = smooth(np.where(present, spoken_db, 0.0), sigma)
    mean_db = np.divide(total, amount, out=np.zeros_like(total), where=amount > 1e-3)
    centre = float(np.mean(spoken_db[present])) if present.any() else 0.0
    return np.asarray(
        np.clip((mean_db - centre) / 6.0, -1.0, 1.0) * smooth(speech, 0.15 / STEP_SECONDS)
    )


def _stresses(time: Curve, syllable_db: Curve, pitch: Curve, voicing: Curve) -> tuple[Curve, Curve]:
    """Peaks of loudness and pitch over their surroundings; the stronger of two neighbours wins."""
    if not (voicing > 0.5).any():
        return np.zeros(0), np.zeros(0)
    around = 0.6 / STEP_SECONDS
    louder = (syllable_db - smooth(syllable_db, around)) / 8.0
    tune = smooth(pitch, 0.06 / STEP_SECONDS)
    higher = np.maximum(tune - smooth(tune, around), 0.0) / 4.0
    prominence = smooth(np.where(voicing > 0.4, louder + 0.7 * higher, 0.0), 0.04 / STEP_SECONDS)
    middle = prominence[1:-1]
    peaks = np.flatnonzero((middle > prominence[:-2]) & (middle >= prominence[2:])) + 1
    peaks = peaks[prominence[peaks] > _STRESS_THRESHOLD]
    kept = _strongest_apart(peaks, prominence, round(_STRESS_DISTANCE_SECONDS / STEP_SECONDS))
    return time[kept], np.clip(prominence[kept] / 1.6, 0.0, 1.0)


def _strongest_apart(
    peaks: npt.NDArray[np.intp], height: Curve, distance: int
) -> npt.NDArray[np.intp]:
    free = np.ones(len(height), np.bool_)
    kept = []
    for peak in peaks[np.argsort(-height[peaks], kind="stable")].tolist():
        if free[peak]:
            kept.append(peak)
            free[max(0, peak - distance) : peak + distance + 1] = False
    return np.array(sorted(kept), np.intp)
