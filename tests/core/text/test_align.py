# SPDX-License-Identifier: Apache-2.0
"""A text laid over the recording of demo/, whose phones were corrected by eye."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.errors import MienError
from core.motion.phones import PHONES, VISEMES
from core.speech.audio import load_speech
from core.text.align import align_words
from core.text.path import REPORT_FRAMES
from core.text.pronunciation import load_lexicon
from core.text.spoken_text import align_text, read_text

TEXT = (
    'The earliest book printed with movable types, the Gutenberg, or "forty-two line Bible" '
    "of about fourteen fifty-five, has never been surpassed."
)
VISEME_OF = {phone: viseme for viseme, members in VISEMES.items() for phone in members}


def listen(models, samples):
    return models.lip_decoder.curves(models.encoder.encode(samples))[1]


@pytest.fixture(scope="module")
def samples(recording):
    return load_speech(recording).samples


@pytest.fixture(scope="module")
def heard(models, samples):
    return listen(models, samples)


@pytest.fixture(scope="module")
def truth(repository):
    return json.loads((repository / "demo/speech_phones.json").read_text())


def viseme_at(spans, times):
    found = np.full(len(times), "sil", "<U4")
    for start, end, phone in spans:
        found[(times >= start) & (times < end)] = VISEME_OF[phone]
    return found


def agreement(times, truth):
    """Share of the hand-labelled speech in which the aligned viseme is the labelled one."""
    at = np.arange(0.0, 11.0, 0.005)
    spans = [(s.start_seconds, s.end_seconds, s.label) for s in times.phones]
    by_hand, found = viseme_at(truth["phones"], at), viseme_at(spans, at)
    return float((by_hand == found)[by_hand != "sil"].mean())


def test_phones_lie_where_the_hand_labels_say(heard, truth):
    times = align_text(heard, TEXT)
    assert times.notes == ()
    assert agreement(times, truth) > 0.86
    starts = [span.start_seconds for span in times.phones if span.label in VISEMES["PP"]]
    by_hand = [start for start, _, phone in truth["phones"] if phone in VISEMES["PP"]]
    assert len(starts) == len(by_hand)
    errors = np.abs(np.subtract(starts, by_hand))
    assert np.median(errors) < 0.015
    assert errors.max() < 0.06


def test_words_lie_where_the_hand_labels_say(heard, truth):
    words = align_text(heard, TEXT).words
    assert [word.label for word in words][:3] == ["The", "earliest", "book"]
    errors = [
        abs(word.start_seconds - row[0]) for word, row in zip(words, truth["words"], strict=True)
    ]
    assert max(errors) < 0.1


def test_figures_are_found_as_they_are_spoken(heard, truth):
    times = align_text(
        heard, TEXT.replace("forty-two", "42").replace("fourteen fifty-five", "1455")
    )
    assert agreement(times, truth) > 0.86


def test_a_made_up_name_is_found_by_its_spelling(heard):
    times = align_text(heard, TEXT.replace("Gutenberg", "Ghootnburk"))
    word = next(word for word in times.words if word.label == "Ghootnburk")
    assert 3.5 < word.start_seconds < 3.85
    assert word.end_seconds == pytest.approx(4.345, abs=0.12)
    assert any(s.label == "B" and abs(s.start_seconds - 3.97) < 0.05 for s in times.phones)


def test_noise_at_ten_decibels_costs_little(models, samples, truth):
    generator = np.random.default_rng(0)
    noise = generator.normal(0.0, 1.0, len(samples))
    noise *= np.sqrt(np.mean(samples**2) / 10.0)
    times = align_text(listen(models, (samples + noise).astype(np.float32)), TEXT)
    assert agreement(times, truth) > 0.75


def test_what_the_text_lacks_is_taken_from_the_sound_and_said(heard, truth):
    part = TEXT[: TEXT.index("or")]
    times = align_text(heard, part)
    assert any("taken from the sound" in note for note in times.notes)
    assert times.words[-1].end_seconds < 4.6
    assert agreement(times, truth) > 0.8


def test_words_that_nobody_says_are_left_out_and_said(heard, truth):
    times = align_text(heard, TEXT + " And so we went home.")
    assert any("left out" in note and "went" in note for note in times.notes)
    assert "home" not in [word.label for word in times.words]
    assert agreement(times, truth) > 0.85


def spoken(*phones):
    """Phones of 0.6 s each that are heard beyond doubt."""
    numbers = np.repeat([PHONES.index(phone) for phone in phones], 30)
    return np.eye(len(PHONES), dtype=np.float32)[numbers]


def test_one_sound_among_others_is_found():
    times = align_text(spoken("S", "AA", "M", "K", "IY"), "mm")
    (word,) = times.words
    assert (word.start_seconds, word.end_seconds) == pytest.approx((1.2, 1.8), abs=0.02)
    assert "taken from the sound" in times.notes[0]


def test_a_look_alike_among_other_sounds_is_not_the_text():
    doubtful = 0.8 * spoken("S", "AA", "K", "IY", "N") + 0.2 * spoken("S", "AA", "K", "IY", "M")
    with pytest.raises(MienError, match="most of what is heard"):
        align_text(doubtful, "mm")


@pytest.mark.parametrize("text", ["Ho ho ho!", "Na na na na, hey hey!", "Pour! Pour!"])
def test_a_cry_said_again_is_no_other_language(text):
    assert read_text(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Meanwhile somebody has stolen my favourite umbrella.", "text_mismatch"),
        (f"{TEXT} " * 4, "text_mismatch"),
        ("Ich habe den Schlüssel nicht, und sie hat ihn auch nicht.", "text_language"),
        ("Je ne sais pas qui est dans la maison.", "text_language"),
        ("Xqlvd grzmn oprtzk vlgrdn blstrpt.", "text_language"),
        ("これは日本語です", "text_language"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused_with_advice(heard, text, code):
    with pytest.raises(MienError) as told:
        align_text(heard, text)
    assert told.value.code == code
    assert "the text away" in told.value.advice


def test_a_text_over_silence_is_refused(models):
    with pytest.raises(MienError, match="text"):
        align_text(listen(models, np.zeros(48_000, np.float32)), "Hello there, my friend.")


def test_long_texts_take_time_in_proportion(heard):
    once = align_text(heard, TEXT)
    twice = align_text(np.concatenate([heard, heard]), f"{TEXT} {TEXT}")
    assert len(twice.phones) == pytest.approx(2 * len(once.phones), abs=4)
    assert twice.words[-1].end_seconds == pytest.approx(11.0 + once.words[-1].end_seconds, abs=0.05)


@pytest.mark.parametrize("added", ["", " And so we went home."])
def test_both_searches_tell_how_far_they_are(heard, models_folder, added):
    rounds = 2 * REPORT_FRAMES // len(heard) + 1
    words = read_text((TEXT + added) * rounds, models_folder)
    told = []
    align_words(np.tile(heard, (rounds, 1)), words, load_lexicon(models_folder), told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert max(np.diff([0.0, *told])) < (0.3 if added else 0.6)
