# SPDX-License-Identifier: Apache-2.0
"""What a system is measured by: rows of sums a clip, so that figures over other draws of clips are cheap.

Lip sync is judged against GRID's film and against labelled contacts, without a feeling and with all
eight; geometry against the film, and with a feeling against the lesson's own face; expression by
how much the upper face moves beside the film's, and how much of which feeling it shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.dual_decoder_feelings import FACE, FPS, pure_activation
from benchmarks.lip_clips import spread
from benchmarks.lip_closures import CLOSED_SHARE, SHORTEST_SECONDS, VOWEL_EDGE_SECONDS
from benchmarks.lip_measures import measures
from benchmarks.lip_statistics import correlation_sums, pearson, ratio
from benchmarks.lip_timing import misalignment
from core.face.landmarks import BROWS, INNER_LIPS, LEFT_EYE, OUTER_LIPS, RIGHT_EYE
from core.motion.phones import BILABIAL
from core.motion.prototypes import MOVED_EMOTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from benchmarks.dual_decoder_data import Lessons
    from benchmarks.dual_decoder_product import Product
    from benchmarks.dual_decoder_systems import Shown, System
    from core.face.model import FaceModel

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

MOUTH = [*OUTER_LIPS, *INNER_LIPS]
UPPER = [*BROWS, *RIGHT_EYE, *LEFT_EYE]
CONTACT_FPS = 60.0
WEAK, TAKES = 0.3, 3
# So many clips carry each measure; feelings are eight times as much work as none.
NEUTRAL_CLIPS, FELT_CLIPS, STRANGER_CLIPS, TAKE_CLIPS = 32, 8, 32, 8
Sums = dict[str, dict[str, tuple[float, ...]]]
"""metric -> clip -> sums"""


@dataclass(frozen=True)
class Metric:
    """One column of the tables.

    Attributes:
        title: as printed.
        combine: sums -> figure.
        better: 1 more is better, -1 less is better, 0 neither: nearness to 1 is.
        digits: after the point.
    """

    title: str
    combine: Callable[[Doubles], Doubles]
    better: int
    digits: int = 2


METRICS: dict[str, Metric] = {
    "opening": Metric("opening r", pearson, 1, 3),
    "width": Metric("width r", pearson, 1, 3),
    "jaw": Metric("jaw r", pearson, 1, 3),
    "timing": Metric("MTM, s", ratio, -1, 3),
    "recall bare": Metric("p b m seen, network alone", ratio, 1),
    "recall": Metric("p b m seen", ratio, 1),
    "false": Metric("vowels shut", ratio, -1),
    "felt opening": Metric("opening r", pearson, 1, 3),
    "felt recall bare": Metric("p b m seen, network alone", ratio, 1),
    "felt recall": Metric("p b m seen", ratio, 1),
    "stranger recall bare": Metric("p b m seen, network alone", ratio, 1),
    "stranger recall": Metric("p b m seen", ratio, 1),
    "stranger false": Metric("vowels shut", ratio, -1),
    "mouth": Metric("M-LMD, mm", ratio, -1),
    "face": Metric("F-LMD, mm", ratio, -1),
    "felt mouth": Metric("M-LMD with feeling, mm", ratio, -1),
    "felt face": Metric("F-LMD with feeling, mm", ratio, -1),
    "stranger face": Metric("F-LMD strangers, mm", ratio, -1),
    "upper motion": Metric("upper face's motion / film's", ratio, 0),
    "upper speed": Metric("upper face's speed / film's", ratio, 0),
    "head motion": Metric("head's motion / film's", ratio, 0),
    "takes": Metric("takes apart / film's motion", ratio, 0),
    "strength": Metric("feeling shown / taught", ratio, 0),
    "named": Metric("feeling named right", ratio, 1),
    "dose": Metric("a request of 0.3 against one of 1, in proportion", ratio, 0),
    "felt motion": Metric("motion with feeling / taught", ratio, 0),
}


def measure_film(system: System | Product, lessons: Lessons, face: FaceModel) -> Sums:
    """All measures on GRID's dev clips."""
    sums: Sums = {}
    numbers = spread(range(len(lessons.names)), NEUTRAL_CLIPS)
    neutral = {n: system.show(lessons, n, pure_activation("neutral"), 0) for n in numbers}
    for number, shown in neutral.items():
        name, rows = str(lessons.names[number]), lessons.frames(number)
        _add_sync(sums, name, shown, lessons.measures[rows], face)
        _add_geometry(sums, name, shown.face, lessons.face[0, rows], face=face, prefix="")
        _add_motion(sums, name, shown.face, lessons.face[0, rows], face)
    _add_contacts(sums, lessons, neutral, face, "")
    for number in spread(list(neutral), TAKE_CLIPS):
        _add_takes(sums, system, lessons, number, face)
    felt = {
        number: [system.show(lessons, number, pure_activation(e), 0) for e in MOVED_EMOTIONS]
        for number in spread(list(neutral), FELT_CLIPS)
    }
    for number, shown_feelings in felt.items():
        _add_feelings(
            sums, lessons, number, neutral=neutral[number], felt=shown_feelings, face=face
        )
        _add_doses(sums, system, lessons, number, neutral[number])
    for column in range(len(MOVED_EMOTIONS)):
        _add_contacts(sums, lessons, {n: all_[column] for n, all_ in felt.items()}, face, "felt ")
    return sums


