# SPDX-License-Identifier: GPL-3.0-or-later
"""Sounds kept on a strip, shown as markers, and corrected there, in the list and by scripts."""

from __future__ import annotations

import bpy
import pytest
from bl_ext.devrepo.mien.compat import all_strips
from bl_ext.devrepo.mien.line_sounds import clock, correcting, stored
from bl_ext.devrepo.mien.line_sounds.spans import Span
from bl_ext.devrepo.mien.line_sounds.spoken import Errand
from bl_ext.devrepo.mien.strips import map_strip
from line_studio import (
    PHONES,
    WORDS,
    find,
    heard_line,
    in_sequencer,
    labels,
    marker_at,
    marker_list,
    phones_of,
)
from studio import add_sound, move_content, set_speed, trim

SHOWN = [
    (25, "|hello hh"),
    (27, "EH"),
    (32, "l"),
    (35, "OW"),
    (42, "-"),
    (49, "|me m"),
    (51, "IY"),
    (59, "-"),
]


@pytest.fixture
def line(scene, clicks):
    """A strip at frame 1 of 24 a second, so that second s is heard at frame 1 + 24 s."""
    scene.render.fps = 24
    strip = add_sound(scene, clicks)
    heard_line(scene, strip)
    return strip


def said():
    return bpy.context.window_manager.mien.done


def problem():
    return bpy.context.window_manager.mien.problem


def request_part(scene, strip):
    return Errand().corrections_of_request(strip, map_strip(scene, strip))


def corrected(strip):
    own = stored.corrections_of(strip.mien.sounds)
    return [(s.label, round(s.start, 3), round(s.end, 3)) for s in (*own.phones, *own.words)]


def test_words_and_phones_become_markers_and_go_again(scene, line):
    mine = scene.timeline_markers.new("AH", frame=30)
    assert bpy.ops.mien.sounds_show() == {"FINISHED"}
    assert marker_list(scene) == sorted([*SHOWN, (30, "AH")])
    assert bpy.ops.mien.sounds_show(phones=False, contacts=True) == {"FINISHED"}
    assert marker_list(scene) == [
        (25, "|hello"),
        (30, "AH"),
        (37, "round["),
        (42, "]round"),
        (49, "lips["),
        (49, "|me"),
        (51, "]lips"),
    ]
    assert bpy.ops.mien.sounds_hide() == {"FINISHED"}
    assert list(scene.timeline_markers) == [mine]


def test_a_dragged_marker_moves_a_boundary_and_is_told(scene, line):
    bpy.ops.mien.sounds_show()
    marker_at(scene, "l").frame += 1
    marker_at(scene, "|me m").frame -= 1
    own, changes = read_markers(scene, line)
    assert changes == ["moved l 1 frame later", "moved m 1 frame earlier"]
    assert [(s.label, round(s.start, 3), round(s.end, 3)) for s in own.phones] == [
        ("EH", 1.1, 1.342),
        ("L", 1.342, 1.4),
        ("M", 1.958, 2.1),
    ]
    assert corrected(line) == []


def read_markers(scene, strip):
    return correcting.correct_by_markers(scene, strip)


def test_markers_can_be_renamed_deleted_and_duplicated(scene, line):
    bpy.ops.mien.sounds_show()
    marker_at(scene, "EH").name = "ah"
    marker_at(scene, "|me m").name = "|you y"
    scene.timeline_markers.remove(marker_at(scene, "l"))
    last = marker_at(scene, "IY")
    copy = scene.timeline_markers.new("uw", frame=55)
    for name in ("strip", "kind", "number", "second", "frame", "shown_name"):
        setattr(copy.mien, name, getattr(last.mien, name))
    own, changes = read_markers(scene, line)
    assert changes == ["EH became AH", "removed l", "m became y", "added UW", "'me' became 'you'"]
    assert [(s.label, round(s.start, 2), round(s.end, 2)) for s in own.phones] == [("AH", 1.1, 1.4)]
    assert [(s.label, s.start, s.end) for s in own.words] == [("you", 2.0, 2.4)]


def test_a_marker_with_the_name_of_no_sound_is_refused(scene, line):
    bpy.ops.mien.sounds_show()
    marker_at(scene, "EH").name = "qq"
    with pytest.raises(RuntimeError, match="no sound 'qq'"):
        bpy.ops.mien.sounds_apply()
    assert corrected(line) == []


