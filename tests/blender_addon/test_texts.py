# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of a strip: kept with the strip, spoken, refused in words, undone; and the manner of speaking."""

from __future__ import annotations

import bpy
import pytest
from bl_ext.devrepo.mien import strips
from bl_ext.devrepo.mien.directions import direction
from bl_ext.devrepo.mien.panels import choice as panel
from panel_studio import Layout
from studio import PACKAGE, add_sound, differences, state

SPOKEN = "The earliest book printed with movable types, the Gutenberg"
WRONG = "Meanwhile somebody has stolen my favourite umbrella."


def done():
    return bpy.context.window_manager.mien.done


def test_each_strip_remembers_its_own_text(stage, recording):
    scene, first, _ = stage
    second = add_sound(scene, recording, name="Line 2", frame=400, channel=2)
    first.mien.text, second.mien.text = "one", "two"
    first.name = "Renamed"
    scene.mien.strip_name = "Renamed"
    assert strips.text_of(strips.find_strip(scene, "Renamed")) == "one"
    assert strips.text_of(strips.find_strip(scene, "Line 2")) == "two"
    first.mien.use_text = False
    assert strips.text_of(first) is None
    assert first.mien.text == "one"


def test_the_text_is_saved_with_the_file(stage, tmp_path):
    stage[1].mien.text = SPOKEN
    path = str(tmp_path / "scene.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.wm.open_mainfile(filepath=path)
    strip = strips.find_strip(bpy.context.scene, "Line 1")
    assert strip.mien.text == SPOKEN


def test_a_text_is_spoken_and_what_it_lacks_is_said(stage):
    _, strip, _ = stage
    strip.mien.text = SPOKEN
    assert bpy.ops.mien.generate() == {"FINISHED"}
    assert done().startswith("Keyed 'Line 1'")
    assert "Not in the text, so taken from the sound" in done()


def test_a_wrong_text_changes_nothing_and_says_what_to_do(stage):
    _, strip, face = stage
    before = state(face)
    strip.mien.text = WRONG
    with pytest.raises(RuntimeError, match="does not fit the sound"):
        bpy.ops.mien.generate()
    status = bpy.context.window_manager.mien
    assert "take the text away" in status.advice
    assert differences(before, state(face)) == []
    strip.mien.use_text = False
    assert bpy.ops.mien.generate() == {"FINISHED"}


def test_a_text_is_undone_like_any_setting(stage):
    stage[1].mien.text = "before"
    bpy.ops.ed.undo_push(message="before")
    stage[1].mien.text = "after"
    bpy.ops.ed.undo_push(message="after")
    bpy.ops.ed.undo()
    assert strips.find_strip(bpy.context.scene, "Line 1").mien.text == "before"


@pytest.mark.parametrize("name", ["articulation", "firmness"])
def test_the_manner_of_speaking_reaches_the_worker(name, stage):
    scene, strip, _ = stage
    heard = strips.map_strip(scene, strip)
    assert direction(scene.mien, heard)[name] == 1.0
    setattr(scene.mien, name, 5.0)
    assert direction(scene.mien, heard)[name] == 2.0
    setattr(scene.mien, name, -1.0)
    assert direction(scene.mien, heard)[name] == 0.0


def test_every_setting_of_a_strip_tells_what_it_does(stage):
    for prop in stage[1].mien.bl_rna.properties:
        if prop.identifier not in {"rna_type", "name"}:
            assert prop.description, prop.identifier


def test_the_panel_shows_the_text_of_the_strip_that_is_spoken(stage):
    scene, _, _ = stage
    layout = Layout()
    panel._draw_text(layout, scene, scene.mien)
    assert list(layout.shown) == ["use_text", "text"]
    scene.mien.strip_name = "Line 9"
    layout = Layout()
    panel._draw_text(layout, scene, scene.mien)
    assert not layout.shown


def test_strips_lose_their_text_field_with_the_addon(stage):
    assert hasattr(stage[1], "mien")
    bpy.ops.preferences.addon_disable(module=PACKAGE)
    assert not hasattr(stage[1], "mien")
    bpy.ops.preferences.addon_enable(module=PACKAGE)
