# SPDX-License-Identifier: Apache-2.0
"""The teacher of the expression decoder: motion as felt speech has it, around real motion if there is any.

What film shows is kept as it is where the filmed feeling is felt. Other feelings change its size, and
add what `expression_manner.json` says: accents and nods on stresses, apexes that rise with a
phrase and settle, shaking of the head. Every call draws anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..motion.take_channels import RATE_HZ, take_channels
from ..motion.take_conditions import VOICE_NAMES
from ..motion.take_noise import spline_weights
from ..runs import runs_of_true
from ..speech.prosody import smooth
from .expression_manner import manner_curves, part_lags

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

GROUPS = {
    "brow": ("browInner", "browOuter", "browDown", "browLean"),
    "lid": ("lidWide", "squint", "lidLean"),
    "cheek": ("cheek", "nose"),
    "mouth": ("corner", "press", "stretch", "cornerLean"),
    "head": ("headPitch", "headYaw", "headRoll"),
    "gaze": ("gazePitch", "gazeYaw"),
}
# Frames between the knots of imagined micro-motion, and shares of its variance: the spectrum of GRID's
# brows without the tracker's tremble above 5 Hz. A head has mass, and is smoother still.
LAYERS = ((3, 0.1), (9, 0.36), (27, 0.54))
HEAD_SMOOTHING_FRAMES = 3.0
# Share of each column that follows another one (cheeks rise with squinting lids, brows together).
SHARED = (("browOuter", "browInner", 0.6), ("cheek", "squint", 0.6), ("nose", "browDown", 0.4))
# Head pitch and brows follow the melody (Yehia, Kuratate and Vatikiotis-Bateson 2002: head and F0
# correlate at 0.3 to 0.9 within a sentence; Cave et al. 1996: brows rise with F0 in 7 of 10 rises).
MELODY = (("browInner", 0.35), ("browOuter", 0.45), ("headPitch", 0.45))
# Micro-motion of a silent face against a speaking one, and how far effort drives it (log).
IDLE_SIZE, EFFORT_GAIN = 0.55, 0.4
ACCENT_CHANCE, NOD_CHANCE = (0.1, 0.6), (0.25, 0.55)
RISE_SECONDS, FALL_SECONDS = 0.2, 0.42
# A nod on a full stress and a whole shake, in units of the head's motion.
NOD_SIZE, SHAKE_SIZE = 2.0, 1.6


@dataclass(frozen=True, eq=False)
class Lesson:
    """What is known of a stretch of speech.

    Attributes:
        voice: (N, V) of `take_conditions.voice_conditions`.
        activation: (N, M) what is felt, rows sum to 0..1.
        film: (N, D) real motion, 0 where unknown, or None.
        filmed: (N, M) what the filmed speaker feels; 0 without film.
        seen: (D,) which columns the film shows.
    """

    voice: Floats
    activation: Floats
    film: Floats | None
    filmed: Floats
    seen: NDArray[np.bool_]


def teach(lesson: Lesson, chance: np.random.Generator) -> Floats:
    """Motion (N, D) in the units of take_channels.json."""
    manner = manner_curves(lesson.activation)
    shown = manner_curves(lesson.filmed)
    motion = _texture(lesson, manner, chance)
    channels = take_channels()
    size = _liveliness(lesson.voice)
    for group, names in GROUPS.items():
        for name in names:
            column = channels.column(name)
            filmed = lesson.film is not None and lesson.seen[column]
            motion[:, column] *= manner[group] * (1.0 / shown[group] if filmed else size)
    _add_melody(motion, lesson, manner)
    _add_stresses(motion, lesson, manner, chance)
    _add_shakes(motion, lesson, manner, chance)
    _add_apexes(motion, lesson, manner, chance)
    return motion


def voice_column(voice: Floats, name: str) -> Floats:
    """One curve (N,) of the voice's conditions."""
    return np.asarray(voice[:, VOICE_NAMES.index(name)], np.float64)


