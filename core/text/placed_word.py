# SPDX-License-Identifier: Apache-2.0
"""A word whose time is known: which of its phones is spoken when, by the sound in that time."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np

from ..curves import Span
from ..motion.phones import PHONES, SILENCE
from ..runs import runs_of_one
from .align import FRAME_SECONDS, phone_costs
from .graph import build_graph, chains
from .path import Heard, best_path
from .words import read_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .pronunciation import Lexicon

    Floats = NDArray[np.float32]

# Nats a frame of anything but the word: it is there, so all of its time is its own.
_NEVER_NATS = 1e6
# Ways of several words together beyond this many are not listed.
_MOST_WAYS = 256


def place_word(word: Span, probabilities: Floats, lexicon: Lexicon) -> tuple[Span, ...]:
    """Phones that fill a word's span without gaps.

    Args:
        word: the word as it is written, or a few of them, and its time.
        probabilities: (T, 40) of PHONES, frame i at i * 0.02 s.
        lexicon: how words are spoken.

    Raises:
        MienError: ``text_empty`` or ``text_language``, when it is no word.
    """
    words = read_words(word.label)
    first = math.ceil(word.start_seconds / FRAME_SECONDS)
    stop = min(math.ceil(word.end_seconds / FRAME_SECONDS), len(probabilities))
    graph = build_graph(words, lexicon)
    path: NDArray[np.int64] | int = 0
    if stop > first:
        costs = phone_costs(probabilities[first:stop])
        never = np.full(len(costs), _NEVER_NATS)
        path = best_path(Heard(costs, never, never), graph)
    if isinstance(path, int) or (path < 0).any():
        # Less time than phones: each gets its share of it.
        labels = [label for each in words for label in chains(each, lexicon)[0].phones]
        return _spread(word, [label for label in labels if label != SILENCE])
    runs = [(at, int(path[at])) for at, _ in runs_of_one(path)]
    spoken = [(at, PHONES[graph.phone[state]]) for at, state in runs if not graph.optional[state]]
    edges = [(first + at - 0.5) * FRAME_SECONDS for at, _ in spoken[1:]]
    edges = [word.start_seconds, *edges, word.end_seconds]
    return _between(edges, [label for _, label in spoken])


def ways_to_say(text: str, lexicon: Lexicon) -> frozenset[tuple[str, ...]]:
    """The rows of phones that a word, or a few, may be spoken with.

    Raises:
        MienError: ``text_empty`` or ``text_language``, when it is no word.
    """
    of_each = [chains(word, lexicon) for word in read_words(text)]
    combined = itertools.islice(itertools.product(*of_each), _MOST_WAYS)
    return frozenset(
        tuple(phone for chain in row for phone in chain.phones if phone != SILENCE)
        for row in combined
    )


def _spread(word: Span, labels: list[str]) -> tuple[Span, ...]:
    return _between(
        np.linspace(word.start_seconds, word.end_seconds, len(labels) + 1).tolist(), labels
    )


def _between(edges: list[float], labels: list[str]) -> tuple[Span, ...]:
    pairs = zip(itertools.pairwise(edges), labels, strict=True)
    return tuple(Span(label, start, max(start, end)) for (start, end), label in pairs)