def measure_strangers(system: System | Product, lessons: Lessons, face: FaceModel) -> Sums:
    """Contacts and geometry on acted voices, each asked for the emotion that it acts."""
    sums: Sums = {}
    shown = {
        number: system.show(lessons, number, lessons.activation[number, 1], 0)
        for number in spread(range(len(lessons.names)), STRANGER_CLIPS)
    }
    for number, one in shown.items():
        wanted = lessons.face[1, lessons.frames(number)]
        name = str(lessons.names[number])
        _add_geometry(sums, name, one.face, wanted, face=face, prefix="stranger ")
    _add_contacts(sums, lessons, shown, face, "stranger ")
    return sums


def _add(sums: Sums, metric: str, clip: str, row: tuple[float, ...]) -> None:
    own = sums.setdefault(metric, {})
    before = own.get(clip, (0.0,) * len(row))
    own[clip] = tuple(a + b for a, b in zip(before, row, strict=True))


def _points(face: FaceModel, values: Floats) -> Doubles:
    """(T, 68, 3) millimetres."""
    return face.landmarks68(values[:, :FACE]).astype(np.float64) * 1e3


def _add_sync(sums: Sums, clip: str, shown: Shown, film: Floats, face: FaceModel) -> None:
    curves = measures(face.landmarks68(shown.face[:, :FACE]))
    for column, name in enumerate(("opening", "width", "jaw")):
        truth = film[:, column].astype(np.float64)
        _add(sums, name, clip, tuple(correlation_sums(curves[name], truth)))
    found = misalignment(film[:, 0].astype(np.float64), curves["opening"], FPS)
    if found.seconds:
        _add(sums, "timing", clip, (float(np.mean(found.seconds)), 1.0))


def _add_geometry(
    sums: Sums, clip: str, shown: Floats, wanted: Floats, *, face: FaceModel, prefix: str
) -> None:
    apart = np.linalg.norm(_points(face, shown) - _points(face, wanted), axis=2)
    _add(sums, f"{prefix}face", clip, (float(apart.mean(axis=1).sum()), float(len(apart))))
    if prefix != "stranger ":
        mouth = apart[:, MOUTH].mean(axis=1)
        _add(sums, f"{prefix}mouth", clip, (float(mouth.sum()), float(len(mouth))))


def _spread_of(points: Doubles) -> float:
    """Root of the mean variance over time of points (T, P, 3), mm."""
    return float(np.sqrt(points.var(axis=0).sum(axis=1).mean()))


def _add_motion(sums: Sums, clip: str, shown: Floats, film: Floats, face: FaceModel) -> None:
    own, truth = (_spread_of(_points(face, v)[:, UPPER]) for v in (shown, film))
    _add(sums, "upper motion", clip, (own, truth))
    speeds = (np.diff(_points(face, v)[:, UPPER], axis=0) for v in (shown, film))
    _add(sums, "upper speed", clip, tuple(float(np.linalg.norm(s, axis=2).mean()) for s in speeds))
    heads = (v[:, FACE : FACE + 3].std(axis=0).mean() for v in (shown, film))
    _add(sums, "head motion", clip, tuple(float(h) for h in heads))


def _add_takes(
    sums: Sums, system: System | Product, lessons: Lessons, number: int, face: FaceModel
) -> None:
    none = pure_activation("neutral")
    takes = np.stack(
        [_points(face, system.show(lessons, number, none, t).face)[:, UPPER] for t in range(TAKES)]
    )
    apart = float(np.sqrt(takes.var(axis=0, ddof=1).sum(axis=2).mean()))
    film = _spread_of(_points(face, lessons.face[0, lessons.frames(number)])[:, UPPER])
    _add(sums, "takes", str(lessons.names[number]), (apart, film))


