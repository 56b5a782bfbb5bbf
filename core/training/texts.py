# SPDX-License-Identifier: Apache-2.0
"""Texts for synthetic voices: written sentences, and strings of dictionary words rich in lip sounds.

Sentences give natural rhythm; word strings give every phone in every neighbourhood, because the
mouth's shape at a phone depends on the phones beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

DATA = Path(__file__).parent / "data"
# Phones that the lips make; two of three words of a string hold at least one of them.
LIP_PHONES = frozenset(
    {"P", "B", "M", "F", "V", "W", "UW", "OW", "UH", "OY", "SH", "CH", "JH", "ZH"}
)
LIP_WORD_SHARE = 0.67
END_MARKS = (".", ".", "?", "!")
SHORTEST_WORD, LONGEST_WORD = 3, 10


def read_lines(name: str) -> list[str]:
    """The lines of a text file of data/: sentences, sentences_lively, sentences_frames, names."""
    return (DATA / f"{name}.txt").read_text(encoding="utf-8").split("\n")[:-1]


def split_words(dictionary: dict[str, list[str]]) -> tuple[list[str], list[str]]:
    """Words with and words without lip phones.

    Args:
        dictionary: word -> its ARPAbet phones.
    """
    usable = [w for w in sorted(dictionary) if _is_usable(w)]
    lip = [w for w in usable if LIP_PHONES.intersection(dictionary[w])]
    lip_set = set(lip)
    return lip, [w for w in usable if w not in lip_set]


def word_string(
    generator: np.random.Generator, lip_words: list[str], other_words: list[str], count: int
) -> str:
    """A line of `count` words with a comma at a random place and a random end mark."""
    words = [
        str(generator.choice(lip_words if generator.random() < LIP_WORD_SHARE else other_words))
        for _ in range(count)
    ]
    comma = int(generator.integers(1, count)) if count > 1 else 0
    if comma:
        words[comma - 1] += ","
    return " ".join(words).capitalize() + str(generator.choice(END_MARKS))


def _is_usable(word: str) -> bool:
    return word.isascii() and word.isalpha() and SHORTEST_WORD <= len(word) <= LONGEST_WORD
