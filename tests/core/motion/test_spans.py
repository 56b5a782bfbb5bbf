# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import time

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


def test_a_faint_neighbour_is_a_slip_and_a_sure_one_is_not():
    slip = [Span("bilabial", 4.73, 4.77, 0.25), Span("labiodental", 4.78, 4.95, 1.0)]
    obvious = [Span("bilabial", 1.0, 1.06, 0.9), Span("labiodental", 1.07, 1.15, 0.8)]
    assert without_rivals([*slip, *obvious], RIVALS) == [slip[1], *obvious]


def test_half_an_hour_of_rivals_is_no_wait():
    spans = [Span(RIVALS[n % 2], 0.2 * n, 0.2 * n + 0.15, 0.9) for n in range(9000)]
    begun = time.process_time()
    assert without_rivals(spans, RIVALS) == spans
    # Every pair would be 20 million.
    assert time.process_time() - begun < 2.0
