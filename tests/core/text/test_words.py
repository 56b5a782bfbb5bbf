# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import random
import string

import pytest

from core.errors import MienError
from core.text.graph import chains
from core.text.pronunciation import load_lexicon
from core.text.words import read_words


@pytest.fixture(scope="module")
def lexicon(models_folder):
    return load_lexicon(models_folder)


def readings(text):
    return [[" ".join(reading) for reading in word.readings] for word in read_words(text)]


def spoken(word, lexicon):
    (found,) = read_words(word)
    return [" ".join(chain.phones) for chain in chains(found, lexicon)]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("3", "three"),
        ("1999", "nineteen ninety nine"),
        ("1999", "one thousand nine hundred ninety nine"),
        ("1905", "nineteen oh five"),
        ("2007", "two thousand and seven"),
        ("42", "forty two"),
        ("3,000,000", "three million"),
        ("50%", "fifty percent"),
        ("$5.50", "five dollars and fifty cents"),
        ("$5.50", "five fifty"),
        ("£1", "one pound"),
        ("5.5", "five point five"),
        (".5", "point five"),
        ("60km/h", "sixty kilometers per hour"),
        ("w/o", "without"),
        ("21st", "twenty first"),
        ("1990s", "nineteen nineties"),
        ("10:30", "ten thirty"),
        ("3:05", "three oh five"),
        ("007", "oh oh seven"),
        ("Dr.", "doctor"),
        ("a.m.", "a m"),
        ("U.S.A.", "u s a"),
        ("&", "and"),
        ("café", "cafe"),
        ("don’t", "don't"),
    ],
)
def test_a_written_word_has_its_spoken_reading(written, said):
    (found,) = readings(written)
    assert said in found


def test_punctuation_and_stage_directions_are_not_spoken():
    text = "\"Well... [sighs] it's—how shall I say?—*shrugs* over!\" <beat> (Isn't it?)"
    words = [word.text for word in read_words(text)]
    assert words == ["Well", "it's", "how", "shall", "I", "say", "over", "Isn't", "it"]


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("book", "B UH K"),
        ("Smith's", "S M IH TH S"),
        ("pfft", "P F T"),
        ("Nooooo", "N OW"),
        ("cooool", "K UW L"),
        ("Gandalf", "G AE N D AO L F"),
    ],
)
def test_known_drawn_out_and_unknown_words_have_their_phones(word, phones, lexicon):
    assert phones in spoken(word, lexicon)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("and/or", ["and", "or"]),
        ("1st/2nd", ["first", "second"]),
        ("#1", ["number", "one"]),
        ("1+1=2", ["one", "plus", "one", "equals", "two"]),
        ("9" * 20, ["nine " * 19 + "nine"]),
        ("1" * 5000 + "st", ["one " * 4999 + "one", "st"]),
        ("$" + "1" * 5000, ["one " * 4999 + "one"]),
    ],
)
def test_signs_and_endless_figures_are_read_one_after_the_other(written, said):
    assert [word[0] for word in readings(written)] == said


def test_capitals_may_be_letters_but_not_where_all_is_shouted():
    assert ["fbi", "f b i"] in readings("the FBI")
    assert readings("STOP IT") == [["stop"], ["it"]]


def test_an_unknown_name_is_spelled_out_in_several_ways(lexicon):
    ways = spoken("Zorbla", lexicon)
    assert ways[0].endswith("B L AH")
    assert len(ways) > 3


def test_a_word_with_several_pronunciations_keeps_them(lexicon):
    assert {"R EH D", "R IY D"} <= set(spoken("read", lexicon))


def words_or_none(text):
    try:
        return read_words(text)
    except MienError:
        return ()


def test_any_string_is_read_or_refused_in_words(lexicon):
    letters = string.ascii_letters + "''0123456789$%.,&@:é½²/-[*Ж"
    generator = random.Random(0)
    for _ in range(2000):
        text = "".join(generator.choices(letters, k=generator.randint(1, 10)))
        assert all(chains(word, lexicon) for word in words_or_none(text)), text


@pytest.mark.parametrize("text", ["", " ... ", "[laughs]", "?!"])
def test_a_text_without_words_is_told(text):
    with pytest.raises(MienError, match="no words"):
        read_words(text)


def test_letters_of_another_script_are_told():
    with pytest.raises(MienError, match="Привет"):
        read_words("Привет, мир")
