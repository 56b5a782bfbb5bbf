# SPDX-License-Identifier: GPL-3.0-or-later
"""A strip keeps its takes when it is renamed; its copies and whatever takes its name do not get them."""

from __future__ import annotations

import bpy
import pytest
from bl_ext.devrepo.mien import take_list, takes
from studio import add_sound, move_content
from take_studio import FRAMES, HEARD, key_of, key_take


@pytest.fixture
def strip(scene, face, recording, performance):
    """A strip with a take."""
    scene.mien.target = face
    found = add_sound(scene, recording)
    make(found, face, performance)
    return found


def make(strip, face, performance, **order):
    made = {"strip_id": takes.identify(strip), "direction": {"seed": 0}}
    key_take(strip.name, HEARD, performance(FRAMES), face, None, made=made, **order)


def count(scene, name):
    return len(take_list.listed(scene.mien, name))


def copy_of(scene, strip, recording, channel):
    """As Shift+D makes it: what is on the strip comes along."""
    found = add_sound(scene, recording, name=strip.name, channel=channel)
    found.mien.identity = strip.mien.identity
    return found


def test_a_renamed_strip_keeps_its_takes(scene, face, strip, performance):
    strip.name = "Opening"
    move_content(strip, 40)
    assert (count(scene, "Line 1"), count(scene, "Opening")) == (0, 1)
    make(strip, face, performance)
    assert len(takes.take_ids_on(key_of(face))) == 1


def test_another_strip_of_the_old_name_has_none_of_them(scene, face, strip, recording):
    strip.name = "Opening"
    add_sound(scene, recording, name="Line 1", channel=2)
    assert (count(scene, "Line 1"), count(scene, "Opening")) == (0, 1)


def test_a_copy_gets_takes_of_its_own(scene, face, strip, recording, performance):
    copy = copy_of(scene, strip, recording, 2)
    assert (count(scene, strip.name), count(scene, copy.name)) == (1, 0)
    make(copy, face, performance)
    assert copy.mien.identity != strip.mien.identity
    make(strip, face, performance, beside=True)
    assert (count(scene, strip.name), count(scene, copy.name)) == (2, 1)


def test_a_deleted_strips_take_goes_by_its_last_name(scene, strip):
    editor = scene.sequence_editor
    (editor.strips if hasattr(editor, "strips") else editor.sequences).remove(strip)
    assert count(scene, "Line 1") == 1


def test_identities_are_saved(scene, strip, tmp_path):
    strip.name = "Opening"
    path = tmp_path / "file.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.open_mainfile(filepath=str(path))
    assert count(bpy.context.scene, "Opening") == 1


def test_a_strip_renamed_while_its_take_is_made_gets_it(stage):
    from bl_ext.devrepo.mien import performing

    scene, strip, face = stage
    job = performing.start(bpy.context, scene.mien, strip.name)
    strip.name = "Opening"
    while not job.poll():
        pass
    assert count(scene, "Opening") == 1
    assert {takes.strip_of(action) for action in takes.takes_on(key_of(face))} == {"Opening"}


def test_the_strength_of_a_layer_is_undone(scene, strip):
    """What is set on the window manager is not."""
    assert isinstance(scene.mien_cast.id_data, bpy.types.Scene)
    name = strip.name
    bpy.ops.ed.undo_push(message="before")
    scene.mien_cast.strength_expression = 0.25
    bpy.ops.ed.undo_push(message="strength")
    bpy.ops.ed.undo()
    assert take_list.strength(bpy.context.scene.mien, name, "EXPRESSION") == 1.0
    bpy.ops.ed.redo()
    assert take_list.strength(bpy.context.scene.mien, name, "EXPRESSION") == 0.25
