# SPDX-License-Identifier: Apache-2.0
"""How a word that no dictionary knows may be spoken, letter by letter: names above all.

Each letter is read as in the longest context of letters around it that the rules know
(core/training/learn_spelling.py). Rules keep how often each reading is right, so that several
pronunciations come out, and the sound decides between them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

Reading = tuple[str, float]
"""Phone codes, one character a phone, and the share of the cases in which they are right."""

EDGE = "_"
# Letters looked at (before, after), from the shortest context to the longest.
CONTEXTS = ((0, 0), (0, 1), (1, 1), (1, 2), (2, 2), (2, 3), (3, 3), (4, 4))
WIDEST = 4
SPELLINGS_KEPT = 24


def context_key(word: str, place: int, before: int, after: int) -> str:
    """The letters around one of a word; the letter itself in capitals."""
    padded = EDGE * WIDEST + word + EDGE * WIDEST
    at = place + WIDEST
    return f"{padded[at - before : at]}{word[place].upper()}{padded[at + 1 : at + 1 + after]}"


def spell(
    word: str, rules: Mapping[str, tuple[Reading, ...]], most: int
) -> list[tuple[str, float]]:
    """The likeliest pronunciations of a word of small letters, best first.

    Args:
        word: a to z and the apostrophe.
        rules: readings by the context that `context_key` names; every single letter is in it.
        most: how many pronunciations at most.

    Returns:
        (phone codes, cost in nats) with costs of 0 and more; none without a phone.
    """
    kept: dict[str, float] = {"": 0.0}
    for place in range(len(word)):
        grown: dict[str, float] = {}
        for codes, cost in kept.items():
            for reading, share in _readings(word, place, rules):
                longer = codes + reading
                grown[longer] = min(grown.get(longer, math.inf), cost - math.log(share))
        kept = dict(sorted(grown.items(), key=_by_cost)[:SPELLINGS_KEPT])
    found = [(codes, cost) for codes, cost in kept.items() if codes]
    return sorted(found, key=_by_cost)[:most]


def _readings(
    word: str, place: int, rules: Mapping[str, tuple[Reading, ...]]
) -> tuple[Reading, ...]:
    for before, after in reversed(CONTEXTS):
        found = rules.get(context_key(word, place, before, after))
        if found is not None:
            return found
    raise KeyError(f"no rule for {word[place]!r}")


def _by_cost(entry: tuple[str, float]) -> float:
    return entry[1]
