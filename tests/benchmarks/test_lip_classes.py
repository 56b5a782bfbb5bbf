# SPDX-License-Identifier: Apache-2.0
"""Frames of visemes and of Rhubarb's mouths, against toy labels."""

from __future__ import annotations

import pytest
from lip_toys import answer, clip, sounds

from benchmarks.lip_classes import (
    best_viseme_lag,
    confusions,
    mouth_accuracy,
    viseme_accuracy,
)

ROWS = (("aa", 0.0, 1.0), ("PP", 1.0, 1.2), ("E I", 1.2, 2.0), ("sil", 2.0, 3.0))


def test_speech_frames_alone_count_and_any_allowed_viseme_is_right():
    said = (("aa", 0.0, 0.5), ("PP", 1.0, 1.2), ("I", 1.2, 2.0), ("aa", 2.0, 3.0))
    pairs = [(clip(sounds=sounds(*ROWS)), answer(visemes=said))]
    assert viseme_accuracy(pairs).value == pytest.approx(0.75)


def test_frames_at_edges_can_be_left_out():
    said = (("aa", 0.0, 0.98), ("PP", 0.98, 1.2), ("E", 1.2, 2.0))
    pairs = [(clip(sounds=sounds(*ROWS)), answer(visemes=said))]
    assert viseme_accuracy(pairs).value == pytest.approx(0.99)
    assert viseme_accuracy(pairs, without_edges=True).value > 0.98


def test_the_best_lag_finds_a_late_system():
    late = tuple((v.split()[0], a + 0.06, b + 0.06) for v, a, b in ROWS[:3])
    pairs = [(clip(sounds=sounds(*ROWS)), answer(visemes=late))]
    lag, figure = best_viseme_lag(pairs)
    assert lag == pytest.approx(-0.06)
    assert figure.value == pytest.approx(1.0)
    assert viseme_accuracy(pairs).value < 0.95


def test_nothing_said_is_silence_and_wrong():
    assert viseme_accuracy([(clip(sounds=sounds(*ROWS)), answer(visemes=()))]).value == 0.0


def test_mouths_of_rhubarb_and_visemes_are_judged_alike():
    labelled = clip(sounds=sounds(*ROWS))
    drawn = (("C", 0.0, 1.0), ("A", 1.0, 1.2), ("B", 1.2, 2.0))
    own = (("aa", 0.0, 1.0), ("PP", 1.0, 1.2), ("I", 1.2, 2.0))
    assert mouth_accuracy([(labelled, answer(mouths=drawn))]).value == 1.0
    assert mouth_accuracy([(labelled, answer(visemes=own))]).value == 1.0
    assert mouth_accuracy([(labelled, answer(mouths=drawn[:1]))]).value == pytest.approx(0.5)


def test_confusions_say_what_was_heard():
    said = (("aa", 0.0, 0.5), ("E", 0.5, 1.0), ("FF", 1.0, 1.2))
    table = confusions([(clip(sounds=sounds(*ROWS)), answer(visemes=said))])
    assert table["aa"] == {"aa": 25, "E": 25}
    assert table["PP"] == {"FF": 10}
