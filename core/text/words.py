# SPDX-License-Identifier: Apache-2.0
"""A line as it is written -> the words that are spoken, each in all the ways it may be read."""

from __future__ import annotations

import itertools
import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..errors import MienError
from . import numbers

SPOKEN_PATH = Path(__file__).with_name("spoken.json")
# Stage directions: [laughs], *sighs*, <beat>. Round brackets may hold words that are spoken.
DIRECTION = re.compile(r"\[[^\]]*\]|<[^>]*>|(?<!\w)\*[^*]+\*(?!\w)")
SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\\|~…]+|\.{2,}")
AROUND_WORDS = '"“”„«»()[]{}¿¡,;:!?*_^'
FIGURES = re.compile(r"\d")
APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'"})
# Letters that do not fall apart into one of a to z and an accent.
LIGATURES = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ß": "ss", "ð": "th", "þ": "th", "ł": "l"}
)
# Readings of one written word beyond this many are not tried.
MOST_READINGS = 12

NUMBER = re.compile(
    r"(?P<money>[$£€])?(?P<whole>\d[\d,]*)?(?:\.(?P<after>\d+))?(?P<unit>[a-z%°/]*)", re.IGNORECASE
)
CLOCK = re.compile(r"(\d{1,2}):(\d\d)([a-z.]*)", re.IGNORECASE)
ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)", re.IGNORECASE)
DECADE = re.compile(r"'?(\d{2}|\d{4})'?s", re.IGNORECASE)


@dataclass(frozen=True)
class Word:
    """A word of the text.

    Attributes:
        text: as it is written, without punctuation.
        readings: ways to speak it, each in plain words (a to z and the apostrophe); at least one.
    """

    text: str
    readings: tuple[tuple[str, ...], ...]


def read_words(text: str) -> tuple[Word, ...]:
    """The spoken words of a line.

    Words in square brackets, angle brackets or asterisks are directions and are left out.

    Raises:
        MienError: ``text_empty``, when nothing is spoken; ``text_language``, when letters are not
            of the Latin alphabet.
    """
    plain = unicodedata.normalize("NFC", text).translate(APOSTROPHES)
    plain = DIRECTION.sub(" ", plain)
    shouted = plain.upper() == plain
    words: list[Word] = []
    for written in SEPARATORS.split(_hyphened_figures(plain)):
        for stripped in _cut_at_slashes(written.strip(AROUND_WORDS)):
            if any(letter.isalnum() for letter in stripped) or stripped in _tables()["symbols"]:
                words += _words_of(stripped, shouted=shouted)
    if not words:
        raise MienError(
            "text_empty",
            "The text has no words that are spoken.",
            "Write what is said, or leave the text empty: the lips then follow the sound alone.",
        )
    return tuple(words)


def sounds_of(word: str) -> tuple[tuple[str, ...], ...]:
    """Phones of an interjection that no dictionary lists, such as pfft; empty for other words."""
    return tuple(tuple(phones.split()) for phones in _tables()["sounds"].get(word, ()))


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    data = json.loads(SPOKEN_PATH.read_text(encoding="utf-8"))
    return {name: table for name, table in data.items() if name != "about"}


def _hyphened_figures(text: str) -> str:
    """Ranges such as 10-12 lose their hyphen to "to"; 555-1234 is a telephone's and keeps none."""
    return re.sub(r"(?<![\d-])(\d{1,2})\s*[\u2013-]\s*(\d{1,2})(?![\d-])", r"\1 to \2", text)


def _cut_at_slashes(written: str) -> list[str]:
    """and/or are two words; w/o and 60km/h are one."""
    is_number = FIGURES.search(written) and NUMBER.fullmatch(written)
    if is_number or written.lower() in _tables()["abbreviations"]:
        return [written]
    return [piece.strip(AROUND_WORDS) for piece in written.split("/")]


def _words_of(written: str, *, shouted: bool) -> list[Word]:
    lowered = written.lower()
    abbreviation = _tables()["abbreviations"].get(lowered)
    if abbreviation is not None:
        return _word(written, [reading.split() for reading in abbreviation])
    symbol = _tables()["symbols"].get(written)
    if symbol is not None:
        return _word(written, [[reading] for reading in symbol])
    bare = written.strip(".")
    if FIGURES.search(bare):
        figures = _figures(written.rstrip("."))
        return [word for readings in figures for word in _word(bare, readings)]
    # A word, or several around symbols: R&B, me@home.
    pieces = re.split(r"([&@+=#])", bare)
    return [word for piece in pieces if piece for word in _plain(piece, shouted=shouted)]


