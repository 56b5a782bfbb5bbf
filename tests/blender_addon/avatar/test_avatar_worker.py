# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole road with the real worker: frames, strip, preview, .ply and keys from a film."""

from __future__ import annotations

import re
import time

import bpy
import numpy as np
import pytest
from avatar_studio import add_camera, pumped
from bl_ext.devrepo.mien import compat, upkeep
from bl_ext.devrepo.mien.avatar import preview, rendering
from bl_ext.devrepo.mien.problems import AnimatorError
from bl_ext.devrepo.mien.rigs.sources import CHANNELS
from studio import PACKAGE, REPOSITORY

GRID = REPOSITORY.parent / "shared/data/grid_s1/video"

pytestmark = pytest.mark.slow


def folder_of(tmp_path):
    return tmp_path / "avatar" / "Ada_Łovelace"


def done():
    return bpy.context.window_manager.mien.done


def pixels(path):
    image = bpy.data.images.load(str(path))
    found = np.array(image.pixels[:], np.float32).reshape(image.size[1], image.size[0], 4)
    bpy.data.images.remove(image)
    return found[::-1]


def test_the_chosen_python_has_what_avatars_need(at_work):
    assert bpy.ops.mien.check_avatar_python() == {"FINISHED"}
    assert "torch" in bpy.context.window_manager.mien_found.avatar
    report = upkeep.report(bpy.context)
    python = report.partition("Avatar's Python: ")[2].splitlines()[0]
    assert re.search(r"python.*, Python 3\.\d+\.\d+ with .*torch \d", python)


@pytest.mark.every_blender
def test_frames_are_rendered_and_lie_in_step_in_the_sequencer(at_work, scene, tmp_path):
    scene.mien_avatar.file_format = "PNG"
    jaw = scene.mien.target.data.shape_keys.key_blocks["jawOpen"]
    jaw.driver_add("value").driver.expression = "(frame - 3) / 3"
    assert bpy.ops.mien.avatar_render() == {"FINISHED"}
    names = sorted(path.name for path in folder_of(tmp_path).iterdir())
    assert names == [f"Ada_Łovelace_{frame:04d}.png" for frame in range(3, 7)]
    (made,) = compat.all_strips(scene)
    place = compat.strip_frames(made)
    assert (place.left, place.right) == (3, 7)
    assert [element.filename for element in made.elements] == names
    first, last = (pixels(folder_of(tmp_path) / names[i]) for i in (0, -1))
    assert first.shape == (32, 48, 4)
    assert 0.02 < (first[..., 3] > 0.5).mean() < 0.6
    # The open mouth has moved the chin.
    assert np.abs(first - last).max() > 0.05
    assert "Rendered 4 frames" in done()


@pytest.mark.every_blender
def test_depth_reaches_the_compositor(at_work, scene, tmp_path):
    assert bpy.ops.mien.avatar_render() == {"FINISHED"}
    # Before 4.5 the sequencer reads no multilayer OpenEXR.
    is_read = bpy.app.version >= (4, 5)
    assert len(compat.all_strips(scene)) == is_read
    assert ("F12 renders it" if is_read else "No strip was added") in done()
    assert bpy.ops.mien.avatar_compositor() == {"FINISHED"}
    assert "by depth" in done()
    (image,) = (each for each in bpy.data.images if each.name.startswith("Ada"))
    assert image.filepath == "//avatar/Ada_Łovelace/Ada_Łovelace_0003.exr"
    assert bpy.ops.mien.avatar_compositor_remove() == {"FINISHED"}


@pytest.mark.every_blender
def test_a_strip_that_is_added_beneath_the_compositor_is_muted(at_work, scene):
    scene.mien_avatar.file_format = "PNG"
    scene.mien_avatar.use_strip = False
    assert bpy.ops.mien.avatar_render() == {"FINISHED"}
    assert bpy.ops.mien.avatar_compositor() == {"FINISHED"}
    scene.mien_avatar.use_strip = True
    assert bpy.ops.mien.avatar_render() == {"FINISHED"}
    assert "It is muted" in done()
    (made,) = compat.all_strips(scene)
    assert made.mute
    assert made.directory == "//avatar/Ada_Łovelace/"
    assert bpy.ops.mien.avatar_compositor_remove() == {"FINISHED"}
    assert not made.mute


def test_a_second_render_keeps_what_is_the_same(at_work, scene, tmp_path):
    scene.mien_avatar.file_format = "PNG"
    bpy.ops.mien.avatar_render()
    first = folder_of(tmp_path) / "Ada_Łovelace_0003.png"
    before = first.stat().st_mtime_ns
    bpy.ops.mien.avatar_render()
    assert first.stat().st_mtime_ns == before
    assert len(compat.all_strips(scene)) == 1
    scene.mien.target.data.shape_keys.key_blocks["jawOpen"].value = 0.8
    bpy.ops.mien.avatar_render()
    assert first.stat().st_mtime_ns != before


