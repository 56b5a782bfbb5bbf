# SPDX-License-Identifier: GPL-3.0-or-later
"""Presets and pictures: each can be applied, drawn, saved; what is missing breaks nothing."""

from __future__ import annotations

import json
import logging
from types import SimpleNamespace

import bpy
import pytest
from bl_ext.devrepo.mien import picture_icons, presets, styles
from bl_ext.devrepo.mien.emotions import EMOTIONS
from bl_ext.devrepo.mien.panels import pictures as panel
from bl_ext.devrepo.mien.problems import AnimatorError
from panel_studio import Layout
from studio import PACKAGE, REPOSITORY

SHIPPED = sorted((REPOSITORY / "blender_addon/preset_files").glob("*.json"))
POPOVERS = (
    panel.MIEN_PT_emotion_pictures,
    panel.MIEN_PT_style_pictures,
    panel.MIEN_PT_preset_pictures,
)


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A folder of presets of one's own, empty at first."""
    folder = tmp_path / "own"
    folder.mkdir()
    monkeypatch.setattr(presets, "own_folder", lambda **_: folder)
    return folder


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_each_preset_sets_emotion_intensity_and_manner(path, scene):
    data = json.loads(path.read_text())
    scene.mien.brow_strength = 0.123
    assert bpy.ops.mien.preset_apply(preset=data["name"].upper()) == {"FINISHED"}
    assert scene.mien.intensity == pytest.approx(data["intensity"])
    if isinstance(data["emotion"], str):
        assert scene.mien.emotion == data["emotion"]
    else:
        assert scene.mien.emotion == "BLEND"
        weights = {name: getattr(scene.mien, f"emotion_{name}") for name in data["emotion"]}
        assert weights == pytest.approx(data["emotion"])
    assert scene.mien.brow_strength != pytest.approx(0.123)
    for name, value in data.get("direction", {}).items():
        assert getattr(scene.mien, name) == pytest.approx(value)


def test_there_are_enough_and_all_tell_what_they_are_for():
    assert 8 <= len(SHIPPED) <= 16
    assert all(json.loads(path.read_text())["description"] for path in SHIPPED)


def test_every_emotion_style_and_preset_has_a_small_picture():
    folder = REPOSITORY / "blender_addon/pictures"
    wanted = {f"emotion_{name}" for name, _, _ in EMOTIONS}
    wanted |= {f"style_{style.path.stem}" for style in styles.list_styles(styles.shipped_folder())}
    wanted |= {f"preset_{path.stem}" for path in SHIPPED}
    made = list(folder.glob("*.png"))
    assert {path.stem for path in made} == wanted
    assert sum(path.stat().st_size for path in made) < 400_000
    for path in made:
        image = bpy.data.images.load(str(path))
        assert tuple(image.size) == (128, 128)


def drawn(popover):
    layout = Layout()
    popover.draw(SimpleNamespace(layout=layout), bpy.context)
    return layout


@pytest.mark.parametrize("popover", POPOVERS, ids=lambda popover: popover.bl_label)
def test_the_pop_overs_offer_each_as_a_button(popover, scene, own):
    assert len(drawn(popover).buttons) >= 9


def test_pictures_are_loaded_once_and_freed(scene):
    happy = picture_icons.picture(picture_icons.EMOTION, "happy")
    assert tuple(happy.image_size) == (128, 128)
    assert picture_icons.picture(picture_icons.EMOTION, "happy") == happy
    assert picture_icons.picture(picture_icons.EMOTION, "sad") != happy
    assert len(picture_icons._loaded) == 1
    bpy.ops.preferences.addon_disable(module=PACKAGE)
    assert not picture_icons._loaded
    bpy.ops.preferences.addon_enable(module=PACKAGE)


def test_a_missing_picture_is_said_once_and_breaks_nothing(scene, tmp_path, monkeypatch, caplog):
    picture_icons.unregister()
    monkeypatch.setattr(picture_icons, "FOLDER", tmp_path)
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            assert len(drawn(panel.MIEN_PT_emotion_pictures).buttons) == len(EMOTIONS)
    assert len(caplog.records) == len(EMOTIONS)
    assert "emotion_happy.png" in caplog.text
    picture_icons.unregister()


def test_what_is_saved_comes_back(scene, own):
    scene.mien.emotion, scene.mien.emotion_sad, scene.mien.emotion_calm = "BLEND", 0.25, 0.5
    scene.mien.intensity, scene.mien.head_strength = 0.4, 1.7
    assert bpy.ops.mien.preset_save(preset_name="Old Sea Dog", words="On deck.") == {"FINISHED"}
    assert (own / "old_sea_dog.json").is_file()
    bpy.ops.mien.preset_apply(preset="Furious")
    assert bpy.ops.mien.preset_apply(preset="old sea dog") == {"FINISHED"}
    assert (scene.mien.emotion, scene.mien.emotion_sad) == ("BLEND", 0.25)
    assert (scene.mien.intensity, scene.mien.head_strength) == pytest.approx((0.4, 1.7))
    assert drawn(panel.MIEN_PT_preset_pictures).buttons.count("mien.preset_apply") == (
        len(SHIPPED) + 1
    )


BAD = {
    "no_json": ("{", "cannot be read"),
    "no_preset": ("[]", "is not a preset"),
    "emotion": ('{"emotion": "hungry"}', "sets the emotion to 'hungry'"),
    "weights": ('{"emotion": {"sad": 3}}', "sets the emotion to"),
    "intensity": ('{"emotion": "sad", "intensity": 9}', "sets intensity to 9"),
    "style": ('{"emotion": "sad", "style": "gone"}', "style .*gone.json cannot be read"),
    "manner": ('{"emotion": "sad", "direction": {"brow_strength": 7}}', "sets brow_strength to 7"),
}


@pytest.mark.parametrize("case", BAD.values(), ids=BAD.keys())
def test_a_bad_preset_says_what_is_wrong_and_changes_nothing(case, scene, own):
    text, words = case
    (own / "bad.json").write_text(text)
    scene.mien.emotion = "calm"
    with pytest.raises(RuntimeError, match=words):
        bpy.ops.mien.preset_apply(preset="bad")
    assert scene.mien.emotion == "calm"


def test_an_unknown_or_nameless_preset_is_refused(scene, own):
    with pytest.raises(RuntimeError, match="There is no preset 'Nobody'"):
        bpy.ops.mien.preset_apply(preset="Nobody")
    with pytest.raises(RuntimeError, match="has no name"):
        bpy.ops.mien.preset_save(preset_name="  ")
    assert presets.emotion_named("HAPPY") == "happy"
    with pytest.raises(AnimatorError, match="no emotion 'hungry'"):
        presets.emotion_named("hungry")


def test_an_emotion_is_chosen_by_its_face(scene):
    assert bpy.ops.mien.emotion_choose(emotion="fearful") == {"FINISHED"}
    assert scene.mien.emotion == "fearful"
