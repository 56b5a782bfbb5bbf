# SPDX-License-Identifier: GPL-3.0-or-later
"""Corrected sounds reach the lips of the keyed face, there and nowhere else, by the real worker."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from bl_ext.devrepo.mien import jobs
from bl_ext.devrepo.mien.line_sounds import clock
from bl_ext.devrepo.mien.operators.correct import tile_of_phone
from line_studio import keyed_columns, labels, marker_at, phones_of
from studio import differences, state, trim

from core.face.arkit import ARKIT_NAMES
from core.face.model import load_face_model

FPS = 24
CLOSED_METRES = 0.5e-3
SHUT = {"P", "B", "M", "F", "V"}
# Lips run into each other, and the emotion on them is slower.
AWAY_FRAMES = 20
# Keys keep to 1 % of a channel's range.
SAME = 0.03

pytestmark = pytest.mark.slow


@pytest.fixture
def spoken(stage):
    """A take of the recording, its strip and face."""
    scene, strip, face = stage
    assert bpy.ops.mien.generate() == {"FINISHED"}
    return scene, strip, face


def done():
    return bpy.context.window_manager.mien.done


def frames_of(scene):
    return range(20, 20 + 11 * FPS)


def gaps(columns):
    """Metres between the lips, a frame each."""
    return load_face_model().lip_gaps(columns).max(axis=1)


def open_vowel(scene, strip, face):
    """Number, first and last frame of a long vowel whose lips stay open, behind no closure."""
    now = clock.of_strip(scene, strip)
    gap = gaps(keyed_columns(face, ARKIT_NAMES, frames_of(scene)))
    found = []
    sounds = phones_of(strip)
    for index, (label, start, end) in enumerate(sounds):
        first, last = now.frame_at(start), now.frame_at(end)
        is_open = label in {"AA", "AE", "AH", "EH", "IH"} and sounds[index - 1][0] not in SHUT
        if is_open and gap[first - 20 : last - 19].min() > 2e-3:
            found.append((end - start, index, first, last))
    return max(found)[1:]


def assert_changed_only_near(before, after, first, last, scene):
    frames = np.array(frames_of(scene))
    away = (frames < first - AWAY_FRAMES) | (frames > last + AWAY_FRAMES)
    assert away.sum() > 100
    assert np.abs(after[away] - before[away]).max() < SAME
    near = (frames >= first) & (frames <= last)
    assert np.abs(after[near] - before[near]).max() > 0.1


def test_a_take_leaves_its_sounds_on_the_strip(spoken):
    _, strip, _ = spoken
    assert len(labels(strip)) > 50
    assert strip.mien.sounds.heard_contacts
    assert strip.mien.sounds.heard_words == ""
    assert not strip.mien.sounds.pending
    whole = phones_of(strip)
    trim(strip, left=72)
    assert bpy.ops.mien.generate() == {"FINISHED"}
    again = phones_of(strip)
    known = [phone for phone in whole if phone[2] < 3.0]
    assert again[: len(known)] == known
    late = {(label, round(start, 1)) for label, start, _ in whole if start > 4.0}
    assert len(late & {(label, round(start, 1)) for label, start, _ in again}) > 0.9 * len(late)


def test_a_phone_renamed_on_its_marker_shuts_the_lips_there(spoken):
    scene, strip, face = spoken
    index, first, last = open_vowel(scene, strip, face)
    before = keyed_columns(face, ARKIT_NAMES, frames_of(scene))
    bpy.ops.mien.sounds_show()
    number = tile_of_phone(strip, index)
    marker = next(m for m in scene.timeline_markers if m.mien.number == number)
    heard = labels(strip)[index]
    marker.name = "b"
    assert bpy.ops.mien.sounds_apply() == {"FINISHED"}
    assert f"Sounds: {heard} became b." in done()
    after = keyed_columns(face, ARKIT_NAMES, frames_of(scene))
    assert gaps(after)[first - 20 : last - 19].min() < CLOSED_METRES
    assert_changed_only_near(before, after, first, last, scene)
    assert labels(strip)[index] == "B"
    assert not strip.mien.sounds.pending
    assert marker_at_number(scene, number).name == "b"


def marker_at_number(scene, number):
    return next(m for m in scene.timeline_markers if m.mien.number == number)


def test_a_dragged_b_shuts_the_lips_where_it_was_dragged(spoken):
    scene, strip, face = spoken
    index, first, last = open_vowel(scene, strip, face)
    bpy.ops.mien.correct_phone(index=index, label="B")
    assert bpy.ops.mien.sounds_apply() == {"FINISHED"}
    now = clock.of_strip(scene, strip)
    _, start, end = phones_of(strip)[index]
    shift = 5
    bpy.ops.mien.correct_phone(
        index=index,
        start_frame=now.frame_at(start) + shift,
        end_frame=now.frame_at(end) + shift,
    )
    assert bpy.ops.mien.sounds_apply() == {"FINISHED"}
    gap = gaps(keyed_columns(face, ARKIT_NAMES, frames_of(scene)))
    closed = np.flatnonzero(gap[first - 20 : last - 19 + shift] < CLOSED_METRES) + first
    assert len(closed)
    assert closed.min() >= first + shift - 2


def test_mama_typed_over_a_span_shuts_the_lips_twice(spoken):
    scene, strip, face = spoken
    _, first, last = open_vowel(scene, strip, face)
    first, last = first - 2, max(last + 2, first + 12)
    before = keyed_columns(face, ARKIT_NAMES, frames_of(scene))
    bpy.ops.mien.correct_word(word="mama", start_frame=first, end_frame=last)
    assert strip.mien.sounds.pending
    assert bpy.ops.mien.sounds_apply() == {"FINISHED"}
    after = keyed_columns(face, ARKIT_NAMES, frames_of(scene))
    closed = gaps(after)[first - 20 : last - 19] < CLOSED_METRES
    assert np.count_nonzero(np.diff(closed.astype(int), prepend=0) > 0) == 2
    assert_changed_only_near(before, after, first, last, scene)
    assert "mama" in [row.word for row in strip.mien.sounds.rows]
    now = clock.of_strip(scene, strip)
    start, end = now.second_at(first), now.second_at(last)
    inside = [p[0] for p in phones_of(strip) if start <= (p[1] + p[2]) / 2 < end]
    assert inside[0] == inside[2] == "M"
    assert len(inside) == 4


def test_reset_gives_the_first_take_back(spoken):
    scene, strip, face = spoken
    before = keyed_columns(face, ARKIT_NAMES, frames_of(scene))
    heard = phones_of(strip)
    index, _, _ = open_vowel(scene, strip, face)
    bpy.ops.mien.correct_phone(index=index, label="B")
    bpy.ops.mien.sounds_apply()
    bpy.ops.mien.sounds_reset()
    assert bpy.ops.mien.sounds_apply() == {"FINISHED"}
    assert phones_of(strip) == heard
    after = keyed_columns(face, ARKIT_NAMES, frames_of(scene))
    assert np.abs(after - before).max() < 2.02 * 0.01


def test_words_of_the_text_are_rows_and_stay_with_their_phones(stage):
    _, strip, _ = stage
    strip.mien.text = "The earliest book printed with movable types, the Gutenberg"
    assert bpy.ops.mien.generate() == {"FINISHED"}
    rows = [row.word for row in strip.mien.sounds.rows]
    assert rows[:3] == ["The", "earliest", "book"]
    bpy.ops.mien.sounds_show()
    names = [marker.name for marker in bpy.context.scene.timeline_markers]
    assert any(name.startswith("|book b") for name in names)


def test_corrections_that_fail_leave_all_as_it_was(spoken):
    scene, strip, face = spoken
    bpy.ops.mien.sounds_show()
    first = marker_at_number(scene, 0)
    first.name = "|中文"
    before = state(face)
    with pytest.raises(RuntimeError):
        bpy.ops.mien.sounds_apply()
    assert differences(before, state(face)) == []
    assert strip.mien.sounds.corrected_words == ""
    assert not jobs.is_running()
    assert marker_at(scene, "|中文") == first
