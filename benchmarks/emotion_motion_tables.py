# SPDX-License-Identifier: Apache-2.0
"""The tables of `emotion_motion`: each takes film or takes and gives lines of Markdown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks import emotion_motion_measures as measures
from benchmarks.emotion_motion_takes import Floats, Spoken, clips_of
from core.motion.prototypes import MOVED_EMOTIONS, prototype_table
from core.motion.take_conditions import VOICE_NAMES, voice_conditions

CLIPS_A_STREAM = 10
STILL_QUANTILE = 0.1
# People blink after a phrase's end, and some time after a stress.
END_WINDOW, STRESS_WINDOW = (-0.05, 0.65), (0.3, 0.8)


def film_rows(film: list[Floats], takes: list[Floats]) -> list[str]:
    """Spread, speed and spectrum of the film and of neutral takes of the same sound."""
    bands = " | ".join(f"{a:g}-{b:g} Hz" for a, b in measures.BANDS_HZ)
    rows = [
        "",
        "Neutral takes against film of the same sound (one calm man; 3 s clips, blinks bridged):",
        "",
        f"| curve | of | deviation | speed, a second | {bands} |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name in measures.CURVES:
        for whose, clips in (("film", film), ("takes", clips_of(takes))):
            curves = [measures.curve(clip, name) for clip in clips]
            shares = " | ".join(f"{share:.2f}" for share in measures.band_shares(curves))
            rows.append(
                f"| {name} | {whose} | {measures.spread(curves):.3f} | "
                f"{measures.speed(curves):.3f} | {shares} |"
            )
    return rows


def feeling_rows(film: list[Floats], takes: dict[str, list[list[Floats]]]) -> list[str]:
    """How each feeling moves, and how long it ever stands still."""
    threshold = float(
        np.quantile(np.concatenate([measures.face_speed(c) for c in film]), STILL_QUANTILE)
    )
    film_still = measures.stillness([measures.face_speed(c) for c in film], threshold)
    rows = [
        "",
        (
            f"How feelings move at intensity 1. Still: slower than {threshold:.3f} a second, the "
            f"film's slowest tenth; the film is so for {film_still[1]:.2f} s on end at most."
        ),
        "",
        (
            "| feeling | brow deviation | brow speed | head deviation, degrees | head speed | "
            "mean pitch | lids 4-8 Hz | still | longest still, s |"
        ),
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, seeds in takes.items():
        streams = seeds[0]
        brow = [measures.curve(s, "brow height") for s in streams]
        pitch = [measures.curve(s, "head pitch") for s in streams]
        lid = [measures.curve(s, "lid opening") for s in streams]
        still, longest = measures.stillness([measures.face_speed(s) for s in streams], threshold)
        rows.append(
            f"| {name} | {measures.spread(brow):.3f} | {measures.speed(brow):.3f} | "
            f"{measures.spread(pitch):.2f} | {measures.speed(pitch):.2f} | "
            f"{np.concatenate(pitch).mean():.1f} | {measures.band_shares(lid)[3]:.3f} | "
            f"{still:.3f} | {longest:.2f} |"
        )
    return rows


def blink_rows(
    film: list[Floats], takes: dict[str, list[list[Floats]]], spoken: list[Spoken]
) -> list[str]:
    """Rates, intervals and places of blinks; people: 17 to 26 a minute (Bentivoglio et al. 1997)."""
    rows = [
        "",
        "Blinks; chance is the share of the time that such places take:",
        "",
        (
            "| of | a minute | interval 5 % | median | 95 % | longest | after a phrase's end (chance) "
            "| after a stress (chance) |"
        ),
        "|---|---|---|---|---|---|---|---|",
    ]
    together = [
        np.concatenate(film[first : first + CLIPS_A_STREAM])
        for first in range(0, len(film), CLIPS_A_STREAM)
    ]
    for name, sets in {"film": [together], **takes}.items():
        onsets = [
            (measures.blink_onsets(values, measures.FPS), s)
            for streams in sets
            for values, s in zip(streams, spoken, strict=True)
        ]
        gaps = np.concatenate([np.diff(times) for times, _ in onsets])
        minutes = sum(s.seconds for _, s in onsets) / 60.0
        rate = sum(len(times) for times, _ in onsets) / minutes
        quantiles = " | ".join(f"{q:.1f}" for q in np.quantile(gaps, (0.05, 0.5, 0.95, 1.0)))
        places = " | ".join(
            _share_and_chance(onsets, window, kind)
            for window, kind in ((END_WINDOW, "phrase_ends"), (STRESS_WINDOW, "stress_times"))
        )
        rows.append(f"| {name} | {rate:.1f} | {quantiles} | {places} |")
    return rows


def _share_and_chance(
    onsets: list[tuple[NDArray[np.float64], Spoken]], window: tuple[float, float], kind: str
) -> str:
    shares, chances, weights = [], [], []
    for times, spoken in onsets:
        places = getattr(spoken.phrasing, kind)
        shares.append(measures.share_near(times, places, window) if len(times) else 0.0)
        chances.append(measures.share_near(np.arange(0.0, spoken.seconds, 0.02), places, window))
        weights.append(len(times))
    return f"{np.average(shares, weights=weights):.2f} ({np.mean(chances):.2f})"


def voice_rows(
    film: list[Floats], takes: dict[str, list[list[Floats]]], spoken: list[Spoken]
) -> list[str]:
    """How far brows and head go with the voice."""
    rows = [
        "",
        "With the voice (largest correlation within 0.3 s):",
        "",
        "| of | brows with stress | brow speed with loudness | head speed with loudness |",
        "|---|---|---|---|",
    ]
    joined = [
        np.concatenate(film[first : first + CLIPS_A_STREAM])
        for first in range(0, len(film), CLIPS_A_STREAM)
    ]
    for name, streams in {"film": joined, **{n: s[0] for n, s in takes.items()}}.items():
        figures = []
        for values, s in zip(streams, spoken, strict=True):
            told = voice_conditions(s.prosody, s.phrasing, len(values)).astype(np.float64)
            stress, loud = (told[:, VOICE_NAMES.index(n)] for n in ("stress", "loudness"))
            raised = measures.curve(values, "brow height") + measures.curve(values, "inner brow")
            head = np.stack([measures.curve(values, f"head {a}") for a in ("pitch", "yaw")], 1)
            turning = np.linalg.norm(np.gradient(head, axis=0), axis=1)
            figures.append(
                (
                    measures.best_correlation(raised, stress),
                    measures.best_correlation(np.abs(np.gradient(raised)), loud),
                    measures.best_correlation(turning, loud),
                )
            )
        rows.append(
            f"| {name} | " + " | ".join(f"{f:.2f}" for f in np.mean(figures, axis=0)) + " |"
        )
    return rows


def seed_rows(film: list[Floats], takes: dict[str, list[list[Floats]]]) -> list[str]:
    """Takes of different seeds against the film's own repeats (pairs of its clips)."""
    pairs = [[film[i], film[i + 1]] for i in range(0, len(film) - 1, 2)]
    real = float(np.mean([measures.distance(pair) for pair in pairs]))
    drawn = {
        name: float(np.mean([measures.distance(list(clips)) for clips in zip(*sets, strict=True)]))
        for name, sets in takes.items()
    }
    return [
        "",
        f"Difference of brows and lids between seeds (between two clips of the film: {real:.3f}): "
        + ", ".join(f"{name} {value:.3f}" for name, value in drawn.items())
        + ".",
    ]


