# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import pytest

from core.motion.phones import PHONES
from core.training.foreign_phones import TABLE, read_words
from core.training.foreign_spelling import pinyin_ipa, romaji_ipa, untie


def first_phones(ipa, language="es"):
    return [[u[0] for s in word for u in s.units] for word in read_words(ipa, language)]


def test_every_look_alike_is_a_phone_of_the_decoder():
    for rows in json.loads(TABLE.read_text(encoding="utf-8")).values():
        for text in rows.values():
            assert set("/".join(text.split()).split("/")) - {""} <= set(PHONES)


def test_words_are_split_at_spaces_and_punctuation_and_stress_is_not_a_sound():
    assert first_phones("pˈan, poɾ") == [["P", "AA", "N"], ["P", "OW", "D"]]


def test_a_nasal_vowel_is_one_sound_of_two_letters():
    (word,) = read_words("p\u025b\u0303", "fr")
    assert (word[1].first, word[1].last) == (1, 3)


def test_length_belongs_to_the_sound_before_it():
    (word,) = read_words("aːp", "hi")
    assert [(s.first, s.last) for s in word] == [(0, 2), (2, 3)]


def test_a_language_may_read_a_letter_in_its_own_way():
    assert first_phones("y", "pt") == [["IY"]]
    assert first_phones("y", "fr") == [["UW"]]


def test_an_unknown_letter_is_said_so():
    with pytest.raises(ValueError, match="no phone for"):
        read_words("pʘa", "es")


def test_ties_become_kokoros_letters():
    assert untie("bʊond^ʒˈɔrno") == "bʊonʤˈɔrno"


@pytest.mark.parametrize(
    ("text", "ipa"),
    [
        ("ohayoo", "ohajoː"),
        ("shizumu", "ɕizɯmɯ"),
        ("fune", "ɸɯne"),
        ("kippu", "kiʔpɯ"),
        ("pyoko", "pʲoko"),
        ("zenbu", "zeɴbɯ"),
        ("hito", "çito"),
    ],
)
def test_romaji(text, ipa):
    assert romaji_ipa(text) == ipa


@pytest.mark.parametrize(
    ("text", "ipa"),
    [
        ("wo3", "wo↓"),
        ("yu3", "y↓"),
        ("yue4", "ɥe↘"),
        ("you3", "jou↓"),
        ("wei4", "wei↘"),
        ("qu4", "ʨʰy↘"),
        ("shi2", "ʂɨ↗"),
        ("po1", "pʰwo→"),
        ("wan3", "wa↓n"),
        ("er4", "ɚ↘"),
        ("yuan2", "ɥɛ↗n"),
    ],
)
def test_pinyin(text, ipa):
    assert pinyin_ipa(text) == ipa
