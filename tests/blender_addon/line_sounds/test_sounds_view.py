# SPDX-License-Identifier: GPL-3.0-or-later
"""Sounds drawn under their strips: boxes in their places, on and off without a trace."""

from __future__ import annotations

import bpy
from bl_ext.devrepo.mien.line_sounds import boxes, spans, view
from bl_ext.devrepo.mien.line_sounds.boxes import Kept
from bl_ext.devrepo.mien.line_sounds.spans import Span
from line_studio import CONTACTS, PHONES, WORDS
from studio import PACKAGE


def kept(phones=PHONES, words=WORDS, contacts=CONTACTS, corrected=()):
    return Kept(
        spans.encode(phones),
        spans.encode(words),
        spans.encode(contacts),
        spans.encode(corrected),
        "",
    )


def at_100_pixels_a_second(second):
    return 100.0 * second


def test_each_sound_has_its_box_in_the_row_of_its_kind():
    found = boxes.boxes(kept(), at_100_pixels_a_second, 500, 2.0)
    assert [(box.text, round(box.left), round(box.right)) for box in found if box.text] == [
        ("hello", 100, 170),
        ("me", 200, 240),
        ("hh", 100, 110),
        ("EH", 110, 130),
        ("l", 130, 140),
        ("OW", 140, 170),
        ("m", 200, 210),
        ("IY", 210, 240),
    ]
    assert {(box.top, box.bottom) for box in found} == {(0, 32), (32, 64), (64, 74)}
    assert [box.colour for box in found[-2:]] == [
        boxes.CONTACTS["rounding"],
        boxes.CONTACTS["bilabial"],
    ]


def test_only_what_is_in_sight_has_a_box():
    found = boxes.boxes(kept(), at_100_pixels_a_second, 105, 1.0)
    assert [box.text for box in found] == ["hello", "hh"]
    assert boxes.boxes(kept(), lambda second: 100 * second - 900, 500, 1.0) == []


def test_a_far_view_has_few_boxes():
    many = tuple(Span("AA", n * 0.1, n * 0.1 + 0.1) for n in range(6000))
    found = boxes.boxes(kept(phones=many), lambda second: second, 600, 1.0)
    assert len(found) < 600


def test_corrected_sounds_stand_out():
    found = boxes.boxes(kept(corrected=(Span("AH", 1.1, 1.3),)), at_100_pixels_a_second, 500, 1.0)
    assert [box.text for box in found if box.colour == boxes.CORRECTED] == ["AH"]


def test_it_is_switched_on_and_off_and_goes_with_the_addon():
    manager = bpy.context.window_manager
    manager.mien_sounds_shown = True
    assert len(view._handlers) == 2
    manager.mien_sounds_shown = False
    assert view._handlers == []
    manager.mien_sounds_shown = True
    bpy.ops.preferences.addon_disable(module=PACKAGE)
    assert view._handlers == []
    bpy.ops.preferences.addon_enable(module=PACKAGE)
