# SPDX-License-Identifier: Apache-2.0
"""The sounds of other languages as the English phones that look alike.

A sound may allow several phones, as with German in `emodb`; the first is the one it is aligned as. A
gesture of the lips or tongue is certain where all allowed phones make it, absent where none does,
and otherwise unknown: Spanish b between vowels (IPA beta) may close or not.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "ipa_phones.json"
COMBINING_TILDE = "\u0303"
# Length, aspiration, palatalisation, stress and tones: heard, not seen.
UNSEEN = re.compile("[ːʰʲˈˌ→↗↘↓]")


@dataclass(frozen=True)
class Sound:
    """One IPA symbol: the places of its characters in the text, and the phones it may be in turn.

    Attributes:
        first: index of its first character.
        last: index after its last character.
        units: one or two tuples of allowed ARPAbet phones.
    """

    first: int
    last: int
    units: tuple[tuple[str, ...], ...]


def read_words(ipa: str, language: str) -> list[list[Sound]]:
    """The words of an IPA text in Kokoro's notation, each a list of its sounds.

    Args:
        ipa: symbols, stress marks, spaces and punctuation.
        language: two letters; languages may read a symbol in their own way.

    Raises:
        ValueError: a letter is not in data/ipa_phones.json.
    """
    table = _table(language)
    words: list[list[Sound]] = [[]]
    place = 0
    while place < len(ipa):
        length = 2 if ipa[place + 1 : place + 2] == COMBINING_TILDE else 1
        symbol = ipa[place : place + length]
        if symbol in table:
            if table[symbol]:
                words[-1].append(Sound(place, place + length, table[symbol]))
        elif UNSEEN.fullmatch(symbol):
            if words[-1] and words[-1][-1].last == place and symbol not in "ˈˌ":
                sound = words[-1][-1]
                words[-1][-1] = Sound(sound.first, place + 1, sound.units)
        elif symbol[0].isalpha():
            raise ValueError(f"no phone for {symbol!r} in {ipa!r}")
        else:
            words.append([])
        place += length
    return [w for w in words if w]


@cache
def _table(language: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    tables = json.loads(TABLE.read_text(encoding="utf-8"))
    rows = {**tables["any"], **tables.get(language, {})}
    return {s: tuple(tuple(u.split("/")) for u in text.split()) for s, text in rows.items()}
