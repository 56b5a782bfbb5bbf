# SPDX-License-Identifier: Apache-2.0
"""Figures -> the words they are spoken with, in all usual ways: 1999, 3rd, 10:30, 5.5."""

from __future__ import annotations

_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"))
_IRREGULAR_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
# Longer figures are read digit by digit.
LONGEST_NUMBER = 15


def cardinal(number: int, *, with_and: bool = False) -> list[str]:
    """Words of a whole number from 0; `with_and` puts the British and before tens and ones."""
    if number < 20:
        return [_SMALL[number]]
    if number < 100:
        tens, ones = divmod(number, 10)
        return [_TENS[tens - 2], *([_SMALL[ones]] if ones else [])]
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        joint = ["and"] if with_and else []
        tail = [*joint, *cardinal(rest)] if rest else []
        return [_SMALL[hundreds], "hundred", *tail]
    scale, name = next(entry for entry in _SCALES if number >= entry[0])
    many, rest = divmod(number, scale)
    joint = ["and"] if with_and and 0 < rest < 100 else []
    tail = [*joint, *cardinal(rest, with_and=with_and)] if rest else []
    return [*cardinal(many, with_and=with_and), name, *tail]


def ordinal(number: int) -> list[str]:
    """Words of the number in a row: 21 is twenty first."""
    *head, last = cardinal(number)
    if last in _IRREGULAR_ORDINALS:
        return [*head, _IRREGULAR_ORDINALS[last]]
    return [*head, last[:-1] + "ieth" if last.endswith("y") else last + "th"]


def digits(figures: str, *, oh: bool = False) -> list[str]:
    """Each figure for itself; `oh` says oh for 0, as in telephone numbers."""
    return ["oh" if oh and figure == "0" else _SMALL[int(figure)] for figure in figures]


def readings(figures: str) -> list[list[str]]:
    """The usual ways to speak a whole number written in figures, the likeliest first."""
    if len(figures) > LONGEST_NUMBER or (figures[0] == "0" and len(figures) > 1):
        return _distinct([digits(figures), digits(figures, oh=True)])
    number = int(figures)
    found = [cardinal(number), cardinal(number, with_and=True)]
    if len(figures) == 4:
        pairs = pair_reading(figures)
        found = [*pairs, *found] if 1100 <= number < 2100 else [*found, *pairs]
    if len(figures) == 3:
        found.append([_SMALL[number // 100], *_pair(figures[1:])])
    if len(figures) >= 3:
        found += [digits(figures), digits(figures, oh=True)]
    return _distinct(found)


def pair_reading(figures: str) -> list[list[str]]:
    """Four figures as years and house numbers are read: 1905, nineteen oh five."""
    if figures[2:] == "00":
        hundreds = [*cardinal(int(figures[:2])), "hundred"]
        return [] if figures[1] == "0" else [hundreds]
    return [[*cardinal(int(figures[:2])), *_pair(figures[2:])]]


def decimal(whole: str, after: str) -> list[list[str]]:
    """A number with a point: 5.50 is five point five zero, or five fifty."""
    exact = [*cardinal(int(whole or 0)), "point", *digits(after)]
    found = [exact, [*cardinal(int(whole or 0)), "point", *digits(after, oh=True)]]
    if not int(whole or 0):
        found.append(["point", *digits(after)])
    if len(after) == 2:
        found.append([*cardinal(int(whole or 0)), *_pair(after)])
    return _distinct(found)


def clock(hours: str, minutes: str) -> list[list[str]]:
    """A time of day: 10:30, 3:05, 12:00."""
    hour = cardinal(int(hours))
    if int(minutes) == 0:
        return [[*hour, "o'clock"], hour, [*hour, "hundred"]]
    return [[*hour, *_pair(minutes)]]


def decade(figures: str) -> list[list[str]]:
    """1990s, 90s: the last word in the plural."""
    tens = int(figures[-2:])
    last = (
        cardinal(tens)[-1].removesuffix("y") + "ies"
        if tens >= 20 and tens % 10 == 0
        else ("hundreds" if tens == 0 else cardinal(tens)[-1] + "s")
    )
    return [[*cardinal(int(figures[:2])), last]] if len(figures) == 4 else [[last]]


def _pair(figures: str) -> list[str]:
    """Two figures after others: 05 is oh five, 42 is forty two, 00 is hundred."""
    if figures == "00":
        return ["hundred"]
    return ["oh", _SMALL[int(figures[1])]] if figures[0] == "0" else cardinal(int(figures))


def _distinct(found: list[list[str]]) -> list[list[str]]:
    return [words for i, words in enumerate(found) if words not in found[:i]]
