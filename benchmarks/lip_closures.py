# SPDX-License-Identifier: Apache-2.0
"""Do the lips shut for p, b and m of people the decoder never heard? Emo-DB's hand labels say.

A closure counts as made when some frame inside the labelled stretch has its gap under a tenth of
that speaker's range (1st to 99th percentile over all utterances); an open vowel counts as falsely
closed when any frame of it does, 20 ms at its edges left out. Frames are at 60 a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.face.model import FaceModel, load_face_model
from core.mixing.contacts import close_lips
from core.motion.lips import LipDecoder
from core.motion.phones import BILABIAL
from core.speech.audio import load_speech
from core.speech.encoder import SpeechEncoder
from core.training.emodb import EmoDbClip, closures, open_vowels, read_emodb

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FPS = 60.0
CLOSED_SHARE = 0.1
VOWEL_EDGE_SECONDS = 0.02
# Shorter labels hold no frame of their own, or are too short to be sure of.
SHORTEST_SECONDS = 0.025
HEADING = (
    "| Emo-DB, speaker left out | closures | recall | open vowels | falsely closed | "
    "median timing error, ms |"
)


def closure_rows(emodb: Path, left_out: Path, models: Path | None) -> list[str]:
    """Table of recall and false closures, speaker by speaker and over all."""
    face, encoder = load_face_model(models), SpeechEncoder(models)
    lines = [HEADING, "|---|---|---|---|---|---|"]
    sums = np.zeros(4)
    errors: list[float] = []
    clips = read_emodb(emodb)
    for speaker in sorted({c.speaker for c in clips}):
        decoder = LipDecoder(left_out / speaker)
        own = [c for c in clips if c.speaker == speaker]
        counts, timing = _count(own, encoder, decoder, face)
        lines.append(_line(speaker, counts, timing))
        sums += counts
        errors += timing
    return [*lines, _line("all", sums, errors), ""]


def _line(name: str, counts: Floats, timing: list[float]) -> str:
    made, closures_, false, vowels = counts
    error = 1e3 * float(np.median(timing)) if timing else float("nan")
    return (
        f"| {name} | {closures_:.0f} | {made / closures_:.3f} | {vowels:.0f} | "
        f"{false / vowels:.3f} | {error:.0f} |"
    )


def _count(
    clips: list[EmoDbClip], encoder: SpeechEncoder, decoder: LipDecoder, face: FaceModel
) -> tuple[Floats, list[float]]:
    """(made, closures, false, vowels) of one speaker, and distances of onset and release, s."""
    curves, timing = [], []
    for clip in clips:
        track = decoder.decode(encoder.encode(load_speech(clip.audio).samples))
        times = np.arange(int(track.time_seconds[-1] * FPS) + 1) / FPS
        values = np.stack(
            [np.interp(times, track.time_seconds, column) for column in track.values.T], axis=1
        )
        values = close_lips(values.astype(np.float32), times, track.contacts, face)
        curves.append((times, face.lip_gaps(values).max(axis=1)))
        spans = [s for s in track.contacts if s.label == BILABIAL]
        timing += _edge_errors(closures(clip), [(s.start_seconds, s.end_seconds) for s in spans])
    low, high = np.quantile(np.concatenate([g for _, g in curves]), [0.01, 0.99])
    limit = low + CLOSED_SHARE * (high - low)
    counts = np.zeros(4)
    for clip, (times, gaps) in zip(clips, curves, strict=True):
        shut = gaps <= limit
        for _, start, end in closures(clip):
            if end - start >= SHORTEST_SECONDS:
                counts[:2] += _any_inside(shut, times, start, end), 1
        for _, start, end in open_vowels(clip):
            if end - start >= SHORTEST_SECONDS + 2 * VOWEL_EDGE_SECONDS:
                inner = (start + VOWEL_EDGE_SECONDS, end - VOWEL_EDGE_SECONDS)
                counts[2:] += _any_inside(shut, times, *inner), 1
    return counts, timing


def _any_inside(shut: NDArray[np.bool_], times: Floats, start: float, end: float) -> bool:
    return bool(shut[(times >= start) & (times <= end)].any())


def _edge_errors(
    labelled: list[tuple[str, float, float]], found: list[tuple[float, float]]
) -> list[float]:
    """How far the edges of found spans lie from the labelled closures they overlap."""
    return [
        abs(a - b)
        for _, start, end in labelled
        for first, last in found
        if first < end and last > start
        for a, b in ((start, first), (end, last))
    ]
