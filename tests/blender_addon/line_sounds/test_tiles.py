# SPDX-License-Identifier: GPL-3.0-or-later
"""Phones as tiles: dragged, renamed, deleted and split without holes or overlaps."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from bl_ext.devrepo.mien.line_sounds import phones
from bl_ext.devrepo.mien.line_sounds.corrections import Corrections, changed_phones, corrected
from bl_ext.devrepo.mien.line_sounds.spans import (
    SHORTEST_SECONDS,
    Span,
    decode,
    encode,
    inside,
    overlaid,
)
from bl_ext.devrepo.mien.line_sounds.tiles import Edits, edited, spoken, tiled
from bl_ext.devrepo.mien.problems import AnimatorError

LINE = (
    Span("HH", 1.0, 1.1),
    Span("EH", 1.1, 1.3),
    Span("L", 1.3, 1.4),
    Span("OW", 1.4, 1.7),
    Span("M", 2.0, 2.1),
    Span("IY", 2.1, 2.4),
)
# The pause between OW and M is tile 4.
TILES = tiled(LINE)
END = len(TILES)


def rounded(tiles):
    return [(tile.label, round(tile.start, 4), round(tile.end, 4)) for tile in tiles]


def assert_whole(tiles):
    for one, other in pairwise(tiles):
        assert one.end == other.start
        assert one.end > one.start


def test_pauses_fill_what_phones_leave():
    assert [tile.label for tile in TILES] == ["HH", "EH", "L", "OW", "sil", "M", "IY"]
    assert_whole(TILES)
    assert spoken(TILES) == LINE


def test_a_dragged_boundary_takes_both_its_neighbours_along():
    after = edited(TILES, Edits(moved={2: 1.25}))
    assert rounded(after)[1:3] == [("EH", 1.1, 1.25), ("L", 1.25, 1.4)]
    assert rounded(after)[3:] == rounded(TILES)[3:]


def test_a_boundary_dragged_far_pushes_those_behind_it():
    after = edited(TILES, Edits(moved={1: 1.395}))
    assert rounded(after)[:4] == [
        ("HH", 1.0, 1.395),
        ("EH", 1.395, 1.415),
        ("L", 1.415, 1.435),
        ("OW", 1.435, 1.7),
    ]
    after = edited(TILES, Edits(moved={3: 1.05}))
    assert rounded(after)[:3] == [("HH", 0.99, 1.01), ("EH", 1.01, 1.03), ("L", 1.03, 1.05)]


def test_a_pause_may_vanish_but_a_phone_may_not():
    after = edited(TILES, Edits(moved={5: 1.6}))
    assert [tile.label for tile in after] == ["HH", "EH", "L", "OW", "M", "IY"]
    assert rounded(after)[3:5] == [("OW", 1.4, 1.6), ("M", 1.6, 2.1)]


def test_boundaries_dragged_together_keep_their_distances():
    after = edited(
        TILES, Edits(moved={n: tile.start + 0.5 for n, tile in enumerate(TILES)} | {END: 2.9})
    )
    assert rounded(after) == [
        (t, round(s + 0.5, 4), round(e + 0.5, 4)) for t, s, e in rounded(TILES)
    ]


def test_nothing_begins_before_the_sound():
    after = edited(TILES, Edits(moved={1: -3.0}))
    assert after[0].start == 0.0
    assert_whole(after)
    assert min(tile.seconds for tile in after) >= SHORTEST_SECONDS - 1e-9


def test_boundaries_dragged_past_each_other_are_refused():
    with pytest.raises(AnimatorError, match="'l' was dragged to before 'EH'"):
        edited(TILES, Edits(moved={1: 1.35, 2: 1.2}))


def test_any_drags_leave_a_whole_line_in_order():
    random = np.random.default_rng(4)
    for _ in range(300):
        numbers = np.flatnonzero(random.random(END + 1) < 0.4)
        seconds = np.sort(random.uniform(0.5, 3.0, len(numbers)))
        after = edited(
            TILES, Edits(moved=dict(zip(numbers.tolist(), seconds.tolist(), strict=True)))
        )
        assert_whole(after)
        assert [tile.label for tile in spoken(after)] == [phone.label for phone in LINE]
        assert min(tile.seconds for tile in spoken(after)) >= SHORTEST_SECONDS - 1e-9


def test_renamed_deleted_and_added():
    after = edited(TILES, Edits(renamed={1: "AH"}, deleted=frozenset({2}), added=(("P", 2.25),)))
    assert rounded(after) == [
        ("HH", 1.0, 1.1),
        ("AH", 1.1, 1.4),
        ("OW", 1.4, 1.7),
        ("sil", 1.7, 2.0),
        ("M", 2.0, 2.1),
        ("IY", 2.1, 2.25),
        ("P", 2.25, 2.4),
    ]


def test_a_phone_may_become_a_pause_and_a_pause_a_phone():
    after = edited(TILES, Edits(renamed={4: "S"}))
    assert rounded(after)[3:5] == [("OW", 1.4, 1.7), ("S", 1.7, 2.0)]
    after = edited(TILES, Edits(renamed={3: "sil"}))
    assert rounded(after)[3] == ("sil", 1.4, 2.0)


def test_a_phone_added_after_the_line_or_before_it():
    after = edited(TILES, Edits(added=(("S", 2.6), ("P", 0.5))))
    assert rounded(after)[0] == ("P", 0.5, 0.6)
    assert rounded(after)[-1] == ("S", 2.6, 2.7)


def test_a_phone_too_short_to_be_split_says_so():
    short = tiled((Span("AA", 0.0, 0.02), Span("B", 0.02, 0.2)))
    with pytest.raises(AnimatorError, match="too short to be split"):
        edited(short, Edits(added=(("P", 0.01),)))


def test_only_what_changed_is_a_correction_and_gives_the_change_back():
    for edits in (
        Edits(moved={2: 1.25}),
        Edits(moved={0: 1.05}),
        Edits(moved={END: 2.2}),
        Edits(renamed={1: "AH"}),
        Edits(deleted=frozenset({0})),
        Edits(renamed={3: "sil"}),
        Edits(added=(("S", 2.6),)),
        Edits(moved={5: 1.6}),
    ):
        after = edited(TILES, edits)
        changed = changed_phones(TILES, after)
        assert 1 <= len(changed) <= 2
        again = corrected(LINE, Corrections().with_phones(changed))
        assert rounded(again) == rounded(spoken(after)), edits
    assert changed_phones(TILES, TILES) == ()


def test_the_second_correction_goes_on_top_of_the_first():
    one = edited(TILES, Edits(moved={2: 1.25}))
    own = Corrections().with_phones(changed_phones(TILES, one))
    two = edited(tiled(corrected(LINE, own)), Edits(moved={2: 1.2}, renamed={1: "AH"}))
    own = own.with_phones(changed_phones(one, two))
    assert rounded(own.phones) == [("AH", 1.1, 1.2), ("L", 1.2, 1.4)]
    assert rounded(corrected(LINE, own)) == rounded(spoken(two))


def test_a_word_takes_the_place_of_phones_and_words_there():
    own = Corrections((Span("B", 1.1, 1.2), Span("P", 3.0, 3.1)), (Span("hey", 1.0, 1.5),))
    own = own.with_word(Span("mama", 1.0, 1.3))
    assert rounded(own.phones) == [("P", 3.0, 3.1)]
    assert rounded(own.words) == [("mama", 1.0, 1.3), ("hey", 1.3, 1.5)]
    assert own.reset(1.0, 1.2) == Corrections(own.phones, own.words[1:])


def test_a_range_takes_phones_cut_and_words_whole():
    own = Corrections((Span("B", 1.0, 1.2), Span("P", 3.0, 3.1)), (Span("mama", 1.9, 2.5),))
    assert rounded(own.between(1.1, 2.0).phones) == [("B", 1.1, 1.2)]
    assert own.between(1.1, 2.0).words == ()
    assert own.between(1.1, 2.5).words == own.words
    assert not own.between(4.0, 5.0)


def test_spans_come_back_from_their_text():
    assert decode(encode(LINE)) == LINE
    assert encode(()) == ""
    assert decode("") == ()
    assert inside(LINE, 1.39, 1.5) == (Span("OW", 1.4, 1.5),)
    assert rounded(overlaid(LINE[:2], (Span("Z", 1.05, 1.15),))) == [
        ("HH", 1.0, 1.05),
        ("Z", 1.05, 1.15),
        ("EH", 1.15, 1.3),
    ]


def test_phones_are_those_of_the_worker():
    from core.motion.phones import PHONES

    assert {*phones.EXAMPLES, phones.PAUSE} == set(PHONES)


def test_phones_are_read_as_people_write_them():
    assert [phones.read(text) for text in ("hh", " eh1 ", "-", "SIL", "b")] == [
        "HH",
        "EH",
        "sil",
        "sil",
        "B",
    ]
    assert phones.shown("B") == "b"
    assert phones.described("AH") == "AH as in but"
    with pytest.raises(AnimatorError, match="no sound 'xy'"):
        phones.read("xy")
