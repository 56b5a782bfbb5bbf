# SPDX-License-Identifier: Apache-2.0
"""FACEGOOD's takes cut into clips, the last fifth of each held back.

Nothing is known of their phones. The lips are known to meet where the animator presses them together,
and to be apart where he parts them by two millimetres; in between, nothing is taught of contacts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..face.model import FaceModel, load_face_model
from ..motion.phones import BILABIAL, CONTACTS
from ..runs import runs_of_true
from .clips import ANIMATOR, RATE_HZ, Clip, Span, read_samples
from .facegood import RATE_HZ as FRAME_RATE_HZ
from .facegood import Take, facegood_closures, lip_gap, read_facegood

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

PIECE_FRAMES = 180
DEV_SHARE = 0.2
PARTED_METRES = 0.002


def facegood_clips(folder: Path, part: str) -> Iterator[Clip]:
    """Pieces of six seconds of all takes.

    Args:
        folder: the data set.
        part: ``train``, or ``dev`` for the last fifth of each take.
    """
    face = load_face_model()
    for take in read_facegood(folder):
        yield from _pieces(take, part, face)


def _pieces(take: Take, part: str, face: FaceModel) -> Iterator[Clip]:
    samples = read_samples(take.audio)
    frames = min(len(take.values), int(len(samples) / RATE_HZ * FRAME_RATE_HZ))
    border = int(frames * (1.0 - DEV_SHARE))
    first, last = (0, border) if part == "train" else (border, frames)
    closed = facegood_closures(take.values, face)
    unsure = _unsure(take, closed, face)
    # A rest shorter than a quarter of a piece is left out.
    for begin in range(first, last - PIECE_FRAMES // 4, PIECE_FRAMES):
        end = min(begin + PIECE_FRAMES, last)
        start, stop = begin / FRAME_RATE_HZ, end / FRAME_RATE_HZ
        yield Clip(
            f"{take.name}_{begin:05d}",
            "facegood",
            "facegood",
            samples[int(start * RATE_HZ) : int(stop * RATE_HZ)],
            (((), 0.0, stop - start),),
            _cut(closed, start, stop),
            unsure=_cut(unsure, start, stop),
            mouth=take.values[begin:end],
            mouth_rate_hz=FRAME_RATE_HZ,
            mouth_known=take.known,
            style=ANIMATOR,
        )


def _unsure(take: Take, closed: tuple[Span, ...], face: FaceModel) -> tuple[Span, ...]:
    """All contacts all the time, but for lips that meet or part."""
    is_told = lip_gap(take.values, face) > PARTED_METRES
    for _, start, end in closed:
        is_told[int(start * FRAME_RATE_HZ) : int(np.ceil(end * FRAME_RATE_HZ))] = True
    length = len(is_told) / FRAME_RATE_HZ
    others = tuple((name, 0.0, length) for name in CONTACTS if name != BILABIAL)
    return (*others, *_spans(BILABIAL, ~is_told))


def _spans(name: str, is_so: NDArray[np.bool_]) -> tuple[Span, ...]:
    return tuple(
        (name, first / FRAME_RATE_HZ, stop / FRAME_RATE_HZ) for first, stop in runs_of_true(is_so)
    )


def _cut(spans: tuple[Span, ...], start: float, stop: float) -> tuple[Span, ...]:
    """The spans between start and stop, in seconds after start."""
    return tuple(
        (name, max(a, start) - start, min(b, stop) - start)
        for name, a, b in spans
        if a < stop and b > start
    )