def likeness_rows(takes: dict[str, list[list[Floats]]]) -> list[str]:
    """Mean face of a take, less the neutral one, against the prototypes."""
    table = prototype_table()
    prototypes = {n: e.weights for n, e in zip(MOVED_EMOTIONS, table.emotions, strict=True)}
    neutral = np.mean([measures.mean_face(s) for sets in takes["neutral"] for s in sets], axis=0)
    rows, right, count = [], 0, 0
    for name, prototype in prototypes.items():
        faces = [measures.mean_face(s) - neutral for sets in takes[name] for s in sets]
        own = float(np.mean([measures.cosine(face, prototype) for face in faces]))
        others = {
            other: float(np.mean([measures.cosine(face, weights) for face in faces]))
            for other, weights in prototypes.items()
            if other != name
        }
        nearest = max(others, key=lambda other: others[other])
        for face in faces:
            answers = {n: measures.cosine(face, weights) for n, weights in prototypes.items()}
            right += max(answers, key=lambda n: answers[n]) == name
            count += 1
        rows.append(f"| {name} | {own:.2f} | {nearest} {others[nearest]:.2f} |")
    return [
        "",
        (
            "Mean face of a take against the prototypes (cosine); the asked one is nearest in "
            f"{right} of {count} takes:"
        ),
        "",
        "| feeling | own prototype | nearest other |",
        "|---|---|---|",
        *rows,
    ]
