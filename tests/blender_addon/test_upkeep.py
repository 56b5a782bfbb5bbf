# SPDX-License-Identifier: GPL-3.0-or-later
"""The buttons of the preferences: what they find is said, and the report names nobody."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import bpy
import pytest
from bl_ext.devrepo.mien import jobs, model_list, places, preferences, upkeep
from bl_ext.devrepo.mien.panels.preferences import draw_preferences
from bl_ext.devrepo.mien.private_paths import without_folders
from panel_studio import Layout
from studio import REPOSITORY


@pytest.fixture
def chosen(scene):
    found = preferences.chosen()
    yield found
    found.interpreter, found.models_folder = "", ""


@pytest.fixture
def models(chosen, tmp_path):
    """A copy of the models that may be broken, chosen in the preferences."""
    folder = tmp_path / "models"
    shutil.copytree(REPOSITORY / "models", folder, ignore=shutil.ignore_patterns("research"))
    chosen.models_folder = str(folder)
    return folder


def shown():
    layout = Layout()
    draw_preferences(layout, bpy.context, preferences.chosen(), Path("worker.log"))
    return " ".join(layout.words)


def test_right_models_are_said_to_be_right(models):
    assert bpy.ops.mien.check_models() == {"FINISHED"}
    rows = json.loads((models / "models.json").read_text())["models"]
    for row in rows:
        assert f"{row['name']}: right" in shown()
    assert model_list.told(upkeep.checked_models()) == f"All {len(rows)} models are right."


def test_a_damaged_and_a_missing_model_are_named(models):
    (models / "pitch.onnx").write_bytes(b"broken")
    (models / "face_model.npz").unlink()
    with pytest.raises(RuntimeError, match="2 of 7 models cannot be used"):
        bpy.ops.mien.check_models()
    assert "pitch: pitch.onnx is damaged or of another version" in shown()
    assert "face_model: face_model.npz is missing" in shown()
    assert "lip_decoder: right" in shown()
    assert model_list.ADVICE in shown()


def test_a_folder_without_models_is_said(chosen, tmp_path):
    chosen.models_folder = str(tmp_path)
    with pytest.raises(RuntimeError, match=r"has no models\.json"):
        bpy.ops.mien.check_models()
    assert "has no models.json" in shown()


def test_an_unreadable_list_is_said(models):
    (models / "models.json").write_text('{"models": [{"name": "a"}]}')
    with pytest.raises(RuntimeError, match=r"models\.json' cannot be read"):
        bpy.ops.mien.check_models()


def test_another_folder_forgets_what_was_found(models):
    bpy.ops.mien.check_models()
    assert "pitch: right" in shown()
    preferences.chosen().models_folder = ""
    assert "right" not in shown().replace("Commons", "")


def test_the_python_is_checked_in_words(chosen, tmp_path):
    assert bpy.ops.mien.check_python() == {"FINISHED"}
    version = ".".join(map(str, sys.version_info[:3]))
    assert f"Python {version} with numpy" in shown()
    chosen.interpreter = str(tmp_path / "python")
    assert "Python" not in bpy.context.window_manager.mien_found.python
    with pytest.raises(RuntimeError, match="is not a file"):
        bpy.ops.mien.check_python()
    assert "is not a file" in shown()


def test_the_report_holds_what_a_helper_needs(stage, tmp_path):
    assert bpy.ops.mien.generate() == {"FINISHED"}
    bpy.ops.mien.clear()
    bpy.context.window_manager.mien.problem = "Strip 'Line 1' is silent."
    text = upkeep.report(bpy.context)
    bpy.context.window_manager.mien.problem = ""
    assert f"Mien: {upkeep.mien_version()}" in text
    assert f"Blender: {bpy.app.version_string}" in text
    assert "Blender's own, Python" in text
    assert "onnxruntime 1." in text
    assert "lip_decoder: right (" in text
    assert "Strip 'Line 1' is silent." in text
    assert jobs.log_path().read_text().splitlines()[-1].split(" ", 2)[2][:20] in text
    assert str(Path.home()) not in text
    assert str(REPOSITORY) not in text


def test_a_long_log_is_cut_to_its_end(scene):
    log = jobs.log_path()
    before = log.read_text()
    log.write_text("".join(f"line {i}\n" for i in range(1000)))
    lines = upkeep.report(bpy.context).splitlines()
    log.write_text(before)
    start = lines.index(f"Last 40 lines of the worker's log, .../{log.name}")
    assert lines[start + 1] == "line 960"
    assert lines[start + 40 : start + 42] == ["line 999", ""]


def test_the_report_tells_of_the_avatars_python_and_log(scene, tmp_path):
    chosen, log = preferences.chosen(), places.log_path("avatar")
    chosen.avatar_python = sys.executable
    log.write_text("job 1: PreviewRequest\n")
    text = upkeep.report(bpy.context)
    chosen.avatar_python = ""
    log.write_text("")
    # Blender's own Python starts, and lacks what avatars need.
    assert re.search(
        r"Avatar's Python: The avatar's Python '.*' \(Python 3\.\d+\.\d+\) lacks", text
    )
    assert "torch" in text
    assert f".../{log.name}\njob 1: PreviewRequest" in text


def test_the_report_goes_to_the_clipboard(scene):
    assert bpy.ops.mien.copy_report() == {"FINISHED"}


@pytest.mark.parametrize(
    ("text", "shown_text"),
    [
        ('File "/home/anna/x y/foo.py", line 3', 'File ".../foo.py", line 3'),
        ("copied /a/b c/d.wav to /c/e.wav", "copied .../d.wav to .../e.wav"),
        ("C:\\Users\\Anna B\\film\\a.wav is missing", ".../a.wav is missing"),
        ("\\\\server\\share\\secret\\a.wav", ".../a.wav"),
        ("12:00:01 read '/mnt/Secret Film/line 1.wav'", "12:00:01 read '.../line 1.wav'"),
        ("and/or 1/2", "and/or 1/2"),
        ("/opt/mien/core/worker.py", "<Mien>/core/worker.py"),
    ],
)
def test_paths_lose_their_folders(text, shown_text):
    assert without_folders(text, {"/opt/mien": "<Mien>", "/": "~", "": "?"}) == shown_text
