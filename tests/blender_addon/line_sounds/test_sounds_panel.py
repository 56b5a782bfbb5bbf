# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of the panel that shows sounds draws whatever is known, and touches nothing."""

from __future__ import annotations

import bpy
import pytest
from bl_ext.devrepo.mien.panels import sounds as panel
from line_studio import heard_line
from panel_studio import Layout
from studio import add_sound, differences, dump, set_speed


def drawn(scene):
    layout = Layout()
    panel.draw_sounds(layout, bpy.context, scene.mien)
    return layout


@pytest.fixture
def strip(scene, clicks):
    scene.render.fps = 24
    return add_sound(scene, clicks)


def test_it_says_what_to_do_before_anything_is_known(scene, strip):
    assert drawn(scene).words == ["Sounds", "Generate once: its sounds are heard with it"]
    scene.mien.strip_name = "Line 9"
    assert drawn(scene).words == ["Sounds", "Choose a sound strip"]


def test_phones_of_the_chosen_word_can_be_chosen(scene, strip):
    line = heard_line(scene, strip)
    assert drawn(scene).buttons.count("mien.choose_phone") == 4
    line.row = 1
    assert drawn(scene).buttons.count("mien.choose_phone") == 2
    assert "mien.nudge_phone" not in drawn(scene).buttons
    bpy.ops.mien.choose_phone(index=5)
    shown = drawn(scene)
    assert "mien.correct_phone" in shown.buttons
    assert shown.buttons.count("mien.nudge_phone") == 4
    assert [text for text in shown.words if text.startswith(("Start", "End"))] == [
        "Start 51",
        "End 59",
    ]
    bpy.ops.mien.choose_phone(index=4, extend=True)
    shown = drawn(scene)
    assert "mien.correct_phone" not in shown.buttons
    assert "mien.correct_word" in shown.buttons
    assert "Start 49" in shown.words


def test_corrections_that_are_not_spoken_are_said(scene, strip):
    heard_line(scene, strip)
    assert "mien.sounds_reset" not in drawn(scene).buttons
    bpy.ops.mien.correct_phone(index=0, label="P")
    shown = drawn(scene)
    assert shown.buttons.count("mien.sounds_reset") == 2
    assert "Corrected, but not spoken yet" in shown.words


def test_a_retimed_strip_asks_to_be_heard_again(scene, strip):
    heard_line(scene, strip)
    if not hasattr(strip, "retiming_keys"):
        pytest.skip("4.2 and 4.3 retime by operators alone")
    set_speed(scene, strip, 50)
    assert "Speed changed: Generate to hear it again" in drawn(scene).words


def test_drawing_touches_nothing(scene, strip):
    heard_line(scene, strip)
    scenes, before = len(bpy.data.scenes), dump(strip.mien.sounds)
    layout = Layout()
    drawn(scene)
    panel.MIEN_UL_sounds.draw_item(
        None, bpy.context, layout, None, strip.mien.sounds.rows[0], 0, None, "row"
    )
    assert layout.words == ["25 - 42"]
    assert differences(before, dump(strip.mien.sounds)) == []
    assert len(bpy.data.scenes) == scenes