def _plain(piece: str, *, shouted: bool) -> list[Word]:
    symbol = _tables()["symbols"].get(piece)
    if symbol is not None:
        return _word(piece, [[reading] for reading in symbol])
    if "." in piece:
        # U.S.A., e.g, J.R.R.: letters with points are read one by one.
        parts = [part for part in piece.split(".") if part]
        if all(len(part) == 1 and part.isalpha() for part in parts):
            return _word(piece, [[_latin(part) for part in parts]])
        return [word for part in parts for word in _plain(part, shouted=shouted)]
    spelled = _latin(piece)
    if not spelled.strip("'"):
        return []
    readings = [[spelled]]
    if piece.isupper() and 2 <= len(spelled) <= 5 and not shouted and spelled.isalpha():
        readings.append(list(spelled))
    return _word(piece, readings)


def _figures(written: str) -> list[list[list[str]]]:
    """Readings of each word in something written with figures."""
    if len(FIGURES.findall(written)) > numbers.LONGEST_NUMBER:
        return _piece_by_piece(written)
    if match := CLOCK.fullmatch(written):
        hours, minutes, half = match.groups()
        times = numbers.clock(hours, minutes)
        letters = [letter for letter in half.lower() if letter.isalpha()]
        return [[[*time, *letters] for time in times]]
    if match := ORDINAL.fullmatch(written):
        return [[numbers.ordinal(int(match[1]))]]
    if match := DECADE.fullmatch(written):
        return [numbers.decade(match[1])]
    match = NUMBER.fullmatch(written)
    if match and (match["whole"] or match["after"]):
        readings = _number(match)
        if readings:
            return [readings]
    return _piece_by_piece(written)


def _piece_by_piece(written: str) -> list[list[list[str]]]:
    """Figures, words and symbols one after the other: B2B, 5'11, 3x4, 192.168.0.1, #1, 1+1."""
    symbols = _tables()["symbols"]
    found = []
    for part in re.findall(r"\d+|[^\W\d_]+|[^\w\s]", written):
        if part.isdecimal():
            found.append(numbers.readings(part))
        elif part in symbols:
            found.append([[reading] for reading in symbols[part]])
        elif part.isalpha():
            found.append([[_latin(part)]])
    return found


def _number(match: re.Match[str]) -> list[list[str]]:
    whole, after = (match["whole"] or "").replace(",", ""), match["after"]
    unit = match["unit"].lower()
    units = [reading.split() for reading in _tables()["units"].get(unit, ())] if unit else [[]]
    if not units:
        return []
    if match["money"]:
        amounts = _money(match["money"], whole, after)
    else:
        amounts = numbers.decimal(whole, after) if after else numbers.readings(whole)
    return [[*amount, *named] for amount in amounts for named in units]


def _money(sign: str, whole: str, after: str | None) -> list[list[str]]:
    unit, part = _tables()["money"][sign]
    if after and len(after) != 2:
        return [[*reading, unit + "s"] for reading in numbers.decimal(whole, after)]
    name = unit if whole and int(whole) == 1 else unit + "s"
    amounts = [[*reading, name] for reading in numbers.readings(whole or "0")]
    if not after or not int(after):
        return amounts
    cents = numbers.cardinal(int(after))
    parts = {"penny": "pence"}.get(part, part + "s")
    long = [[*amounts[0], *joint, *cents, parts] for joint in (["and"], [])]
    return [*long, [*amounts[0], *cents], [*numbers.cardinal(int(whole or 0)), *cents]]


def _latin(written: str) -> str:
    """Small letters a to z and apostrophes; accents fall off."""
    lowered = written.lower().translate(LIGATURES)
    apart = unicodedata.normalize("NFKD", lowered)
    strange = [c for c in apart if c.isalpha() and not "a" <= c <= "z"]
    if strange:
        raise MienError(
            "text_language",
            f'The text has "{written}": its letters are not those of English.',
            "Texts can be English only. Take the text away: the lips then follow the sound alone.",
        )
    return "".join(c for c in apart if "a" <= c <= "z" or c == "'")


def _word(text: str, readings: list[list[str]]) -> list[Word]:
    """The word in its readings; none where there is nothing to be spoken (a lone fraction sign)."""
    spoken = [tuple(plain for plain in reading if plain.strip("'")) for reading in readings]
    distinct = dict.fromkeys(reading for reading in spoken if reading)
    return [Word(text, tuple(itertools.islice(distinct, MOST_READINGS)))] if distinct else []