def test_word_markers_alone_move_words(scene, line):
    bpy.ops.mien.sounds_show(phones=False)
    marker_at(scene, "|hello").name = "|mama"
    marker_at(scene, "|me").frame -= 3
    own, changes = read_markers(scene, line)
    assert changes == ["'hello' became 'mama'", "moved 'me'"]
    assert [(s.label, round(s.start, 3), round(s.end, 3)) for s in own.words] == [
        ("mama", 1.0, 1.7),
        ("me", 1.875, 2.4),
    ]


def test_markers_follow_a_strip_that_moved_and_keep_what_was_dragged(scene, line):
    bpy.ops.mien.sounds_show()
    marker_at(scene, "l").frame += 2
    move_content(line, 101)
    line.name = "Renamed"
    assert bpy.ops.mien.sounds_show(strip="Renamed") == {"FINISHED"}
    moved = [(frame + 100 + 2 * (name == "l"), name) for frame, name in SHOWN]
    assert marker_list(scene) == moved
    _, changes = read_markers(scene, line)
    assert changes == ["moved l 2 frames later"]


def test_a_copied_strip_has_sounds_and_markers_of_its_own(scene, line):
    bpy.ops.mien.sounds_show()
    bpy.ops.mien.correct_phone(index=1, label="AH")
    line.select = True
    with in_sequencer():
        assert bpy.ops.sequencer.duplicate() == {"FINISHED"}
    copy = next(strip for strip in all_strips(scene) if strip != line)
    copy.name = "Copy"
    bpy.ops.mien.correct_phone(strip="Copy", index=0, label="P")
    assert labels(copy)[:2] == ["P", "AH"]
    assert labels(line)[:2] == ["HH", "AH"]
    count = len(scene.timeline_markers)
    bpy.ops.mien.sounds_show(strip="Copy")
    assert len(scene.timeline_markers) == 2 * count
    bpy.ops.mien.sounds_hide(strip="Line 1")
    assert {marker.mien.strip for marker in scene.timeline_markers} == {"Copy"}


def test_scripts_correct_phones_by_number_and_frames(scene, line):
    assert bpy.ops.mien.correct_phone(strip="Line 1", index=1, label="AH", end_frame=31) == {
        "FINISHED"
    }
    assert corrected(line) == [("AH", 1.1, 1.25), ("L", 1.25, 1.4)]
    assert bpy.ops.mien.nudge_phone(index=4, edge="END", frames=-1) == {"FINISHED"}
    assert phones_of(line)[4] == ("M", 2.0, pytest.approx(2.1 - 1 / 24, abs=1e-4))
    assert bpy.ops.mien.add_phone(label="S", start_frame=61) == {"FINISHED"}
    assert phones_of(line)[-1] == ("S", 2.5, 2.6)
    assert bpy.ops.mien.remove_phone(index=0) == {"FINISHED"}
    assert labels(line) == ["AH", "L", "OW", "M", "IY", "S"]
    assert line.mien.sounds.pending
    with pytest.raises(RuntimeError, match="no phone 9"):
        bpy.ops.mien.correct_phone(index=9, label="AH")


def test_scripts_correct_words_and_take_them_back(scene, line):
    assert bpy.ops.mien.correct_word(word="mama", start_frame=25, end_frame=42) == {"FINISHED"}
    assert said().startswith("'Line 1': 'hello' became 'mama'")
    assert [row.word for row in line.mien.sounds.rows] == ["mama", "me"]
    line.mien.sounds.run_first, line.mien.sounds.run_last = 0, 1
    assert bpy.ops.mien.correct_word(word="knee") == {"FINISHED"}
    assert corrected(line)[1] == ("knee", 2.0, 2.4)
    assert bpy.ops.mien.sounds_reset(row=1) == {"FINISHED"}
    assert [row.word for row in line.mien.sounds.rows] == ["mama", "me"]
    assert bpy.ops.mien.sounds_reset() == {"FINISHED"}
    assert corrected(line) == []
    assert [row.word for row in line.mien.sounds.rows] == ["hello", "me"]
    for word, part in (("123", "no word"), ("x" * 99, "too long")):
        with pytest.raises(RuntimeError, match=part):
            bpy.ops.mien.correct_word(word=word, start_frame=25, end_frame=42)


def test_phones_of_a_word_that_was_not_spoken_yet_are_not_known(scene, line):
    bpy.ops.mien.correct_word(word="mama", start_frame=25, end_frame=42)
    assert labels(line) == ["M", "IY"]
    bpy.ops.mien.sounds_show()
    assert marker_at(scene, "|mama").frame == 25
    heard_line(
        scene,
        line,
        phones=(Span("M", 1.0, 1.2), Span("AA", 1.2, 1.7), *PHONES[4:]),
        words=(Span("mama", 1.0, 1 + 17 / 24), WORDS[1]),
    )
    assert labels(line) == ["M", "AA", "M", "IY"]


