# SPDX-License-Identifier: Apache-2.0
"""When the phones of a line's text are spoken, found in the lip decoder's own phone probabilities.

A text need not be all that is heard, nor heard as a whole: sounds between its words keep the phones
they are heard as, words that nobody speaks are left out, and both are said in a note. A text that is
of another sound is refused.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..curves import Span
from ..errors import MienError
from ..motion import spans
from ..motion.phones import PHONES, SILENCE, VISEMES
from ..runs import runs_of_one, runs_of_true
from .graph import Graph, build_graph
from .path import OTHER, Heard, best_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from .pronunciation import Lexicon
    from .words import Word

    Floats = NDArray[np.float32]
    Costs = NDArray[np.float64]
    Numbers = NDArray[np.int64]

FRAME_SECONDS = 0.02
# A phone's probability leans on those of its viseme: a text's AH may well sound like an AA.
OWN_SHARE = 0.9
SMALLEST_PROBABILITY = 2e-4
# Nats a frame by which a word's phones may be less likely than the likeliest. Words that are spoken:
# median 0.2, 95 % under 1.5 (shouted and wept as well); words that are not: 3.5 to 8.5.
WORST_FIT_NATS = 3.0
# Texts of another recording have 33 % and more such words, right ones under 17 % (noise at 10 dB).
MOST_UNHEARD_SHARE = 0.3
# The same for the mean of the words of a text that is less than half of what is heard. Of 119 wrong texts
# of three to six words over 6 s of two speakers 9 pass so, 24 without it; of 115 right ones 101 and 104.
WORST_MEAN_NATS = 1.0
# Shorter sounds between words (a breath, a click) are not worth a note.
NOTED_SECONDS = 0.3
NAMED_WORDS = 4
SWITCH_COST_NATS = 1.5
_SIL = PHONES.index(SILENCE)
_WITHOUT_TEXT = "or take the text away: the lips then follow the sound alone."


@dataclass(frozen=True)
class TextTimes:
    """When a text is spoken.

    Attributes:
        phones: ARPAbet spans in order, without silences: the text's, and between them those of
            sounds that the text does not have, as they are heard.
        words: spans of the words that are heard, labelled as they are written; confidence 0..1.
        notes: what the animator should know, a sentence each.
        unknown_seconds: (start, end) of the longer stretches that the text says nothing of.
    """

    phones: tuple[Span, ...]
    words: tuple[Span, ...]
    notes: tuple[str, ...]
    unknown_seconds: tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False)
class _Way:
    """A text laid over a sound: its words, their graph, and the state of each frame."""

    words: Sequence[Word]
    graph: Graph
    path: Numbers
    costs: Costs


def align_words(
    probabilities: Floats,
    words: Sequence[Word],
    lexicon: Lexicon,
    on_progress: Callable[[float], None] | None = None,
) -> TextTimes:
    """Find the words of a text in a sound.

    Args:
        probabilities: (T, 40) of PHONES, frame i at i * 0.02 s, of `LipDecoder.curves`.
        words: of `core.text.words.read_words`, at least one.
        lexicon: how they are spoken.
        on_progress: called with 0..1 every 20 s of sound and at the end; it may raise Cancelled.

    Raises:
        MienError: ``text_mismatch``, when the text is not what is heard, naming words.
    """
    report = on_progress or (lambda _fraction: None)
    costs = phone_costs(probabilities)
    # Words that are not heard make a second search needed.
    way = _laid(costs, words, lexicon, lambda done: report(0.5 * done))
    fits = _fits(way)
    unheard = [word for word, fit in zip(words, fits, strict=True) if fit > WORST_FIT_NATS]
    if len(unheard) > MOST_UNHEARD_SHARE * len(words):
        raise MienError(
            "text_mismatch",
            f"The text does not fit the sound: {_named(unheard)} of its {len(words)} words "
            "cannot be heard.",
            f"Write what this strip says, {_WITHOUT_TEXT}",
        )
    notes = []
    if unheard:
        notes.append(f"Not heard, and left out: {_named(unheard)}.")
        kept = [word for word, fit in zip(words, fits, strict=True) if fit <= WORST_FIT_NATS]
        way = _laid(costs, kept, lexicon, lambda done: report(0.5 + 0.5 * done))
        fits = _fits(way)
    if _is_found_by_chance(way, fits):
        raise MienError(
            "text_mismatch",
            "The text does not fit the sound: most of what is heard is not in it.",
            f"Write all that this strip says, {_WITHOUT_TEXT}",
        )
    others = runs_of_true(way.path == OTHER)
    unknown = tuple(
        (first * FRAME_SECONDS, stop * FRAME_SECONDS)
        for first, stop in others
        if (stop - first) * FRAME_SECONDS >= NOTED_SECONDS
    )
    notes += [
        f"Not in the text, so taken from the sound: {start:.1f} to {end:.1f} s."
        for start, end in unknown
    ]
    phones = _text_phones(way, probabilities)
    for first, stop in others:
        phones += _heard_phones(probabilities, first, stop)
    phones.sort(key=lambda span: span.start_seconds)
    report(1.0)
    return TextTimes(tuple(phones), _word_spans(way, fits), tuple(notes), unknown)


def phone_costs(probabilities: Floats) -> Costs:
    """(T, 40) nats of hearing each phone, from its probability and those of its viseme."""
    kin = OWN_SHARE * np.eye(len(PHONES))
    for members in VISEMES.values():
        rows = [PHONES.index(phone) for phone in members]
        kin[np.ix_(rows, rows)] += (1.0 - OWN_SHARE) / len(rows)
    return np.asarray(-np.log(np.maximum(probabilities @ kin, SMALLEST_PROBABILITY)))


def _laid(
    costs: Costs, words: Sequence[Word], lexicon: Lexicon, on_progress: Callable[[float], None]
) -> _Way:
    graph = build_graph(words, lexicon)
    spoken = np.delete(costs, _SIL, axis=1).min(axis=1)
    path = best_path(Heard(costs, costs[:, _SIL], spoken), graph, on_progress)
    if isinstance(path, int):
        raise MienError(
            "text_mismatch",
            f"The sound ends before the text does: at word {path + 1} of {len(words)}, "
            f'"{words[path].text}".',
            f"Write only what this strip says, {_WITHOUT_TEXT}",
        )
    return _Way(words, graph, path, costs)


def _fits(way: _Way) -> list[float]:
    """Nats a frame by which each word is less likely than what is heard."""
    spoken = way.path >= 0
    states = way.path[spoken]
    heard = way.costs[spoken]
    excess = heard[np.arange(len(states)), way.graph.phone[states]] - heard.min(axis=1)
    number = way.graph.word[states]
    count = len(way.words)
    totals = np.bincount(number, excess, count)
    return list(totals / np.maximum(np.bincount(number, minlength=count), 1))


def _is_found_by_chance(way: _Way, fits: list[float]) -> bool:
    """True where a few words lie on look-alikes in a sound that says something else."""
    own, other = np.count_nonzero(way.path >= 0), np.count_nonzero(way.path == OTHER)
    return other > own and float(np.mean(fits)) > WORST_MEAN_NATS


def _text_phones(way: _Way, probabilities: Floats) -> list[Span]:
    found = []
    for first, stop in runs_of_one(way.path):
        state = int(way.path[first])
        if state < 0 or way.graph.optional[state]:
            continue
        phone = int(way.graph.phone[state])
        found.append(
            Span(
                PHONES[phone],
                _edge_seconds(way, first),
                _edge_seconds(way, stop),
                float(probabilities[first:stop, phone].mean()),
            )
        )
    return found


def _edge_seconds(way: _Way, frame: int) -> float:
    """Where between `frame` - 1 and `frame` the one phone becomes less likely than the other."""
    if frame == 0:
        return 0.0
    if frame < len(way.path):
        before, after = (_phone_at(way, at) for at in (frame - 1, frame))
        early = way.costs[frame - 1, after] - way.costs[frame - 1, before]
        late = way.costs[frame, after] - way.costs[frame, before]
        if early > 0.0 > late:
            return float(frame - 1 + early / (early - late)) * FRAME_SECONDS
    return (frame - 0.5) * FRAME_SECONDS


def _phone_at(way: _Way, frame: int) -> int:
    state = int(way.path[frame])
    return int(way.graph.phone[state]) if state >= 0 else _SIL


def _heard_phones(probabilities: Floats, first: int, stop: int) -> list[Span]:
    """Phones as they are heard in frames that the text says nothing of."""
    piece = probabilities[first:stop]
    path = spans.best_path(piece, SWITCH_COST_NATS)
    found = spans.path_spans(path, piece, PHONES, FRAME_SECONDS)
    start = first * FRAME_SECONDS
    return [
        Span(s.label, start + s.start_seconds, start + s.end_seconds, s.confidence)
        for s in found
        if s.label != SILENCE
    ]


def _word_spans(way: _Way, fits: list[float]) -> tuple[Span, ...]:
    frames = np.flatnonzero(way.path >= 0)
    spoken = way.graph.word[way.path[frames]]
    bounds = np.searchsorted(spoken, np.arange(len(way.words) + 1))
    found = []
    for (first, stop), word, fit in zip(
        itertools.pairwise(bounds.tolist()), way.words, fits, strict=True
    ):
        start, end = (_edge_seconds(way, int(at)) for at in (frames[first], frames[stop - 1] + 1))
        found.append(Span(word.text, start, end, float(np.float32(np.exp(-fit)))))
    return tuple(found)


def _named(words: Sequence[Word]) -> str:
    names = ", ".join(f'"{word.text}"' for word in words[:NAMED_WORDS])
    more = len(words) - NAMED_WORDS
    return f"{names} and {more} more" if more > 0 else names
