# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.curves import Span
from core.motion.lip_contacts import SLIP_SECONDS, heard_contacts, told_contacts
from core.motion.phones import BILABIAL, CONTACTS, LABIODENTAL, TONGUE_TIP

STEP = 0.02


def curves(**bumps):
    """(100, 4) zeros with a bump of 0.9 over each named (start s, end s)."""
    table = np.zeros((100, len(CONTACTS)), np.float32)
    for name, (start, end) in bumps.items():
        table[round(start / STEP) : round(end / STEP) + 1, CONTACTS.index(name)] = 0.9
    return table


def test_contacts_are_heard_in_the_order_of_their_starts():
    spans = heard_contacts(curves(labiodental=(0.2, 0.3), bilabial=(1.0, 1.1)), CONTACTS, STEP)
    assert [s.label for s in spans] == [LABIODENTAL, BILABIAL]
    assert spans[1].start_seconds == pytest.approx(0.99, abs=0.011)
    assert spans[1].end_seconds == pytest.approx(1.11, abs=0.011)


def test_text_brings_the_contact_and_the_sound_its_edges():
    told = told_contacts([Span("M", 0.5, 0.6)], curves(bilabial=(0.54, 0.64)), CONTACTS, STEP)
    assert [s.label for s in told] == [BILABIAL]
    assert told[0].start_seconds == pytest.approx(0.53, abs=0.011)
    assert told[0].end_seconds == pytest.approx(0.65, abs=0.011)


def test_a_promised_stop_that_is_not_heard_is_closed_before_its_burst():
    told = told_contacts([Span("P", 0.5, 0.6)], curves(), CONTACTS, STEP)
    assert told[0].start_seconds == 0.5
    assert 0.55 < told[0].end_seconds < 0.6


def test_what_is_heard_elsewhere_is_not_what_the_text_says():
    far = 0.6 + SLIP_SECONDS + 0.1
    told = told_contacts([Span("M", 0.5, 0.6)], curves(bilabial=(far, far + 0.1)), CONTACTS, STEP)
    assert (told[0].start_seconds, told[0].end_seconds) == (0.5, 0.6)


def test_neighbours_that_share_one_closure_are_one_contact():
    phones = [Span("M", 0.5, 0.56), Span("P", 0.56, 0.64), Span("T", 0.64, 0.7)]
    told = told_contacts(phones, curves(bilabial=(0.5, 0.62)), CONTACTS, STEP)
    assert [s.label for s in told] == [BILABIAL, TONGUE_TIP]


def test_phones_without_contact_make_none():
    assert told_contacts([Span("AA", 0.5, 0.6)], curves(bilabial=(0.5, 0.6)), CONTACTS, STEP) == ()


def test_where_the_text_has_no_words_the_sound_decides():
    phones = [Span("M", 0.1, 0.2), Span("M", 0.5, 0.6), Span("AA", 1.0, 1.1)]
    heard = curves(bilabial=(0.1, 0.2), labiodental=(1.0, 1.1))
    told = told_contacts(phones, heard, CONTACTS, STEP, [(0.4, 1.2)])
    assert [s.label for s in told] == [BILABIAL, LABIODENTAL]
    assert told[1].start_seconds == pytest.approx(0.99, abs=0.011)
    assert [s.label for s in told_contacts(phones, heard, CONTACTS, STEP)] == [BILABIAL] * 2
