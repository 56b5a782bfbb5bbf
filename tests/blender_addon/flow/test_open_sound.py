# SPDX-License-Identifier: GPL-3.0-or-later
"""A sound file becomes a strip without a visit to the sequencer."""

from __future__ import annotations

import bpy
import pytest
from bl_ext.devrepo.mien import compat
from studio import add_sound, needs_sound


@pytest.fixture(autouse=True)
def sound():
    needs_sound()


def opened(path, **asked):
    assert bpy.ops.mien.open_sound(filepath=str(path), **asked) == {"FINISHED"}
    return bpy.context.scene.sequence_editor.active_strip


def test_a_new_file_gets_the_strip_its_range_and_its_sync(scene, clicks):
    scene.render.fps = 24
    scene.frame_set(11)
    strip = opened(clicks)
    place = compat.strip_frames(strip)
    assert (place.left, strip.channel, strip.select) == (11, 1, True)
    assert scene.frame_end == place.right - 1 == 250
    assert scene.sync_mode == "AUDIO_SYNC"
    said = bpy.context.window_manager.mien.done
    assert "Added strip 'clicks' on frame 11" in said
    assert "playback keeps to the sound now" in said


def test_what_somebody_chose_stays(scene, clicks):
    scene.frame_end, scene.sync_mode = 100, "FRAME_DROP"
    opened(clicks, frame=5)
    assert (scene.frame_end, scene.sync_mode) == (100, "FRAME_DROP")
    assert bpy.context.window_manager.mien.done == "Added strip 'clicks' on frame 5."


def test_it_lies_on_the_lowest_free_channel_and_moves_nothing(scene, clicks):
    first = add_sound(scene, clicks, frame=1, channel=1)
    third = add_sound(scene, clicks, name="Line 3", frame=1, channel=3)
    strip = opened(clicks, frame=50)
    assert (strip.channel, compat.strip_frames(strip).left) == (2, 50)
    assert opened(clicks, frame=50, channel=5).channel == 5
    after = opened(clicks, frame=2000)
    assert (after.channel, compat.strip_frames(after).left) == (1, 2000)
    assert [compat.strip_frames(each).left for each in (first, third)] == [1, 1]


def test_a_file_without_sound_is_refused_and_leaves_nothing(scene, tmp_path):
    path = tmp_path / "notes.wav"
    path.write_text("no sound")
    with pytest.raises(RuntimeError, match=r"finds no sound in notes\.wav"):
        bpy.ops.mien.open_sound(filepath=str(path))
    with pytest.raises(RuntimeError, match="There is no file"):
        bpy.ops.mien.open_sound(filepath=str(tmp_path / "gone.wav"))
    assert not compat.all_strips(scene)
    assert not bpy.data.sounds
    assert scene.frame_end == 250


def test_the_sequencer_shows_it_where_it_showed_nothing(scene, clicks):
    if not hasattr(bpy.context.workspace, "sequencer_scene"):
        pytest.skip("before 5.0 the sequencer shows the window's scene")
    bpy.context.workspace.sequencer_scene = None
    opened(clicks)
    assert bpy.context.workspace.sequencer_scene == scene


def test_three_actions_from_an_empty_file_to_a_take(scene, recording):
    bpy.ops.mesh.mien_head_add()
    opened(recording)
    assert bpy.ops.mien.generate() == {"FINISHED"}
    assert scene.mien.target == scene.mien.head_target == bpy.data.objects["Mien Head"]
