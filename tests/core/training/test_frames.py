# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.training.frames import fill_frame, spell
from core.training.texts import read_lines

WORDS = {"lip": ["move"], "word": ["house"], "name": ["Phoebe"]}


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (19, "nineteen"),
        (40, "forty"),
        (99, "ninety nine"),
        (100, "one hundred"),
        (512, "five hundred twelve"),
        (70_004, "seventy thousand four"),
        (999_999, "nine hundred ninety nine thousand nine hundred ninety nine"),
    ],
)
def test_numbers_are_spelled(number, words):
    assert spell(number) == words


def test_numbers_out_of_range_are_refused():
    with pytest.raises(ValueError, match="not between"):
        spell(1_000_000)


def test_every_frame_is_filled_without_digits_or_slots():
    for seed, frame in enumerate(read_lines("sentences_frames")):
        text = fill_frame(np.random.default_rng(seed), frame, WORDS)
        assert not set(text) & set("{}0123456789"), text
        assert text[0].isupper()


def test_the_same_seed_fills_alike():
    frames = [fill_frame(np.random.default_rng(4), "{digits} {date}", WORDS) for _ in range(2)]
    assert frames[0] == frames[1]