def _add_feelings(
    sums: Sums,
    lessons: Lessons,
    number: int,
    *,
    neutral: Shown,
    felt: list[Shown],
    face: FaceModel,
) -> None:
    clip, rows = str(lessons.names[number]), lessons.frames(number)
    film = lessons.measures[rows, 0].astype(np.float64)
    for column, shown in enumerate(felt):
        wanted = lessons.face[column + 1, rows]
        curve = measures(face.landmarks68(shown.face[:, :FACE]))["opening"]
        _add(sums, "felt opening", clip, tuple(correlation_sums(curve, film)))
        _add_geometry(sums, clip, shown.face, wanted, face=face, prefix="felt ")
        added = (shown.face - neutral.face)[:, :FACE].mean(axis=0)
        taught = (wanted - lessons.face[0, rows])[:, :FACE].mean(axis=0)
        along = taught / np.linalg.norm(taught)
        _add(sums, "strength", clip, (float(added @ along), float(taught @ along)))
        _add(sums, "named", clip, (float(_nearest(added, lessons) == column), 1.0))
        own, truth = (_spread_of(_points(face, v)[:, UPPER]) for v in (shown.face, wanted))
        _add(sums, "felt motion", clip, (own, truth))


def _nearest(added: Floats, lessons: Lessons) -> int:
    """The feeling whose prototype points most nearly the same way."""
    patterns = lessons.prototypes / np.linalg.norm(lessons.prototypes, axis=1, keepdims=True)
    return int(np.argmax(patterns @ added))


def _add_doses(
    sums: Sums, system: System | Product, lessons: Lessons, number: int, neutral: Shown
) -> None:
    """Strength shown for a weak request beside that for a full one, along the feeling's prototype."""
    column = number % len(MOVED_EMOTIONS)
    emotion = MOVED_EMOTIONS[column]
    along = lessons.prototypes[column] / np.linalg.norm(lessons.prototypes[column])
    weak, full = (
        float(
            (system.show(lessons, number, pure_activation(emotion, dose), 0).face - neutral.face)[
                :, :FACE
            ].mean(axis=0)
            @ along
        )
        for dose in (WEAK, 1.0)
    )
    _add(sums, "dose", str(lessons.names[number]), (weak / WEAK, full))


def _add_contacts(
    sums: Sums, lessons: Lessons, shown: dict[int, Shown], face: FaceModel, prefix: str
) -> None:
    """Labelled closures that show, with the lips as the network gives them and as they are shut."""
    speakers = {str(lessons.speakers[number]) for number in shown}
    for which in ("bare", "face"):
        for speaker in sorted(speakers):
            own = {n: s for n, s in shown.items() if lessons.speakers[n] == speaker}
            for number, gap, limit in _gaps(own, face, which):
                clip = str(lessons.names[number])
                made = _made(gap, limit, lessons.labelled(number, "contacts"))
                _add(sums, f"{prefix}recall{' bare' if which == 'bare' else ''}", clip, made)
                if which == "face" and prefix != "felt ":
                    _add(sums, f"{prefix}false", clip, _false(gap, limit, lessons, number))


def _gaps(
    shown: dict[int, Shown], face: FaceModel, which: str
) -> Iterator[tuple[int, Doubles, float]]:
    """(clip, widest lip gap at CONTACT_FPS in mm, below which it counts as shut) of one speaker."""
    gaps = {}
    for number, one in shown.items():
        values = one.bare if which == "bare" else one.face
        gap = face.lip_gaps(values[:, :FACE]).max(axis=1).astype(np.float64) * 1e3
        times = np.arange(0.0, (len(gap) - 1) / FPS, 1.0 / CONTACT_FPS)
        gaps[number] = np.interp(times, np.arange(len(gap)) / FPS, gap)
    low, high = np.quantile(np.concatenate(list(gaps.values())), [0.01, 0.99])
    for number, gap in gaps.items():
        yield number, gap, float(low + CLOSED_SHARE * (high - low))


def _made(
    gap: Doubles, limit: float, contacts: list[tuple[str, float, float]]
) -> tuple[float, float]:
    spans = [(a, b) for label, a, b in contacts if label == BILABIAL and b - a >= SHORTEST_SECONDS]
    return float(sum(_any_shut(gap, limit, a, b) for a, b in spans)), float(len(spans))


def _false(gap: Doubles, limit: float, lessons: Lessons, number: int) -> tuple[float, float]:
    edge = VOWEL_EDGE_SECONDS
    spans = [
        (a + edge, b - edge)
        for _, a, b in lessons.labelled(number, "open_vowels")
        if b - a >= SHORTEST_SECONDS + 2 * edge
    ]
    return float(sum(_any_shut(gap, limit, a, b) for a, b in spans)), float(len(spans))


def _any_shut(gap: Doubles, limit: float, start: float, end: float) -> bool:
    first, last = int(np.ceil(start * CONTACT_FPS)), int(np.floor(end * CONTACT_FPS))
    return bool((gap[first : last + 1] <= limit).any())
