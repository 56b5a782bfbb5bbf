# SPDX-License-Identifier: Apache-2.0
"""What may be heard where a text is spoken: chains of phones, word after word, with gaps between.

Every word is a bundle of chains, one a pronunciation. Before each word and after the last lies a
gap: nothing at all, a pause, or other sounds (a laugh, a cough, words that are not in the text).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..motion.phones import PHONES, SILENCE
from .pronunciation import Lexicon, Pronunciation
from .words import Word, sounds_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Chains of one word: beyond this many the costlier ones are not tried.
MOST_CHAINS = 16
# The same letter three times and more.
LONG_RUN = re.compile(r"(.)\1{2,}")
# A second way of reading a figure or an abbreviation is a little less usual than the first.
READING_COST_NATS = 1.0


@dataclass(frozen=True, eq=False)
class Graph:
    """Chains of all words in one row.

    Attributes:
        phone: (S,) index into PHONES of each state.
        follows: (S,) True where a state follows the one before it in the same chain.
        optional: (S,) True for a pause inside a chain (between the words of a figure).
        word: (S,) number of the state's word.
        chain_start: (C,) state of each chain's first phone.
        chain_end: (C,) state of each chain's last phone.
        chain_cost: (C,) nats.
        first_chain: (W,) first of each word's chains.
    """

    phone: NDArray[np.int64]
    follows: NDArray[np.bool_]
    optional: NDArray[np.bool_]
    word: NDArray[np.int64]
    chain_start: NDArray[np.int64]
    chain_end: NDArray[np.int64]
    chain_cost: NDArray[np.float64]
    first_chain: NDArray[np.int64]


def build_graph(words: Sequence[Word], lexicon: Lexicon) -> Graph:
    """Chains of the words of a text, in their order."""
    phones: list[int] = []
    follows: list[bool] = []
    word_of: list[int] = []
    starts: list[int] = []
    costs: list[float] = []
    first_chain: list[int] = []
    for number, word in enumerate(words):
        first_chain.append(len(starts))
        for chain in chains(word, lexicon):
            starts.append(len(phones))
            costs.append(chain.cost)
            phones += [PHONES.index(phone) for phone in chain.phones]
            follows += [place > 0 for place in range(len(chain.phones))]
            word_of += [number] * len(chain.phones)
    phone = np.array(phones)
    return Graph(
        phone=phone,
        follows=np.array(follows),
        optional=phone == PHONES.index(SILENCE),
        word=np.array(word_of),
        chain_start=np.array(starts),
        chain_end=np.array([*starts[1:], len(phones)]) - 1,
        chain_cost=np.array(costs),
        first_chain=np.array(first_chain),
    )


def chains(word: Word, lexicon: Lexicon) -> list[Pronunciation]:
    """All ways to speak one written word, the likeliest first; at least one.

    A pause may lie between the words of a figure; the phone there is silence.
    """
    found: dict[tuple[str, ...], float] = {}
    for rank, reading in enumerate(word.readings):
        spoken = [_pronunciations(plain, lexicon) for plain in reading]
        for parts in itertools.islice(itertools.product(*spoken), MOST_CHAINS):
            phones = tuple(_joined([part.phones for part in parts]))
            cost = sum(part.cost for part in parts) + READING_COST_NATS * min(rank, 1)
            found[phones] = min(cost, found.get(phones, cost))
    cheapest = sorted(found.items(), key=lambda entry: entry[1])[:MOST_CHAINS]
    return [Pronunciation(phones, cost) for phones, cost in cheapest]


def _joined(parts: list[tuple[str, ...]]) -> list[str]:
    phones = list(parts[0])
    for part in parts[1:]:
        phones += [SILENCE, *part]
    return phones


def _pronunciations(plain: str, lexicon: Lexicon) -> tuple[Pronunciation, ...]:
    forms = (plain,) if is_listed(plain, lexicon) else _shortened(plain)
    listed = [form for form in forms if is_listed(form, lexicon)]
    if not listed:
        return lexicon.speak(plain)
    return tuple(said for form in listed for said in _listed(form, lexicon))


def is_listed(plain: str, lexicon: Lexicon) -> bool:
    """True if a word's pronunciation need not be guessed."""
    return lexicon.knows(plain) or bool(sounds_of(plain))


def _listed(plain: str, lexicon: Lexicon) -> tuple[Pronunciation, ...]:
    sounds = sounds_of(plain)
    return tuple(Pronunciation(phones, 0.0) for phones in sounds) or lexicon.speak(plain)


def _shortened(plain: str) -> tuple[str, ...]:
    """A drawn out word without its length: cooool is cool or col, nooo is noo or no."""
    return tuple(LONG_RUN.sub(r"\1" * count, plain) for count in (2, 1))
