# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import itertools

import pytest

from core.text.spelling import context_key, spell
from core.training.learn_spelling import learn, match, packed

SOUNDS = {"b": "B", "t": "T", "m": "M", "sh": "S", "a": "A", "i": "I", "o": "O"}


def toy_words():
    """A tongue in which sh is one sound and an e at the end is silent and makes the vowel long."""
    words = {}
    consonants = ("b", "t", "m", "sh")
    for before, first, vowel, last in itertools.product(
        ("", "bo", "ti"), consonants, "aio", consonants
    ):
        codes = SOUNDS[first] + SOUNDS[vowel] + SOUNDS[last]
        head = before.upper()
        words[before + first + vowel + last] = [head + codes]
        words[before + first + vowel + last + "e"] = [
            head + codes.replace(codes[1], codes[1].lower())
        ]
    return words


@pytest.fixture(scope="module")
def rules():
    return learn(toy_words())


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        ("shamob", "SAMOB"),
        ("bitosh", "BITOS"),
        ("tobame", "TOBaM"),
        ("mot", "MOT"),
        ("mote", "MoT"),
    ],
)
def test_words_that_were_never_seen_are_spelled_by_what_was(word, codes, rules):
    assert spell(word, rules, 8)[0][0] == codes


def test_costs_rise_and_no_spelling_comes_twice(rules):
    found = spell("shatome", rules, 8)
    assert [cost for _, cost in found] == sorted(cost for _, cost in found)
    assert len({codes for codes, _ in found}) == len(found)


def test_letters_are_matched_with_their_phones():
    shares = {"s": {"S": 0.9, "": 0.1}, "h": {"": 0.9, "H": 0.1}, "o": {"O": 1.0}}
    assert match("sho", "SO", shares) == ["S", "", "O"]
    assert match("o", "OOO", shares) is None


def test_contexts_name_the_letter_and_its_neighbours():
    assert context_key("cat", 1, 2, 3) == "_cAt__"
    assert packed((("K", 0.931), ("", 0.069))) == "K:93,:7"
