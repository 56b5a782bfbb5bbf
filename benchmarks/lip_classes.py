# SPDX-License-Identifier: Apache-2.0
"""How often the class of mouth is right, frame by frame at 20 ms, where somebody speaks."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.lip_statistics import Figure, figure, ratio
from benchmarks.lip_systems import label_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.lip_clips import Clip
    from benchmarks.lip_systems import Answer

    Floats = NDArray[np.float64]

FRAME_SECONDS = 0.02
# Labels are good to about this: frames nearer to an edge may belong to either side.
EDGE_SECONDS = 0.01
MOST_LAG_FRAMES = 5
# Which of Rhubarb's drawings are right for a viseme; where its rules leave a choice, all of it.
MOUTHS: dict[str, str] = {
    "PP": "A",
    "FF": "G",
    "aa": "CD",
    "E": "C",
    "I": "B",
    "O": "E",
    "U": "F",
    "DD": "B",
    "SS": "B",
    "TH": "BH",
    "kk": "BC",
    "CH": "BF",
    "nn": "BH",
    "RR": "BE",
}
Pair = tuple["Clip", "Answer"]


def viseme_accuracy(
    pairs: Sequence[Pair], *, lag_frames: int = 0, without_edges: bool = False
) -> Figure:
    """Share of speech frames whose viseme is (one of) the label's; the answer moved later by a lag."""
    rows = []
    kept = [(c, a) for c, a in pairs if c.sounds and a.visemes is not None]
    for clip, answer in kept:
        rows.append(
            _right(clip, _drawn(answer, lag_frames, clip), None, without_edges=without_edges)
        )
    return figure(rows, ratio, [clip.speaker for clip, _ in kept])


def mouth_accuracy(pairs: Sequence[Pair]) -> Figure:
    """The same for Rhubarb's nine mouths; visemes count by the first drawing of their row."""
    rows = []
    kept = [
        (c, a) for c, a in pairs if c.sounds and (a.mouths is not None or a.visemes is not None)
    ]
    for clip, answer in kept:
        rows.append(_right(clip, _mouths(answer, clip), MOUTHS))
    return figure(rows, ratio, [clip.speaker for clip, _ in kept])


def best_viseme_lag(pairs: Sequence[Pair]) -> tuple[float, Figure]:
    """Lag in seconds with the most right frames, and the accuracy there."""
    lags = range(-MOST_LAG_FRAMES, MOST_LAG_FRAMES + 1)
    figures = {lag: viseme_accuracy(pairs, lag_frames=lag) for lag in lags}
    best = max(figures, key=lambda lag: np.nan_to_num(figures[lag].value))
    return best * FRAME_SECONDS, figures[best]


def confusions(pairs: Sequence[Pair]) -> dict[str, Counter[str]]:
    """For each viseme by label, what was said on its frames."""
    table: dict[str, Counter[str]] = {}
    for clip, answer in pairs:
        if answer.visemes is None:
            continue
        drawn = _drawn(answer, 0, clip)
        for sound in clip.sounds:
            if sound.is_speech and len(sound.visemes) == 1:
                name = next(iter(sound.visemes))
                inside = _frames(sound.start, sound.end, len(drawn))
                table.setdefault(name, Counter()).update(drawn[inside].tolist())
    return table


def _right(
    clip: Clip,
    drawn: NDArray[np.str_],
    allowed: dict[str, str] | None,
    *,
    without_edges: bool = False,
) -> tuple[float, float]:
    """(right frames, frames) of a clip's speech."""
    right = count = 0
    edge = EDGE_SECONDS if without_edges else 0.0
    for sound in clip.sounds:
        if not sound.is_speech:
            continue
        inside = drawn[_frames(sound.start + edge, sound.end - edge, len(drawn))]
        wanted = (
            sound.visemes if allowed is None else set("".join(allowed[v] for v in sound.visemes))
        )
        right += int(np.isin(inside, list(wanted)).sum())
        count += len(inside)
    return float(right), float(count)


def _frames(start: float, end: float, count: int) -> slice:
    """Frames with start <= time < end."""
    first = int(np.ceil(start / FRAME_SECONDS - 1e-9))
    last = int(np.ceil(end / FRAME_SECONDS - 1e-9))
    return slice(max(first, 0), max(min(last, count), 0))


def _times(clip: Clip) -> Floats:
    return np.arange(int(clip.sounds[-1].end / FRAME_SECONDS) + 2) * FRAME_SECONDS


def _drawn(answer: Answer, lag_frames: int, clip: Clip) -> NDArray[np.str_]:
    assert answer.visemes is not None
    return label_at(answer.visemes, _times(clip) - lag_frames * FRAME_SECONDS, "sil")


def _mouths(answer: Answer, clip: Clip) -> NDArray[np.str_]:
    if answer.mouths is not None:
        return label_at(answer.mouths, _times(clip), "X")
    own = _drawn(answer, 0, clip)
    return np.array([MOUTHS[v][0] if v in MOUTHS else "X" for v in own])