def test_a_word_typed_into_the_list_is_a_correction(scene, line):
    rows = line.mien.sounds.rows
    rows[0].word = "mama"
    assert corrected(line) == [("mama", 1.0, 1.7)]
    rows[1].word = "..."
    assert "no word" in problem()
    assert [row.word for row in rows] == ["mama", "me"]
    rows[0].word = ""
    assert corrected(line) == []
    assert [row.word for row in rows] == ["hello", "me"]


def test_without_a_text_rows_are_runs_of_phones_between_pauses(scene, line):
    heard_line(scene, line, words=())
    rows = line.mien.sounds.rows
    assert [(row.word, round(row.start_seconds, 3), round(row.end_seconds, 3)) for row in rows] == [
        ("", 1.0, 1.7),
        ("", 2.0, 2.4),
    ]
    rows[1].word = "me"
    assert corrected(line) == [("me", 2.0, 2.4)]
    assert [row.word for row in rows] == ["", "me"]


def test_the_request_counts_from_the_strips_first_frame(scene, line):
    assert request_part(scene, line) == {}
    bpy.ops.mien.correct_phone(index=5, label="AA")
    bpy.ops.mien.correct_phone(index=3, label="sil")
    bpy.ops.mien.correct_word(word="hell", start_frame=25, end_frame=34)
    trim(line, left=36)
    part = request_part(scene, line)
    assert set(part) == {"phones", "phone_stretches"}
    assert part["phones"] == [["AA", pytest.approx(0.6), pytest.approx(0.9)]]
    assert part["phone_stretches"] == [
        [pytest.approx(0.0, abs=1e-6), pytest.approx(0.2)],
        [pytest.approx(0.6), pytest.approx(0.9)],
    ]
    trim(line)
    part = request_part(scene, line)
    assert part["words"] == [["hell", pytest.approx(1.0), pytest.approx(1.375)]]


def test_sounds_survive_moving_trimming_and_retiming(scene, line):
    bpy.ops.mien.correct_phone(index=1, label="AH")
    for change in (
        lambda: move_content(line, 51),
        lambda: trim(line, left=10, right=20),
        lambda: trim(line),
        lambda: set_speed(scene, line, 200),
    ):
        change()
        assert phones_of(line)[1] == ("AH", 1.1, 1.3)
        assert bpy.ops.mien.sounds_show() == {"FINISHED"}
    frame = marker_at(scene, "AH").frame
    if hasattr(line, "retiming_keys"):
        assert abs(frame - (51 + 24 * 1.1 / 2)) <= 1
    scene.render.fps = 48
    assert clock.when_drawn(scene, line) is None


def test_sounds_are_saved_and_undone(scene, line, tmp_path):
    bpy.ops.ed.undo_push(message="heard")
    bpy.ops.mien.correct_phone(index=1, label="AH")
    bpy.ops.ed.undo_push(message="corrected")
    bpy.ops.mien.correct_phone(index=0, label="P")
    bpy.ops.ed.undo_push(message="again")
    bpy.ops.ed.undo()
    assert labels(find())[:2] == ["HH", "AH"]
    bpy.ops.mien.sounds_show()
    path = str(tmp_path / "scene.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.wm.open_mainfile(filepath=path)
    strip = find()
    assert labels(strip)[:2] == ["HH", "AH"]
    assert [row.word for row in strip.mien.sounds.rows] == ["hello", "me"]
    assert len(marker_list(bpy.context.scene)) == len(SHOWN)
    bpy.ops.mien.sounds_hide()
    assert not bpy.context.scene.timeline_markers


def test_another_sound_is_not_spoken_with_these_corrections(scene, line, recording):
    bpy.ops.mien.correct_phone(index=1, label="AH")
    line.sound.filepath = str(recording)
    with pytest.raises(RuntimeError, match="were corrected in clicks"):
        bpy.ops.mien.correct_phone(index=1, label="EH")
    assert bpy.ops.mien.sounds_reset() == {"FINISHED"}
    assert not line.mien.sounds.rows
    assert request_part(scene, line) == {}


def test_a_strip_without_a_take_says_so(scene, clicks):
    add_sound(scene, clicks)
    with pytest.raises(RuntimeError, match="Press Generate once"):
        bpy.ops.mien.sounds_show()


def test_phones_are_what_was_heard(line):
    assert phones_of(line) == [(p.label, p.start, p.end) for p in PHONES]