def coloured(place: Floats, columns: int, chance: np.random.Generator) -> Floats:
    """Wandering with the spectrum of LAYERS at `place` (N,) in frames, which may run at any speed."""
    total = np.zeros((len(place), columns))
    for spacing, share in LAYERS:
        knots, weights = spline_weights(place / spacing)
        numbers = chance.standard_normal((int(knots[-1]) + 5, columns))
        for tap in range(4):
            total += np.sqrt(share) * weights[:, tap, None] * numbers[knots + tap]
    return total


def _texture(lesson: Lesson, manner: dict[str, Floats], chance: np.random.Generator) -> Floats:
    channels = take_channels()
    place = np.cumsum(manner["tempo"])
    motion = coloured(place, len(channels.names), chance)
    if lesson.film is not None:
        motion[:, lesson.seen] = lesson.film[:, lesson.seen]
    for name, leader, share in SHARED:
        column = channels.column(name)
        if lesson.film is None or not lesson.seen[column]:
            led = motion[:, channels.column(leader)]
            motion[:, column] = share * led + np.sqrt(1.0 - share**2) * motion[:, column]
    for name in GROUPS["head"]:
        column = channels.column(name)
        if lesson.film is None or not lesson.seen[column]:
            motion[:, column] = 1.15 * smooth(motion[:, column], HEAD_SMOOTHING_FRAMES)
    motion[:, channels.column("accent") :] = 0.0
    return motion


def _liveliness(voice: Floats) -> Floats:
    """Size of micro-motion (N,): less in silence, more in loud passages."""
    speech, loud = voice_column(voice, "speech"), voice_column(voice, "loudness")
    slow = smooth(speech * (0.6 + 0.6 * loud), 0.3 * RATE_HZ)
    effort = np.exp(EFFORT_GAIN * voice_column(voice, "effort"))
    return (IDLE_SIZE + (1.0 - IDLE_SIZE) * np.minimum(slow, 1.2)) * effort


def _add_melody(motion: Floats, lesson: Lesson, manner: dict[str, Floats]) -> None:
    tune = smooth(voice_column(lesson.voice, "pitch"), 0.08 * RATE_HZ)
    raised = tune - smooth(tune, 1.0 * RATE_HZ)
    for name, share in MELODY:
        column = take_channels().column(name)
        if lesson.film is None or not lesson.seen[column]:
            motion[:, column] += 1.5 * share * manner["swing"] * raised


def _add_stresses(
    motion: Floats, lesson: Lesson, manner: dict[str, Floats], chance: np.random.Generator
) -> None:
    """Brow accents and nods; an accent of 1 is a full one."""
    channels = take_channels()
    stress = voice_column(lesson.voice, "stress")
    peaks = np.flatnonzero((stress[1:-1] > stress[:-2]) & (stress[1:-1] >= stress[2:])) + 1
    accents, nods = np.zeros(len(motion)), np.zeros((len(motion), 3))
    side = 1.0
    for peak in peaks:
        strength, now = stress[peak], {name: curve[peak] for name, curve in manner.items()}
        slow = 1.0 / np.sqrt(now["tempo"])
        lots = chance.random(5)
        if lots[0] < now["accent"] * (ACCENT_CHANCE[0] + ACCENT_CHANCE[1] * strength):
            height = now["swing"] * (0.3 + 0.9 * strength) * (0.6 + 0.7 * lots[1])
            _swell(accents, peak - 1, slow * RISE_SECONDS, slow * FALL_SECONDS, height)
        if lots[2] < now["nod"] * (NOD_CHANCE[0] + NOD_CHANCE[1] * strength):
            height = NOD_SIZE * now["swing"] * (0.35 + 0.65 * strength) * (0.6 + 0.8 * lots[3])
            side = -side if lots[4] < 0.3 else side
            _swell(nods[:, 0], peak - 4, slow * 0.24, slow * 0.22, 0.3 * height)
            down = np.zeros(len(motion))
            _swell(down, peak + 2, slow * 0.26, slow * 0.5, height)
            nods[:, 0] -= down
            nods[:, 1] += 0.4 * side * down
            nods[:, 2] += 0.4 * side * down
    unit = channels.units[channels.column("accent")]
    motion[:, channels.column("accent")] = smooth(accents, 1.2) / unit
    first = channels.column("headPitch")
    # A filmed head has its own nods; a feeling that the film does not show adds to them.
    more = np.abs(lesson.activation - lesson.filmed).sum(axis=1)
    share = 1.0 if lesson.film is None else 0.5 * np.minimum(more, 1.0)
    for axis in range(3):
        motion[:, first + axis] += share * smooth(nods[:, axis], 1.5)


