# SPDX-License-Identifier: GPL-3.0-or-later
"""The review film: right frames, with sound, marked; and nothing of the animator's scene has changed."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from bl_ext.devrepo.mien import review
from flow_studio import add_character, add_line
from studio import add_sound, differences, dump, needs_sound

FRAMES = 5


@pytest.fixture(autouse=True)
def sound():
    needs_sound()


@pytest.fixture
def shot(scene, recording):
    """A head and a few frames of speech, seen by no camera."""
    scene.render.fps = 24
    bpy.ops.mesh.mien_head_add()
    scene.mien.target = bpy.context.object
    scene.mien.seed = 5
    add_line(scene, recording, "Line 1", frame=20, channel=1, frames=FRAMES, skipped=12)
    return scene


def add_camera(scene, at=(0.0, -2.0, 0.2)):
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(camera)
    camera.location, camera.rotation_euler = at, (1.5708, 0.0, 0.0)
    scene.camera = camera
    return camera


def read(path):
    """Frames, picture (height, width, 3) of a frame in the middle, and the sound's loudness."""
    clip = bpy.data.movieclips.load(str(path))
    width, height = clip.size
    frames = clip.frame_duration
    image = bpy.data.images.load(str(path))
    image.source = "MOVIE"
    probe = bpy.data.sounds.load(str(path))
    import aud

    samples = aud.Sound(str(path)).data() if probe.samplerate else np.zeros((1, 1))
    seconds = len(samples) / max(1, probe.samplerate)
    return frames, (width, height), seconds, float(np.abs(samples).max())


def settings_of(scene):
    """What a film might have touched."""
    parts = dump(scene.render, scene.display, scene.view_settings, scene.timeline_markers)
    frames = [scene.frame_start, scene.frame_end, scene.frame_step, scene.frame_current]
    return [*parts, frames, scene.camera, scene.name]


def film(**asked):
    assert bpy.ops.mien.review_movie(**asked) == {"FINISHED"}
    return bpy.context.window_manager.mien.done.split(": ", 1)[1]


def test_the_face_is_filmed_with_its_sound_and_nothing_else_changes(shot, tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "shot.blend"))
    scene = bpy.context.scene
    before = settings_of(scene), {name: len(getattr(bpy.data, name)) for name in KINDS}
    path = film(height=128)
    assert path == str(tmp_path / "shot_Line_1_no_take.mp4")
    frames, size, seconds, loudest = read(path)
    assert (frames, size) == (FRAMES, (128, 128))
    assert seconds == pytest.approx(FRAMES / 24, abs=0.15)
    assert loudest > 0.05
    for name in ("movieclips", "images", "sounds"):
        found = getattr(bpy.data, name)
        for block in list(found):
            if block.filepath.endswith(".mp4"):
                found.remove(block)
    after = settings_of(scene), {name: len(getattr(bpy.data, name)) for name in KINDS}
    assert differences(before[0], after[0]) == []
    assert before[1] == after[1]
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "shot.blend",
        "shot_Line_1_no_take.mp4",
    ]


KINDS = ("scenes", "objects", "cameras", "collections", "sounds", "worlds", "materials")


def test_the_scenes_camera_gives_its_aspect_in_even_pixels(shot, tmp_path):
    add_camera(shot)
    shot.render.resolution_x, shot.render.resolution_y = 1000, 433
    path = tmp_path / "wide.mp4"
    film(height=99, filepath=str(path), use_stamp=False)
    frames, (width, height), _, _ = read(path)
    assert frames == FRAMES
    assert (width % 2, height % 2) == (0, 0)
    assert width / height == pytest.approx(1000 / 433, rel=0.03)


def test_the_take_is_named_in_the_file_and_in_the_picture(shot, tmp_path):
    bpy.ops.mien.generate()
    take = review.take_on(shot.mien, "Line 1")
    assert take == "Seed 5, neutral"
    assert review.take_on(shot.mien, "Line 2") == review.NO_TAKE
    assert review.default_path("Line 1", take).name == "untitled_Line_1_Seed_5_neutral.mp4"


