# SPDX-License-Identifier: Apache-2.0
"""Phones and words put right by hand change the lips where they are, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from core.corrections import Corrections, corrected_phones, read_corrections
from core.curves import Span
from core.direction import Direction
from core.errors import MienError
from core.hearing import hear
from core.motion.corrected_lips import changed_stretches, phone_mouths
from core.motion.phones import BILABIAL, PHONES
from core.performance import perform_heard
from core.text.pronunciation import load_lexicon

FPS = 60.0
CLOSED_METRES = 0.5e-3
AWAY_SECONDS = 0.5


def silent_report(_fraction, _stage):
    pass


@pytest.fixture(scope="module")
def heard(recording, models):
    return hear(recording, models, silent_report)


@pytest.fixture(scope="module")
def spoken(heard, models):
    """Performances of the recording: spoken(phones=..., words=..., text=...)."""

    def make(phones=None, words=None, text=None, **direction):
        return perform_heard(
            heard,
            Direction(**direction),
            FPS,
            models,
            silent_report,
            text=text,
            corrections=read_corrections(phones, words),
        )

    return make


@pytest.fixture(scope="module")
def plain(spoken):
    return spoken()


def as_lists(spans):
    return [[span.label, span.start_seconds, span.end_seconds] for span in spans]


def gap_metres(take, models):
    return models.face.lip_gaps(take.lips[:, :52]).max(axis=1)


def closed_in(take, models, start, end):
    inside = (take.time_seconds >= start) & (take.time_seconds <= end)
    return gap_metres(take, models)[inside].min() < CLOSED_METRES


def assert_same_away(one, other, start, end):
    away = (one.time_seconds < start - AWAY_SECONDS) | (one.time_seconds > end + AWAY_SECONDS)
    assert away.sum() > 100
    assert one.lips[away].tobytes() == other.lips[away].tobytes()
    assert np.array_equal(one.mouths[away], other.mouths[away])
    # What feelings do to the mouth is slower than speech and reaches a little further.
    assert np.abs(one.values[away] - other.values[away]).max() < 2e-3


def open_vowel(take, models):
    """The longest open vowel with open lips all through it."""
    gap = gap_metres(take, models)
    vowels = [
        span
        for span in take.phones
        if span.label in {"AA", "AE", "AH", "EH", "IH"}
        and gap[
            (take.time_seconds >= span.start_seconds) & (take.time_seconds <= span.end_seconds)
        ].min()
        > 2e-3
    ]
    return max(vowels, key=lambda span: span.end_seconds - span.start_seconds)


def test_the_heard_phones_told_again_change_nothing(plain, spoken):
    again = spoken(phones=as_lists(plain.phones))
    assert again.lips.tobytes() == plain.lips.tobytes()
    assert again.values.tobytes() == plain.values.tobytes()
    assert again.phones == plain.phones
    assert again.contacts == plain.contacts


@pytest.mark.parametrize("label", ["P", "B", "M"])
@pytest.mark.parametrize("articulation", [0.0, 1.0, 2.0])
def test_a_closure_comes_where_it_is_told(label, articulation, spoken, models):
    before = spoken(articulation=articulation)
    vowel = open_vowel(before, models)
    start, end = vowel.start_seconds, vowel.end_seconds
    told = [
        [label if span is vowel else span.label, span.start_seconds, span.end_seconds]
        for span in before.phones
    ]
    take = spoken(phones=told, articulation=articulation)
    assert not closed_in(before, models, start, end)
    assert closed_in(take, models, start, end)
    assert [s.label for s in take.contacts if s.start_seconds == start] == [BILABIAL]
    assert_same_away(take, before, start, end)
    assert [span.label for span in take.phones if span.start_seconds == start] == [label]


def test_a_closure_that_is_not_spoken_opens(plain, spoken, models):
    inside = plain.phones[3:-3]
    closure = next(
        span
        for span in inside
        if span.label in {"B", "P", "M"}
        and closed_in(plain, models, span.start_seconds, span.end_seconds)
    )
    told = [
        ["AA" if span is closure else span.label, span.start_seconds, span.end_seconds]
        for span in plain.phones
    ]
    take = spoken(phones=told)
    middle = (closure.start_seconds + closure.end_seconds) / 2
    frame = round(middle * FPS)
    assert gap_metres(take, models)[frame] > 2e-3
    assert_same_away(take, plain, closure.start_seconds, closure.end_seconds)


def test_a_moved_boundary_moves_the_closure(plain, spoken, models):
    number, closure = next(
        (number, span)
        for number, span in enumerate(plain.phones[5:], 5)
        if span.label in {"B", "P", "M"}
        and plain.phones[number - 1].end_seconds == span.start_seconds
        and span.start_seconds - plain.phones[number - 1].start_seconds > 0.07
    )
    told = as_lists(plain.phones)
    earlier = closure.start_seconds - 0.06
    told[number - 1][2] = told[number][1] = earlier
    take = spoken(phones=told)
    contact = next(s for s in take.contacts if s.label == BILABIAL and s.start_seconds == earlier)
    assert contact.end_seconds > closure.start_seconds
    assert closed_in(take, models, earlier, closure.start_seconds + 1e-3)
    assert_same_away(take, plain, earlier, closure.end_seconds)


def test_a_word_is_spoken_where_it_is_typed(plain, spoken, models):
    # "earliest" is typed over as "umbrella", whose lips meet once.
    words = [["umbrella", 0.55, 1.0]]
    take = spoken(words=words)
    inside = [s for s in take.phones if 0.55 <= s.start_seconds < 1.0]
    assert " ".join(s.label for s in inside) == "AH M B R EH L AH"
    assert inside[0].start_seconds == 0.55
    assert inside[-1].end_seconds == 1.0
    m, b = inside[1:3]
    assert closed_in(take, models, m.start_seconds, b.end_seconds)
    assert [(w.label, w.start_seconds, w.end_seconds) for w in take.words] == [
        ("umbrella", 0.55, 1.0)
    ]
    assert_same_away(take, plain, 0.55, 1.0)
    assert take.meta["corrections"] == {"words": words}


def test_a_word_in_silence_opens_the_mouth(spoken, models, plain):
    last = plain.phones[-1].end_seconds
    start, end = last + 0.05, 10.95
    assert end - start > 0.3
    take = spoken(words=[["far", start, end]])
    inside = (take.time_seconds > start) & (take.time_seconds < end)
    opened = gap_metres(take, models)[inside].max() - gap_metres(plain, models)[inside].max()
    assert opened > 2e-3
    (contact,) = [s for s in take.contacts if s.start_seconds >= start and s.label == "labiodental"]
    assert contact.start_seconds == start


def test_a_word_of_a_text_is_put_right(spoken):
    text = (
        "The earliest book printed with movable types, the Gutenberg, or forty-two line Bible of "
        "about fourteen fifty-five, has never been surpassed."
    )
    before = spoken(text=text)
    book = next(word for word in before.words if word.label == "book")
    take = spoken(text=text, words=[["poem", book.start_seconds, book.end_seconds]])
    labels = [word.label for word in take.words]
    assert labels == [("poem" if w.label == "book" else w.label) for w in before.words]
    assert_same_away(take, before, book.start_seconds, book.end_seconds)


def test_phones_moved_by_hand_in_a_typed_word_stay(plain, spoken):
    words = [["umbrella", 0.55, 1.0]]
    phones = as_lists(spoken(words=words).phones)
    number = next(n for n, phone in enumerate(phones) if phone[0] == "B" and 0.55 < phone[1] < 1.0)
    phones[number - 1][2] = phones[number][1] = phones[number][1] + 0.01
    take = spoken(phones=phones, words=words)
    assert as_lists(take.phones) == phones
    # Another word typed over them is laid anew.
    other = spoken(phones=phones, words=[["papers", 0.55, 1.0]])
    inside = [s.label for s in other.phones if 0.55 <= s.start_seconds < 1.0]
    assert " ".join(inside) == "P EY P ER Z"


def test_a_word_longer_than_its_time_is_spread_over_it(spoken):
    take = spoken(words=[["extraordinary", 2.0, 2.1]])
    inside = [s for s in take.phones if 2.0 <= s.start_seconds < 2.1 - 1e-9]
    assert len(inside) >= 10
    assert inside[-1].end_seconds == pytest.approx(2.1)


def test_nobody_speaks_where_all_phones_are_taken_away(spoken):
    take = spoken(phones=[])
    assert take.phones == ()
    assert set(take.mouths) == {"X"}
    assert take.visemes[:, 0].min() == 1.0
    middle = slice(int(2 * FPS), int(9 * FPS))
    assert np.abs(take.lips[middle]).max() < 1e-3


@pytest.mark.parametrize(
    ("phones", "part"),
    [
        ("P", "no list"),
        ([["P", 0.1]], "no phone with its times"),
        ([["P", 0.1, "b"]], "no phone with its times"),
        ([["P", 0.1, float("nan")]], "no phone with its times"),
        ([["sil", 0.1, 0.2]], "no phone"),
        ([["AA1", 0.1, 0.2]], "no phone"),
        ([["P", 0.3, 0.2]], "goes from"),
        ([["P", -0.1, 0.2]], "goes from"),
        ([["P", 0.5, 0.6], ["AA", 0.1, 0.2]], "comes after"),
        ([["P", 0.1, 0.4], ["AA", 0.3, 0.6]], "overlap"),
    ],
)
def test_phones_that_cannot_be_are_refused(phones, part):
    with pytest.raises(MienError, match=part) as told:
        read_corrections(phones, None)
    assert told.value.code == "bad_phones"
    assert told.value.advice


def test_what_lies_outside_the_sound_is_refused(spoken):
    for kind, change in (("phones", [["AA", 10.5, 11.5]]), ("words", [["far", 11.5, 12.0]])):
        with pytest.raises(MienError, match="behind the end") as told:
            spoken(**{kind: change})
        assert told.value.code == f"bad_{kind}"


def test_a_word_that_is_none_is_refused(spoken):
    with pytest.raises(MienError) as told:
        spoken(words=[["...", 1.0, 1.5]])
    assert told.value.code == "text_empty"


def test_stretches_that_changed():
    base = (Span("P", 0.1, 0.2), Span("AA", 0.2, 0.4), Span("T", 0.5, 0.6))
    assert changed_stretches(base, base) == []
    moved = (Span("P", 0.1, 0.25), Span("AA", 0.25, 0.4), Span("T", 0.5, 0.6))
    assert changed_stretches(base, moved) == [(0.2, 0.25)]
    assert changed_stretches(base, base[:2]) == [(0.5, 0.6)]
    assert changed_stretches((), base[2:]) == [(0.5, 0.6)]
    longer = (*base, Span("S", 0.6, 0.7))
    assert changed_stretches(base, longer) == [(0.6, 0.7)]


def put_right(base, models_folder, **corrections):
    told = corrected_phones(
        base,
        read_corrections(
            corrections.get("phones"), corrections.get("words"), corrections.get("stretches")
        ),
        np.full((50, len(PHONES)), 1 / len(PHONES), np.float32),
        load_lexicon(models_folder),
    )
    return as_lists(told)


def test_phones_of_a_stretch_leave_the_heard_ones_beside_it(models_folder):
    base = (Span("IY", 0.0, 0.3, 0.5), Span("S", 0.3, 0.5, 0.5), Span("OW", 0.5, 0.9, 0.5))
    told = put_right(
        base, models_folder, phones=[["Z", 0.35, 0.5]], stretches=[[0.35, 0.5]], words=None
    )
    assert told == [["IY", 0.0, 0.3], ["Z", 0.35, 0.5], ["OW", 0.5, 0.9]]
    told = put_right(base, models_folder, phones=[], stretches=[[0.2, 0.5]])
    assert told == [["IY", 0.0, 0.2], ["OW", 0.5, 0.9]]


def test_phones_of_a_stretch_go_on_top_of_a_word(models_folder):
    base = (Span("IY", 0.0, 0.3, 0.5), Span("S", 0.3, 0.5, 0.5), Span("OW", 0.5, 0.9, 0.5))
    told = put_right(
        base,
        models_folder,
        words=[["me", 0.3, 0.5]],
        phones=[["B", 0.3, 0.38]],
        stretches=[[0.3, 0.38]],
    )
    assert [label for label, _, _ in told] == ["IY", "B", "IY", "OW"]
    assert told[1][1:] == [0.3, 0.38]
    assert told[2][1:] == [pytest.approx(0.39, abs=0.02), 0.5]


@pytest.mark.parametrize("stretches", ["all", [0.1], [[0.3, 0.2]], [[0.1, 0.4], [0.3, 0.5]]])
def test_stretches_that_cannot_be_are_refused(stretches):
    with pytest.raises(MienError) as told:
        read_corrections([], None, stretches)
    assert told.value.code == "bad_phones"


def test_neighbours_of_a_typed_word_are_cut_at_its_ends(models_folder):
    base = (Span("IY", 0.0, 0.3, 0.5), Span("S", 0.3, 0.5, 0.5), Span("OW", 0.5, 0.9, 0.5))
    told = corrected_phones(
        base,
        Corrections(words=(Span("me", 0.25, 0.55),)),
        np.full((50, len(PHONES)), 1 / len(PHONES), np.float32),
        load_lexicon(models_folder),
    )
    assert [span.label for span in told] == ["IY", "M", "IY", "OW"]
    assert [told[0].end_seconds, told[-1].start_seconds] == [0.25, 0.55]


def test_usual_mouths_are_those_of_their_phones(models):
    names = models.lip_decoder.mouth_channels
    mouths = dict(zip(PHONES, phone_mouths(names), strict=True))
    jaw, pucker = names.index("jawOpen"), names.index("mouthPucker")
    assert mouths["AA"][jaw] > mouths["IY"][jaw] > mouths["sil"][jaw]
    assert mouths["UW"][pucker] > mouths["IY"][pucker]
    assert all((row >= 0.0).all() and (row <= 1.0).all() for row in mouths.values())
