# SPDX-License-Identifier: Apache-2.0
"""Closures seen and named, against toy labels."""

from __future__ import annotations

import math

import numpy as np
import pytest
from lip_toys import answer, clip, shut_during, sounds

from benchmarks.lip_closures import (
    BILABIAL,
    edge_errors,
    false_closures,
    named_precision,
    named_recall,
    named_timing,
    seen_recall,
    seen_timing,
)

LABELS = ((BILABIAL, 0.5, 0.6), (BILABIAL, 1.5, 1.6), (BILABIAL, 2.5, 2.6), (BILABIAL, 3.5, 3.6))
VOWELS = (("a", 0.8, 1.0), ("a", 1.8, 2.0))


def labelled(name="a"):
    whole = sounds(("aa", 0.0, 4.0))
    return clip(
        name,
        contacts=LABELS,
        contact_kinds=(BILABIAL,),
        open_vowels=VOWELS,
        sounds=whole,
    )


def test_closures_that_show_are_counted():
    pairs = [(labelled(), answer(shut_during((0.5, 0.6), (1.55, 1.57), (2.65, 2.7))))]
    assert seen_recall(pairs).value == pytest.approx(0.5)


def test_nearly_shut_is_not_shut():
    half = shut_during((0.5, 0.6)) + 0.2 * (10.0 - shut_during((1.5, 1.6), (2.5, 2.6)))
    assert seen_recall([(labelled(), answer(half))]).value == pytest.approx(0.25)


def test_an_open_vowel_that_shuts_inside_is_false_but_not_at_its_edges():
    inside = [(labelled(), answer(shut_during((0.88, 0.92), (0.5, 0.6))))]
    edges = [(labelled(), answer(shut_during((0.7, 0.81), (0.5, 0.6))))]
    assert false_closures(inside).value == pytest.approx(0.5)
    assert false_closures(edges).value == 0.0


def test_a_systems_lip_gap_goes_before_its_opening():
    pairs = [(labelled(), answer(lip_gap=shut_during((0.5, 0.6), (1.5, 1.6))))]
    assert seen_recall(pairs).value == pytest.approx(0.5)


def test_edges_of_what_shows_are_timed():
    pairs = [(labelled(), answer(shut_during(*((a + 0.05, b + 0.05) for _, a, b in LABELS))))]
    assert seen_timing(pairs).value == pytest.approx(0.05, abs=0.01)


def test_named_contacts_have_recall_precision_and_timing():
    said = (
        (BILABIAL, 0.52, 0.6),
        (BILABIAL, 1.52, 1.6),
        (BILABIAL, 2.1, 2.2),
        (BILABIAL, 3.62, 3.7),
        ("labiodental", 2.5, 2.6),
    )
    pairs = [(labelled(), answer(contacts=said))]
    assert named_recall(pairs, BILABIAL).value == pytest.approx(0.5)
    # The last lies 20 ms beside its label: late, not false.
    assert named_precision(pairs, BILABIAL).value == pytest.approx(0.75)
    assert named_timing(pairs, BILABIAL).value == pytest.approx(0.01, abs=1e-6)


def test_what_labels_do_not_name_is_not_measured():
    pairs = [(labelled(), answer(contacts=(("rounding", 0.5, 0.6),)))]
    assert math.isnan(named_recall(pairs, "rounding").value)
    assert math.isnan(named_precision(pairs, "rounding").value)


def test_named_contacts_outside_the_labelled_time_do_not_count():
    short = clip(contacts=LABELS[:1], contact_kinds=(BILABIAL,), sounds=sounds(("aa", 0.0, 1.0)))
    said = ((BILABIAL, 0.5, 0.6), (BILABIAL, 1.5, 1.6))
    assert named_precision([(short, answer(contacts=said))], BILABIAL).value == 1.0


def test_a_clip_whose_labels_are_all_cut_off_counts_nowhere():
    empty = clip("empty", contact_kinds=(BILABIAL,))
    pairs = [(empty, answer(contacts=())), (labelled(), answer(contacts=LABELS))]
    assert named_recall(pairs, BILABIAL).value == 1.0
    assert named_precision(pairs, BILABIAL).value == 1.0


def test_of_two_that_overlap_the_longer_is_timed():
    found = [(BILABIAL, 0.4, 0.51), (BILABIAL, 0.52, 0.63)]
    assert edge_errors([(BILABIAL, 0.5, 0.6)], found) == pytest.approx([0.02, 0.03])


def test_the_interval_holds_the_figure_and_shrinks_with_more_clips():
    rng = np.random.default_rng(0)

    def figure_of(count):
        pairs = []
        for number in range(count):
            made = [(a, b) for _, a, b in LABELS if rng.random() < 0.7]
            named = labelled(name=str(number))
            pairs.append((named, answer(shut_during((3.9, 4.0), *made))))
        return seen_recall(pairs)

    few, many = figure_of(8), figure_of(80)
    assert few.low <= few.value <= few.high
    assert many.high - many.low < few.high - few.low
