# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel offers every setting once, few on top, and a key's dot where a key acts."""

from __future__ import annotations

from types import SimpleNamespace

import bpy
import pytest
from bl_ext.devrepo.mien import styles
from bl_ext.devrepo.mien.emotion_track import settings_of_emotion
from bl_ext.devrepo.mien.operators.style import MIEN_MT_styles
from bl_ext.devrepo.mien.panels.main import draw_panel
from panel_studio import Layout


def drawn(width=300):
    context = SimpleNamespace(
        scene=bpy.context.scene,
        window_manager=bpy.context.window_manager,
        workspace=bpy.context.workspace,
        preferences=SimpleNamespace(system=SimpleNamespace(ui_scale=1.0)),
        region=SimpleNamespace(width=width),
    )
    layout = Layout()
    draw_panel(layout, context)
    return layout


def test_every_setting_is_offered(stage):
    scene, strip, _ = stage
    scene.mien.emotion, scene.mien.gaze_aim, strip.mien.heard = "BLEND", "OBJECT", "Sounds sad"
    settings = {p.identifier for p in scene.mien.bl_rna.properties} - {"rna_type", "name"}
    scene.mien_cast.members.add()
    layout = drawn()
    assert set(layout.shown) == settings | {"text", "use_text"}
    assert {"mien.generate", "mien.clear", "mien.emotion_from_voice"} <= set(layout.buttons)
    assert layout.menus == ["MIEN_MT_styles"]


def test_what_can_be_animated_has_its_dot_and_nothing_else(stage):
    scene, strip, _ = stage
    scene.mien.emotion, scene.mien.gaze_aim, strip.mien.heard = "BLEND", "OBJECT", "Sounds sad"
    animatable = {p.identifier for p in scene.mien.bl_rna.properties if p.is_animatable}
    dotted = {name for name, dot in drawn().shown.items() if dot}
    assert dotted == {*settings_of_emotion(), "voice_confidence"}
    assert dotted <= animatable
    numbers = {
        p.identifier for p in scene.mien.bl_rna.properties if p.type in {"FLOAT", "INT", "ENUM"}
    }
    assert animatable & numbers == dotted


def test_weights_show_only_in_a_blend(stage):
    assert "emotion_happy" not in drawn().shown
    assert "gaze_object" not in drawn().shown


def test_what_was_heard_stands_by_the_button(stage):
    stage[1].mien.heard = "Sounds angry (62% sure)"
    assert "Sounds angry (62% sure)" in drawn().words


@pytest.mark.parametrize("width", [120, 300, 900])
def test_a_problem_is_told_at_any_width(stage, width):
    status = bpy.context.window_manager.mien
    status.problem, status.advice, status.log = "It broke in a long sentence.", "Mend it.", "a.log"
    words = " ".join(drawn(width).words)
    assert "It broke in a long sentence." in words
    assert "Mend it." in words


def test_the_menu_lists_styles_and_saving(scene):
    layout = Layout()
    MIEN_MT_styles.draw(SimpleNamespace(layout=layout), bpy.context)
    count = len(styles.list_styles(styles.shipped_folder()))
    assert layout.buttons == ["mien.style_apply"] * count + ["mien.style_save"]
