# SPDX-License-Identifier: GPL-3.0-or-later
"""What the preferences offer, and the research model: off unless chosen, its licence told, its folder handed on."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest
from bl_ext.devrepo.mien import jobs, preferences
from bl_ext.devrepo.mien.panels.preferences import draw_preferences
from bl_ext.devrepo.mien.problems import AnimatorError
from bl_ext.devrepo.mien.strips import StripMap
from panel_studio import Layout
from studio import PACKAGE


@pytest.fixture
def chosen(scene):
    found = bpy.context.preferences.addons[PACKAGE].preferences
    yield found
    found.use_research, found.research_folder = False, ""


def drawn(preferences_shown):
    layout = Layout()
    draw_preferences(layout, bpy.context, preferences_shown, Path("logs") / "worker.log")
    return layout


def test_every_preference_is_offered_and_tells_what_it_does(chosen):
    layout = drawn(chosen)
    offered = {
        prop.identifier: prop.description
        for prop in chosen.bl_rna.properties
        if prop.identifier not in {"rna_type", "name", "bl_idname", "bl_system_properties_get"}
    }
    assert set(layout.shown) == set(offered)
    assert all(offered.values())
    assert layout.buttons == [
        "mien.check_python",
        "mien.check_models",
        "mien.check_avatar_python",
        "wm.path_open",
        "wm.path_open",
        "mien.copy_report",
    ]


def research_in_request(tmp_path):
    sound = jobs.Sound("Line 1", StripMap(0.0, 24.0, 1, 10), tmp_path / "a.wav", tmp_path)
    return sound.request()["research"]


def test_the_research_model_is_off_and_not_asked_for(chosen, tmp_path):
    assert chosen.use_research is False
    chosen.research_folder = str(tmp_path)
    assert research_in_request(tmp_path) is None


def test_switched_on_its_folder_goes_to_the_worker(chosen, tmp_path):
    (tmp_path / "models.json").write_text("{}", encoding="utf-8")
    chosen.use_research, chosen.research_folder = True, str(tmp_path)
    assert research_in_request(tmp_path) == str(tmp_path)


@pytest.mark.parametrize("folder", ["", "/no/such/folder"])
def test_a_missing_folder_is_said(chosen, tmp_path, folder):
    chosen.use_research, chosen.research_folder = True, folder
    with pytest.raises(AnimatorError, match="research model is switched on") as caught:
        research_in_request(tmp_path)
    assert "Preferences" in caught.value.advice


def test_a_folder_without_the_model_stops_with_words(chosen, stage, tmp_path):
    chosen.use_research, chosen.research_folder = True, str(tmp_path)
    with pytest.raises(RuntimeError, match=r"holds no models\.json") as caught:
        bpy.ops.mien.emotion_from_voice()
    assert str(tmp_path) in str(caught.value)
    assert "Install Mien again" not in str(caught.value)
    assert stage[0].animation_data is None


def test_the_licence_is_told(scene):
    words = " ".join(drawn(preferences.chosen()).words)
    assert "CC BY-NC-SA" in words
    assert "not for commercial" in words