def _swell(curve: Floats, apex: int, rise: float, fall: float, height: float) -> None:
    """Raise a curve to a smooth swell around frame `apex`; rise and fall in seconds."""
    first = max(0, int(np.ceil(apex - rise * RATE_HZ)))
    last = min(len(curve), int(apex + fall * RATE_HZ) + 1)
    if last <= first:
        return
    offset = (np.arange(first, last) - apex) / RATE_HZ
    reach = np.clip(np.where(offset < 0.0, -offset / rise, offset / fall), 0.0, 1.0)
    curve[first:last] = np.maximum(curve[first:last], height * 0.5 * (1.0 + np.cos(np.pi * reach)))


def _add_shakes(
    motion: Floats, lesson: Lesson, manner: dict[str, Floats], chance: np.random.Generator
) -> None:
    """Slow shakes of the head over some phrases."""
    column = take_channels().column("headYaw")
    for first, last in phrases(lesson.voice):
        size = manner["shake"][(first + last) // 2]
        if last - first < 0.8 * RATE_HZ or chance.random() > 0.5 * size:
            continue
        time = (np.arange(first, last) - first) / RATE_HZ
        hertz = 1.1 * manner["tempo"][(first + last) // 2] * chance.uniform(0.8, 1.2)
        window = np.sin(np.pi * (np.arange(last - first) + 0.5) / (last - first))
        swing = np.sin(2.0 * np.pi * hertz * time + chance.uniform(0.0, 2.0 * np.pi))
        motion[first:last, column] += SHAKE_SIZE * window * swing


def _add_apexes(
    motion: Floats, lesson: Lesson, manner: dict[str, Floats], chance: np.random.Generator
) -> None:
    """Logarithms by which each part's apex is stronger or weaker than the table's."""
    channels = take_channels()
    felt = np.minimum(1.0, lesson.activation.sum(axis=1))
    stress = smooth(voice_column(lesson.voice, "stress"), 0.08 * RATE_HZ)
    began = np.zeros(len(motion))
    late = np.zeros(len(motion))
    for first, last in phrases(lesson.voice):
        _swell(began, first + 2, 0.3, 0.9, chance.uniform(0.5, 1.3))
        late[first:last] = np.linspace(0.0, chance.uniform(0.6, 1.4), last - first)
    late = smooth(late, 0.15 * RATE_HZ)
    wander = coloured(np.cumsum(0.7 * manner["tempo"]), len(part_lags()) + 1, chance)
    for number, (name, lag) in enumerate(part_lags().items()):
        own = 0.75 * wander[:, number] + 0.66 * wander[:, -1]
        gain = (
            manner["wander"] * own
            + manner["onset"] * began
            - manner["sag"] * late
            + manner["stress"] * (2.0 * stress - 0.3)
            + 0.15 * voice_column(lesson.voice, "effort")
        )
        frames = round(lag * RATE_HZ)
        later = np.concatenate([np.full(frames, gain[0]), gain[: len(gain) - frames]])
        column = channels.column(name)
        motion[:, column] = felt * later / channels.units[column]


def phrases(voice: Floats) -> list[tuple[int, int]]:
    """Frames (first, last) of each phrase."""
    return runs_of_true(voice_column(voice, "phrase_began") > 0.0)
