# SPDX-License-Identifier: GPL-3.0-or-later
"""Styles: applied in one step and whole, saved whole or not at all, wrong files told in words."""

from __future__ import annotations

import json
from pathlib import Path

import bpy
import pytest
from bl_ext.devrepo.mien import styles
from bl_ext.devrepo.mien.operators.style import MIEN_OT_style_apply
from bl_ext.devrepo.mien.problems import AnimatorError


@pytest.fixture
def own(scene):
    """The folder of the animator's own styles, empty before and after."""
    folder = styles.own_folder(create=True)
    yield folder
    for path in folder.iterdir():
        path.unlink()


def values(scene):
    return {name: getattr(scene.mien, name) for name in styles.SETTINGS}


def write(folder, direction, name="mine.json", **more):
    path = folder / name
    path.write_text(json.dumps({"name": "Mine", **more, "direction": direction}))
    return path


SHIPPED = sorted(styles.shipped_folder().glob("*.json"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_style_means_the_same_here_and_for_the_worker(scene, path):
    from core.styles import read_style

    scene.mien.idle_strength = 0.123
    assert bpy.ops.mien.style_apply(path=str(path)) == {"FINISHED"}
    assert values(scene) == pytest.approx(dict(read_style(path).direction))


def test_the_menu_lists_natural_first_and_every_style_with_its_words():
    found = styles.list_styles(styles.shipped_folder())
    assert len(found) == len(SHIPPED) >= 6
    assert found[0].name == "Natural"
    assert all(style.description for style in found)


def test_a_style_leaves_emotion_seed_and_what_is_heard_alone(scene, own):
    scene.mien.emotion, scene.mien.intensity, scene.mien.seed = "angry", 0.7, 5
    scene.mien.voice_emotion = 0.4
    scene.mien.jaw_emotion_strength = 0.2
    bpy.ops.mien.style_apply(path=str(write(own, {"brow_strength": 1.5})))
    settings = scene.mien
    assert (settings.emotion, settings.seed) == ("angry", 5)
    assert (settings.intensity, settings.voice_emotion) == pytest.approx((0.7, 0.4))
    assert (settings.brow_strength, settings.jaw_emotion_strength) == (1.5, 1.0)


def test_a_style_is_one_undo_step(scene, own):
    path = str(write(own, {"brow_strength": 1.5, "idle_strength": 0.5}))
    bpy.ops.ed.undo_push(message="before")
    before = values(scene)
    undo = True
    bpy.ops.mien.style_apply("EXEC_DEFAULT", undo, path=path)
    assert values(bpy.context.scene) != before
    bpy.ops.ed.undo()
    assert values(bpy.context.scene) == before


WRONG = {
    "no_json": ("{", "cannot be read"),
    "no_style": ("[1, 2]", "is not a style"),
    "unknown": ('{"direction": {"nose_strength": 1}}', "sets 'nose_strength'"),
    "an_emotion": ('{"direction": {"emotion": "sad"}}', "sets 'emotion'"),
    "too_much": ('{"direction": {"brow_strength": 7}}', "sets brow_strength to 7"),
    "no_number": ('{"direction": {"brow_strength": NaN}}', "sets brow_strength to nan"),
    "a_word": ('{"direction": {"brow_strength": "much"}}', "sets brow_strength to 'much'"),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_file_is_said_and_changes_nothing(scene, own, case):
    content, words = case
    path = own / "wrong.json"
    path.write_text(content)
    scene.mien.idle_strength = 0.3
    before = values(scene)
    with pytest.raises(RuntimeError, match=words):
        bpy.ops.mien.style_apply(path=str(path))
    assert values(scene) == before
    assert words in bpy.context.window_manager.mien.problem
    assert [style.path for style in styles.list_styles(own)] == [path]


def test_a_style_that_is_gone_is_said(scene, own):
    with pytest.raises(RuntimeError, match="cannot be read"):
        bpy.ops.mien.style_apply(path=str(own / "gone.json"))


def test_the_present_manner_is_saved_and_comes_back(scene, own):
    from core.styles import read_style

    scene.mien.brow_strength, scene.mien.onset = 1.7, 0.4
    asked = {"style_name": "Old Käthe", "words": "Slow, with lively brows."}
    assert bpy.ops.mien.style_save(**asked) == {"FINISHED"}
    (style,) = styles.list_styles(own)
    assert (style.name, style.description) == (asked["style_name"], asked["words"])
    assert read_style(style.path).direction["onset"] == 0.4
    saved = values(scene)
    scene.mien.brow_strength, scene.mien.onset = 1.0, 1.0
    bpy.ops.mien.style_apply(path=str(style.path))
    assert values(scene) == saved
    scene.mien.onset = 2.0
    bpy.ops.mien.style_save(**asked)
    assert len(styles.list_styles(own)) == 1
    assert MIEN_OT_style_apply.description(bpy.context, style).startswith("Slow, with lively")


def test_a_style_without_a_name_is_refused(scene, own):
    with pytest.raises(RuntimeError, match="no name"):
        bpy.ops.mien.style_save(style_name=" ?? ")
    assert list(own.iterdir()) == []


def test_a_style_that_cannot_be_written_leaves_the_old_one(scene, own, monkeypatch):
    bpy.ops.mien.style_save(style_name="Mine")
    before = (own / "mine.json").read_text()

    def full(self, *_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    scene.mien.onset = 2.5
    with pytest.raises(AnimatorError, match="No space left"):
        styles.save_style(scene.mien, "Mine", "")
    assert (own / "mine.json").read_text() == before
    assert [path.name for path in own.iterdir()] == ["mine.json"]
