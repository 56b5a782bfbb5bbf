# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from core.curves import Span
from core.motion.spans import without_rivals

RIVALS = ("bilabial", "labiodental")


def test_of_two_rivals_at_once_the_surer_stays():
    v = [Span("bilabial", 0.15, 0.19, 0.34), Span("labiodental", 0.15, 0.21, 0.94)]
    b = [Span("bilabial", 2.73, 2.82, 0.98), Span("labiodental", 2.73, 2.84, 0.59)]
    assert without_rivals([*v, *b], RIVALS) == [v[1], b[0]]


def test_neighbours_and_other_contacts_stay():
    spans = [
        Span("bilabial", 0.1, 0.2, 0.5),
        Span("labiodental", 0.18, 0.3, 0.9),
        Span("rounding", 0.1, 0.3, 0.95),
        Span("bilabial", 0.28, 0.4, 0.4),
    ]
    assert without_rivals(spans, RIVALS) == spans
