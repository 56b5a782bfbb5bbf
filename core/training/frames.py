# SPDX-License-Identifier: Apache-2.0
"""Sentence frames with slots for names, words, numbers, prices, dates and times, all spelled out.

Numbers are written as words because the aligner's dictionary knows no digits.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

DATA = Path(__file__).parent / "data"
ONES = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ORDINALS = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
)
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
MINUTES = ("o'clock", "five", "ten", "fifteen", "twenty", "thirty", "forty five", "fifty five")
MOST_NUMBER = 1_000_000
LONGEST_DIGITS = 7


def spell(number: int) -> str:
    """A whole number from 0 to 999,999 in English words.

    Raises:
        ValueError: outside of that range.
    """
    if not 0 <= number < MOST_NUMBER:
        raise ValueError(f"{number} is not between 0 and {MOST_NUMBER - 1}")
    if number < len(ONES):
        return ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return f"{TENS[tens - 2]} {ONES[ones]}" if ones else TENS[tens - 2]
    unit, name = (100, "hundred") if number < 1000 else (1000, "thousand")
    head, rest = divmod(number, unit)
    return f"{spell(head)} {name} {spell(rest)}" if rest else f"{spell(head)} {name}"


def fill_frame(
    generator: np.random.Generator,
    frame: str,
    words: dict[str, list[str]],
) -> str:
    """A frame with its slots filled by chance.

    Args:
        generator: all chance comes from it.
        frame: text with {name}, {lip}, {word}, {small}, {number}, {digits}, {price}, {date}, {time}.
        words: fillings of the slots name, lip and word.
    """

    def fill(found: re.Match[str]) -> str:
        slot = found.group(1)
        if slot in words:
            return str(generator.choice(words[slot]))
        return _number_slot(generator, slot)

    filled = re.sub(r"\{(\w+)\}", fill, frame)
    return filled[0].upper() + filled[1:]


def _number_slot(generator: np.random.Generator, slot: str) -> str:
    def up_to(limit: int) -> int:
        return int(generator.integers(1, limit + 1))

    if slot == "small":
        return spell(up_to(20))
    if slot == "number":
        return spell(int(10.0 ** generator.uniform(1.0, 5.9)))
    if slot == "digits":
        return " ".join(
            ONES[int(d)] for d in generator.integers(0, 10, 2 + up_to(LONGEST_DIGITS - 2))
        )
    if slot == "price":
        return f"{spell(up_to(99) + 1)} dollars {spell(up_to(99))}"
    if slot == "date":
        year = f"{spell(16 + up_to(4))} {spell(10 + up_to(89))}"
        return f"the {generator.choice(ORDINALS)} of {generator.choice(MONTHS)} {year}"
    if slot == "time":
        return f"{ONES[up_to(12)]} {generator.choice(MINUTES)}"
    raise ValueError(f"no slot {{{slot}}}")