def test_a_cancelled_render_adds_no_strip_and_leaves_whole_frames(at_work, scene, tmp_path):
    scene.frame_end = 400
    job = rendering.start(bpy.context, rendering.order(scene))
    while job.stage != "rendering" or job.fraction == 0.0:
        assert not job.poll()
        time.sleep(0.01)
    job.cancel()
    while not job.poll():
        time.sleep(0.01)
    assert job.cancelled
    assert not compat.all_strips(scene)
    assert not job.folder.exists()
    written = sorted(folder_of(tmp_path).iterdir())
    assert 0 < len(written) < 398
    assert all(path.suffix == ".exr" and path.stat().st_size > 500 for path in written)


def test_a_file_that_mien_did_not_make_is_kept(at_work, scene, tmp_path):
    kept = folder_of(tmp_path) / "Ada_Łovelace_0004.exr"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"precious")
    with pytest.raises(RuntimeError, match="Mien did not make it"):
        bpy.ops.mien.avatar_render()
    assert kept.read_bytes() == b"precious"
    assert not compat.all_strips(scene)


def test_a_damaged_avatar_is_told(at_work, scene, anna, tmp_path):
    path = tmp_path / "damaged.mienavatar"
    content = bytearray(anna.read_bytes())
    content[-2000:-1000] = bytes(1000)
    path.write_bytes(content)
    at_work.mien_avatar.path = str(path)
    with pytest.raises(RuntimeError, match="damaged"):
        bpy.ops.mien.avatar_render()


@pytest.mark.parametrize("pose", ["NEUTRAL", "POSED"])
def test_a_ply_is_written(at_work, scene, tmp_path, pose):
    scene.mien.target.data.shape_keys.key_blocks["jawOpen"].value = 1.0
    path = tmp_path / f"{pose}.ply"
    assert bpy.ops.mien.avatar_ply(filepath=str(path), pose=pose) == {"FINISHED"}
    assert path.read_bytes()[:4] == b"ply\n"
    assert "Wrote 400 Gaussians" in done()


def test_a_ply_is_called_as_asked_with_its_ending_added(at_work, tmp_path):
    assert bpy.ops.mien.avatar_ply(filepath=str(tmp_path / "anna.v2")) == {"FINISHED"}
    assert (tmp_path / "anna.v2.ply").is_file()


def test_a_posed_ply_is_another_one(at_work, scene, tmp_path):
    scene.mien.target.data.shape_keys.key_blocks["jawOpen"].value = 1.0
    for pose in ("NEUTRAL", "POSED"):
        bpy.ops.mien.avatar_ply(filepath=str(tmp_path / f"{pose}.ply"), pose=pose)
    assert (tmp_path / "NEUTRAL.ply").read_bytes() != (tmp_path / "POSED.ply").read_bytes()


def test_a_file_that_is_no_film_is_told_and_nothing_is_keyed(at_work, scene, tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"no film at all")
    with pytest.raises(RuntimeError, match=r"film\.mp4"):
        bpy.ops.mien.film_to_keys(filepath=str(path))
    assert not bpy.data.actions


@pytest.mark.skipif(not GRID.is_dir(), reason="the films of GRID are not beside the repository")
def test_a_film_is_keyed_frame_for_frame(at_work, scene):
    film = sorted(GRID.glob("*.mpg"))[0]
    assert bpy.ops.mien.film_to_keys(filepath=str(film), frame=11) == {"FINISHED"}
    assert f"Keyed '{film.stem}' on frames 11 to " in done()
    key = scene.mien.target.data.shape_keys
    shown = []
    for frame in range(11, 80):
        scene.frame_set(frame)
        shown.append([key.key_blocks[name].value for name in CHANNELS])
    jaw = np.array(shown)[:, CHANNELS.index("jawOpen")]
    assert jaw.max() - jaw.min() > 0.03
    assert np.ptp(shown, axis=0).max() > 0.2


def test_disabling_the_addon_ends_worker_and_preview(at_work, scene):
    bpy.ops.mien.avatar_preview()
    pumped(lambda: preview.current().picture is not None)
    process, folder = preview.current().engine._process, preview.current().folder
    bpy.ops.preferences.addon_disable(module=PACKAGE)
    assert process.process_id is None
    assert not folder.exists()
    bpy.ops.preferences.addon_enable(module=PACKAGE)


def test_without_a_camera_nothing_is_rendered(at_work, scene):
    scene.camera = None
    assert not bpy.ops.mien.avatar_render.poll()
    with pytest.raises(AnimatorError, match="has no camera"):
        preview.start(bpy.context)
    add_camera(scene)
    assert bpy.ops.mien.avatar_render.poll()