def pictures(shot, tmp_path, **asked):
    """Average brightness of the lower left corner of the first frame."""
    path = tmp_path / "stamp.mp4"
    film(height=128, filepath=str(path), **asked)
    scene = bpy.data.scenes.new("Reader")
    image = bpy.data.images.load(str(path), check_existing=False)
    pixels = np.array(image.pixels[:]).reshape(image.size[1], image.size[0], 4)
    bpy.data.images.remove(image)
    bpy.data.scenes.remove(scene)
    return pixels[:, :, :3]


def test_the_stamp_is_burnt_in_only_when_asked_for(shot, tmp_path):
    with_stamp = pictures(shot, tmp_path, use_stamp=True)
    without = pictures(shot, tmp_path, use_stamp=False)
    changed = np.abs(with_stamp - without).max(axis=2) > 0.2
    assert changed.sum() > 50
    # It stands at the edges, not on the face.
    assert not changed[40:100, 30:100].any()


def test_the_range_is_the_strips_not_the_scenes(shot, tmp_path, recording):
    shot.frame_start, shot.frame_end = 100, 103
    add_sound(shot, recording, name="Other", frame=300, channel=2)
    path = tmp_path / "range.mp4"
    film(height=64, filepath=str(path), strip="Line 1")
    assert read(path)[0] == FRAMES


def test_a_strip_of_another_scene_brings_its_sound(shot, tmp_path, recording):
    if not hasattr(bpy.context.workspace, "sequencer_scene"):
        pytest.skip("before 5.0 the sequencer shows the window's scene")
    edit = bpy.data.scenes.new("Edit")
    edit.render.fps = 24
    add_line(edit, recording, "Line 7", frame=5, channel=1, frames=FRAMES, skipped=12)
    bpy.context.workspace.sequencer_scene = edit
    path = tmp_path / "edit.mp4"
    film(height=64, filepath=str(path), strip="Line 7")
    frames, _, _, loudest = read(path)
    assert frames == FRAMES
    assert loudest > 0.05


REFUSED = {
    "no_camera": ({"camera": "SCENE"}, "has no camera"),
    "no_folder": ({"filepath": "/no/such/folder/film.mp4"}, "There is no folder"),
    "no_strip": ({"strip": "Line 9"}, "There is no strip 'Line 9'"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_filmed_is_said_and_changes_nothing(case, shot):
    asked, words = case
    before = settings_of(shot)
    with pytest.raises(RuntimeError, match=words):
        bpy.ops.mien.review_movie(height=64, **asked)
    assert differences(before, settings_of(shot)) == []
    assert len(bpy.data.scenes) == 1


def test_without_a_face_there_is_nothing_to_frame(shot, arkit_names):
    shot.mien.target = None
    with pytest.raises(RuntimeError, match="no face mesh to be filmed"):
        bpy.ops.mien.review_movie(height=64)
    settings = add_character(shot, "Rigged", arkit_names)
    rig = bpy.data.objects.new("Rig", bpy.data.armatures.new("Rig"))
    shot.collection.objects.link(rig)
    settings.target.parent = rig
    settings.target = rig
    review.check(
        review.Film(
            shot, shot, None, rig, "", review.default_path("a", ""), "FACE", 64, stamped=False
        )
    )


def test_an_error_in_mid_render_leaves_nothing_behind(shot, tmp_path, monkeypatch):
    from bl_ext.devrepo.mien import compat

    monkeypatch.setattr(compat, "set_film", lambda _: (_ for _ in ()).throw(RuntimeError("broken")))
    before = settings_of(shot), len(bpy.data.objects), len(bpy.data.cameras)
    with pytest.raises(RuntimeError, match="broken"):
        bpy.ops.mien.review_movie(height=64, filepath=str(tmp_path / "a.mp4"))
    assert len(bpy.data.scenes) == 1
    assert differences(before[0], settings_of(shot)) == []
    assert (len(bpy.data.objects), len(bpy.data.cameras)) == before[1:]
    assert not list(tmp_path.iterdir())
    assert not any(
        "filming" in getattr(each, "__module__", "")
        for handlers in (bpy.app.handlers.render_write, bpy.app.handlers.render_complete)
        for each in handlers
    )
